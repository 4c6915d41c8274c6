import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditError } from '../error.ts'
import type { Filter } from './filter.ts'
import { toSearchText } from '../search-text.ts'
import { parseFilter } from './parse-filter.ts'
import { printFilter, printTerm } from './print-filter.ts'

const literal = fc.string({
  unit: fc.constantFrom(...Array.from('aZ0.-_:<>=%\\/@*"() \n\u3000ßİΣς😀\ud800\0,')),
  maxLength: 8,
})

const quoted = literal.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
const bare = fc.string({
  unit: fc.constantFrom(...Array.from('aZ0.-_:<>=%\\/@*ßİΣ😀')),
  minLength: 1,
  maxLength: 8,
})
const value = fc.oneof(
  bare,
  quoted,
  fc.tuple(quoted, quoted).map(([a, b]) => `${a}*${b}`),
  quoted.map((text) => `*${text}*`),
)
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n.toExponential()),
)
const comparison = fc.oneof(
  fc.tuple(fc.constantFrom('', '>', '>=', '<', '<='), number).map(([sign, n]) => `${sign}${n}`),
  fc.tuple(number, number).map(([a, b]) => (Number(a) <= Number(b) ? `${a}..${b}` : `${b}..${a}`)),
)
const moment = fc.constantFrom(
  '0001-01-01',
  '2026-10-31',
  '2026-11-01',
  '2026-11-01T00:00:00Z',
  '2026-11-01T00:00:00.000001Z',
  '2026-10-31T23:59:59.999999Z',
  '2026-11-01T10:20:30.5+01:00',
  '9999-12-31',
  '9999-12-31T23:59:59.999999Z',
)
const qualifier = fc.constantFrom(
  'actor',
  'name',
  'type',
  'table',
  'kind',
  'ip',
  'outcome',
  'data.a',
  'data."B c"',
  'id',
)
const term = fc.oneof(
  value,
  fc.tuple(qualifier, value).map(([name, text]) => `${name}:${text}`),
  fc.tuple(fc.constantFrom('rows', 'data.n'), comparison).map(([name, text]) => `${name}:${text}`),
  fc.tuple(fc.constantFrom('after', 'before', 'created'), moment).map(([name, text]) => `${name}:${text}`),
  fc.tuple(fc.constantFrom('>', '>=', '<', '<='), moment).map(([sign, text]) => `created:${sign}${text}`),
  fc.tuple(moment, moment).map(([a, b]) => `created:${a}..${b}`),
  fc.constantFrom('is:noise', 'ip:10.0.0.0/8', 'ip:FE80::/10', 'ip:::1', 'ip:1.2.*', 'kind:*', 'rows:*'),
)
const { search } = fc.letrec<{ search: string; part: string }>((tie) => ({
  search: fc
    .array(tie('part'), { minLength: 1, maxLength: 4 })
    .chain((parts) => fc.constantFrom(parts.join(' '), parts.join(' OR '), parts.join('  '))),
  part: fc.oneof(
    { maxDepth: 4 },
    term,
    term.map((text) => `-${text}`),
    tie('search').map((text) => `(${text})`),
    tie('search').map((text) => `-(${text})`),
  ),
}))

function parseOrRefuse(text: string): Filter | undefined {
  try {
    return parseFilter(text)
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'invalid') throw error
    expect(error.problems.length).toBeGreaterThan(0)
    for (const { path, start = -1, end = -1, message } of error.problems) {
      expect(path).toBe('q')
      expect(message).not.toBe('')
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeGreaterThan(start)
      expect(end).toBeLessThanOrEqual(text.length)
    }
    return undefined
  }
}

describe('a printed filter', () => {
  test('reads as the same filter and prints the same again', () => {
    let read = 0
    fc.assert(
      fc.property(search, (text) => {
        const filter = parseOrRefuse(text)
        if (filter === undefined) return
        read++
        const printed = printFilter(filter)
        expect(parseFilter(printed)).toStrictEqual(filter)
        expect(printFilter(parseFilter(printed))).toBe(printed)
      }),
      { numRuns: 5000 },
    )
    expect(read).toBeGreaterThan(1000)
  })

  test('so does any text at all that is not refused with a place', () => {
    const anything = fc.string({
      unit: fc.constantFrom(
        ...Array.from('ab:()"-* .<>\\1'),
        ' OR ',
        'rows:',
        'data.',
        'name:',
        'created:',
        '2026-11-01',
        '\ud800',
      ),
      maxLength: 12,
    })
    fc.assert(
      fc.property(anything, (text) => {
        const filter = parseOrRefuse(text)
        if (filter !== undefined) expect(parseFilter(printFilter(filter))).toStrictEqual(filter)
      }),
      { numRuns: 10_000 },
    )
  })

  test.each([
    ['', ''],
    ['  b   a ', 'b a'],
    ['(a OR b)', 'a OR b'],
    ['(a OR (b c)) d', '(a OR b c) d'],
    ['-(a)', '-a'],
    ['-(a b)', '-(a b)'],
    ['Name:"ann"', 'name:ann'],
    ['name:"Ann Lee"*', 'name:"ann lee"*'],
    ['12:30', '"12:30"'],
    ['rows:5..5', 'rows:5'],
    ['rows:1e21', 'rows:1e+21'],
    ['rows:123456789012345678e3', 'rows:1.2345678901234568e+20'],
    ['data.X:"1..2"', 'data.x:"1..2"'],
    ['fingerprint:9f3a...', 'fingerprint:9f3a...'],
    ['created:2026-11-01..2026-11-01', 'created:2026-11-01'],
    ['created:>=2026-11-01', 'after:2026-11-01'],
    ['created:<=2026-11-01', 'before:2026-11-02'],
    ['created:2026-11-01T00:00:00Z..2026-11-02T10:00:00.250Z', 'created:2026-11-01..2026-11-02T10:00:00.25Z'],
  ])('%s is printed as %s', (text, printed) => {
    expect(printFilter(parseFilter(text))).toBe(printed)
  })

  test('a tree that no text can say is refused', () => {
    expect(() => printFilter({ kind: 'or', terms: [] })).toThrow(TypeError)
    expect(() => printFilter({ kind: 'not', term: { kind: 'and', terms: [] } })).toThrow(TypeError)
  })
})

describe('a printed term', () => {
  test('finds exactly the value that is shown', () => {
    const shown = literal.filter((text) => text !== '')
    fc.assert(
      fc.property(shown, fc.constantFrom('name', 'data.region'), (text, name) => {
        const filter = parseFilter(printTerm(name, text))
        expect(filter).toMatchObject({ pattern: { parts: [toSearchText(text)] } })
      }),
    )
    expect(printTerm('data.two words', '1..2')).toBe('data."two words":"1..2"')
    expect(printTerm('database', '')).toBe('-database:*')
    expect(printTerm('actor', 'ann@acme.com')).toBe('actor:ann@acme.com')
    expect(printTerm('actor', 'Ann "A" Lee')).toBe(String.raw`actor:"Ann \"A\" Lee"`)
  })
})
