import { hash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { postgresLogLimits } from './log-limits.ts'
import { LineSplitter, type RawLine } from './split-lines.ts'

/** Pushes the bytes cut at the given places. */
function split(
  bytes: Buffer,
  cuts: readonly number[],
  limits = postgresLogLimits,
): { lines: RawLine[]; rest: number } {
  const splitter = new LineSplitter(limits)
  const lines: RawLine[] = []
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  )
  for (let i = 1; i < places.length; i++)
    lines.push(...splitter.push(bytes.subarray(places[i - 1], places[i])))
  return { lines, rest: splitter.restBytes }
}

const texts = (lines: readonly RawLine[]): string[] =>
  lines.map((line) => line.bytes?.toString('utf8') ?? 'too long')

test('wherever the bytes are split, the lines are the same', () => {
  const line = fc.string({
    unit: fc.oneof(fc.constantFrom('é', '漢', '😀', '"', '\\'), fc.string({ maxLength: 1, minLength: 1 })),
  })
  fc.assert(
    fc.property(fc.array(line), fc.string(), fc.array(fc.nat(), { maxLength: 20 }), (parts, rest, cuts) => {
      const lines = parts.map((part) => part.replaceAll('\n', ' '))
      const last = rest.replaceAll('\n', ' ')
      const bytes = Buffer.from([...lines, last].join('\n'))
      const result = split(bytes, cuts)
      expect(texts(result.lines)).toEqual(lines.filter((part) => part !== ''))
      expect(result.rest).toBe(Buffer.byteLength(last))
    }),
  )
})

const small = { ...postgresLogLimits, lineBytesMax: 200, longValueBytesMax: 50, longLineBytesMax: 1000 }

test('of a very long line the long values are cut between characters, counted and hashed, wherever it is split', () => {
  const unit = fc.constantFrom('a', 'é', '漢', '😀', '"', '\\', '\n', '\u0001')
  fc.assert(
    fc.property(
      fc.array(unit, { minLength: 200, maxLength: 400 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (characters, cuts) => {
        const sql = characters.join('')
        const json = JSON.stringify({ user: 'ann', message: sql, line_num: 7 })
        const { lines } = split(Buffer.from(`${json}\n`), cuts, small)
        const [line] = lines
        expect(lines).toHaveLength(1)
        const kept = JSON.parse(line?.bytes?.toString('utf8') ?? '') as {
          user: string
          message: string
          line_num: number
        }
        expect(kept).toMatchObject({ user: 'ann', line_num: 7 })
        expect(sql.startsWith(kept.message)).toBe(true)
        expect(kept.message.length).toBeGreaterThan(10)
        const rest = sql.slice(kept.message.length)
        const sha256 = hash('sha256', JSON.stringify(rest).slice(1, -1))
        expect(line?.cut).toEqual({ message: { bytes: Buffer.byteLength(rest), sha256 } })
      },
    ),
  )
})

test('a very long line that is no JSON takes no memory and is said to be too long', () => {
  const { lines, rest } = split(Buffer.from(`${'x'.repeat(10_000)}\nnext\n`), [100, 300, 5000], small)
  expect(texts(lines)).toEqual(['too long', 'next'])
  expect(rest).toBe(0)
})

test('a long line in another encoding is cut as well', () => {
  const bytes = Buffer.concat([Buffer.from('{"message":"'), Buffer.alloc(5000, 0xa4), Buffer.from('"}\n')])
  const { lines } = split(bytes, [700], small)
  expect(lines[0]?.bytes?.length).toBeLessThan(200)
})
