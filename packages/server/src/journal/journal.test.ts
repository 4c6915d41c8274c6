import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'
import { Journal, type JournalLimits } from './journal.ts'

const limits: JournalLimits = {
  segmentBytesMax: 2000,
  payloadBytesMax: 10_000,
  unappliedBytesMax: 100_000,
  appliedKeptMs: 1000,
  appliedKeptBytes: 5000,
}

let dir: string
let nowMs = 0

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
  nowMs = Date.parse('2026-11-22T10:00:00Z')
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const open = async (over: Partial<JournalLimits> = {}): Promise<Journal> =>
  Journal.open(dir, { ...limits, ...over }, () => nowMs)
const payloads = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))

/** Everything in the journal from a sequence on, read in small pieces. */
async function readAll(journal: Journal, from = 1): Promise<[number, string][]> {
  const all: [number, string][] = []
  for (let at = from; ;) {
    const records = await journal.read(at, { records: 7, bytes: 300 })
    if (records.length === 0) return all
    all.push(...records.map((record): [number, string] => [record.sequence, record.payload.toString()]))
    at = (all.at(-1)?.[0] ?? 0) + 1
  }
}

async function newestSegment(): Promise<string> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.segment')).sort()
  return join(dir, names.at(-1) ?? '')
}

describe('CRC32C', () => {
  it('gives the check value of the Castagnoli polynomial and the vectors of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
  })

  it('is the same for a part of a larger array', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, before) => {
        const larger = Buffer.concat([Buffer.alloc(before, 7), bytes, Buffer.alloc(9, 7)])
        expect(crc32c(larger, before, before + bytes.length)).toBe(crc32c(bytes))
      }),
    )
  })
})

describe('the journal', () => {
  it('gives dense sequences from 1 on and reads everything back in order, also after it was opened again', async () => {
    const journal = await open()
    expect(await journal.append([payloads('a', 'b'), payloads('c')])).toEqual([1, 3])
    expect(await journal.append([payloads('d')])).toEqual([4])
    const expected = [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]
    expect(await readAll(journal)).toEqual(expected)
    await journal.close()
    const again = await open()
    expect(again.lastSequence).toBe(4)
    expect(await again.append([payloads('e')])).toEqual([5])
    expect(await readAll(again)).toEqual([...expected, [5, 'e']])
    expect(await readAll(again, 3)).toEqual([...expected.slice(2), [5, 'e']])
    await again.close()
  })

  it('goes over to new segments and reads across them', async () => {
    const journal = await open()
    const texts = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(i * 3)}`)
    for (const text of texts) await journal.append([payloads(text)])
    expect((await readdir(dir)).length).toBeGreaterThan(5)
    expect((await readAll(journal)).map(([, text]) => text)).toEqual(texts)
    await journal.close()
    const again = await open()
    expect((await readAll(again, 50)).map(([, text]) => text)).toEqual(texts.slice(49))
    await again.close()
  })

  it('keeps whole batches only, wherever the write was cut off', async () => {
    const journal = await open()
    await journal.append([payloads('kept 1', 'kept 2')])
    await journal.close()
    const file = await newestSegment()
    const before = (await readFile(file)).length
    const more = await open()
    await more.append([payloads('torn 1', 'torn 2', 'torn 3')])
    await more.close()
    const whole = await readFile(file)
    for (let length = before; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length))
      const recovered = await open()
      expect(await readAll(recovered)).toEqual([
        [1, 'kept 1'],
        [2, 'kept 2'],
      ])
      expect(await recovered.append([payloads('next')])).toEqual([3])
      await recovered.close()
    }
  })

  it('cuts off an interrupted write with a hole in it, as a power cut may leave it behind', async () => {
    const journal = await open()
    await journal.append([payloads('kept')])
    await journal.close()
    const file = await newestSegment()
    const before = (await readFile(file)).length
    const more = await open()
    await more.append([payloads('hole'), payloads('sound'), payloads('sound too')])
    await more.close()
    const whole = await readFile(file)
    whole.fill(0, before, before + 25)
    await writeFile(file, whole)
    const recovered = await open()
    expect(await readAll(recovered)).toEqual([[1, 'kept']])
    await recovered.close()
  })

  it('cuts off garbage behind the last batch', async () => {
    const journal = await open()
    await journal.append([payloads('a')])
    await journal.close()
    await appendFile(await newestSegment(), Buffer.alloc(500, 0xab))
    const again = await open()
    expect(await readAll(again)).toEqual([[1, 'a']])
    await again.append([payloads('b')])
    await again.close()
    const third = await open()
    expect(await readAll(third)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    await third.close()
  })

  it('starts anew where only a part of a new segment header was written', async () => {
    const journal = await open()
    await journal.append([payloads('a')])
    await journal.close()
    await truncate(await newestSegment(), 5)
    const again = await open()
    expect(again.lastSequence).toBe(0)
    expect(await again.append([payloads('b')])).toEqual([1])
    await again.close()
  })

  it('refuses to open, by name, when any byte in the middle is damaged, and never gives a changed payload', async () => {
    const journal = await open()
    await journal.append([payloads('first record')])
    await journal.append([payloads('second record')])
    await journal.append([payloads('third record')])
    await journal.close()
    const file = await newestSegment()
    const whole = await readFile(file)
    const lastRecord = whole.length - ('third record'.length + 21)
    for (let at = 16; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      await writeFile(file, damaged)
      if (at < lastRecord) {
        await expect(open()).rejects.toThrow(/segment .* is damaged at byte \d+/)
      } else {
        // Nothing sound lies behind it, so it cannot be told from a torn write: an exact prefix is kept.
        const recovered = await open()
        expect((await readAll(recovered)).map(([, text]) => text)).toEqual(['first record', 'second record'])
        await recovered.close()
      }
    }
  })

  it('remembers what is applied, drops old segments and never gives a sequence out twice', async () => {
    const journal = await open()
    for (let i = 0; i < 100; i++) await journal.append([payloads(`${i} ${'x'.repeat(100)}`)])
    await journal.markApplied(40, 40)
    expect((await readAll(journal, 41)).length).toBe(60)
    nowMs += 2000
    await journal.markApplied(100, 100)
    expect((await readdir(dir)).filter((name) => name.endsWith('.segment')).length).toBe(1)
    await journal.close()
    for (const name of await readdir(dir)) if (name.endsWith('.segment')) await rm(join(dir, name))
    const again = await open()
    expect(again.appliedSequence).toBe(100)
    expect(await again.append([payloads('next')])).toEqual([101])
    await again.close()
    const third = await open()
    expect(await readAll(third, 101)).toEqual([[101, 'next']])
    await third.close()
  })

  it('begins where its segments do when the mark was deleted after old segments had been dropped', async () => {
    const journal = await open()
    for (let i = 0; i < 100; i++) await journal.append([payloads(`${i} ${'x'.repeat(100)}`)])
    nowMs += 2000
    await journal.markApplied(100, 100)
    await journal.close()
    await rm(join(dir, 'applied'))
    const again = await open()
    expect(again.appliedSequence).toBeGreaterThan(50)
    expect((await readAll(again, again.appliedSequence + 1)).at(-1)?.[0]).toBe(100)
    await again.close()
  })

  it('refuses more when too much waits for the event store, and takes more when it was applied', async () => {
    const journal = await open({ unappliedBytesMax: 3000 })
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await journal.append([payloads('x'.repeat(100))])
    }
    await expect(fill()).rejects.toMatchObject({ code: 'overloaded' })
    await journal.markApplied(journal.lastSequence, journal.lastSequence)
    await journal.append([payloads('goes on')])
    await journal.close()
  })

  it('keeps random batches exactly over many reopenings', async () => {
    const batches = fc.array(
      fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 5 }),
      {
        maxLength: 8,
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { maxLength: 4 }), async (sessions) => {
        const own = await mkdtemp(join(tmpdir(), 'journal-'))
        const written: string[] = []
        for (const session of sessions) {
          const journal = await Journal.open(own, limits, () => nowMs)
          for (const batch of session) {
            await journal.append([batch.map((text) => Buffer.from(text))])
            written.push(...batch)
          }
          expect((await readAll(journal)).map(([, text]) => text)).toEqual(
            written.map((text) => Buffer.from(text).toString()),
          )
          await journal.close()
        }
        await rm(own, { recursive: true })
      }),
      { numRuns: 20 },
    )
  })
})
