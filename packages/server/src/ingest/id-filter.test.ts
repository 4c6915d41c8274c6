import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idFromHash } from './create-event-id.ts'
import { IdFilter } from './id-filter.ts'

const bytesMax = 64 * 1024 * 1024

function bytesOf(ids: string[]): Buffer {
  return Buffer.from(ids.join('').replaceAll('-', ''), 'hex')
}

/** Looks random, and is the same in each run. */
function hashId(i: number): string {
  return idFromHash(createHash('sha256').update(String(i)).digest('hex'))
}

function timedId(i: number): string {
  return `${(1_760_000_000_000 + i)
    .toString(16)
    .padStart(12, '0')
    .replace(/(.{8})/, '$1-')}-7${hashId(i).slice(15)}`
}

/** Ids as different clients make them: a false answer must be rare for each kind. */
const kinds: Record<string, (i: number) => string> = {
  'random ids': hashId,
  'ids that begin with the time': timedId,
  'ids that count upwards': (i) => `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`,
  'ids with a counter at their beginning': (i) =>
    `${i.toString(16).padStart(8, '0')}-1111-1111-8000-aabbccddeeff`,
}

describe('the filter of known ids', () => {
  it.each(Object.entries(kinds))('never misses what was added, and seldom guesses wrong: %s', (_, makeId) => {
    const ids = Array.from({ length: 200_000 }, (_, i) => makeId(i))
    const known = ids.filter((_, i) => i % 2 === 0)
    const fresh = ids.filter((_, i) => i % 2 === 1)
    const filter = new IdFilter({ capacity: known.length, bytesMax })
    filter.addAll(bytesOf(known.slice(0, 50_000)))
    for (const id of known.slice(50_000)) filter.add(id)
    expect(known.filter((id) => !filter.mayHave(id))).toEqual([])
    expect(fresh.filter((id) => filter.mayHave(id)).length).toBeLessThan(fresh.length / 200)
  })

  it('grows with what it holds, and keeps being right', () => {
    const ids = Array.from({ length: 40_000 }, (_, i) => hashId(i))
    const filter = new IdFilter({ capacity: 1000, bytesMax })
    const before = filter.bytes
    filter.addAll(bytesOf(ids))
    expect(filter.bytes).toBeGreaterThan(before * 10)
    expect(ids.every((id) => filter.mayHave(id))).toBe(true)
    const wrong = Array.from({ length: 20_000 }, (_, i) => hashId(-1 - i)).filter((id) => filter.mayHave(id))
    expect(wrong.length).toBeLessThan(400)
  })

  it('never takes more memory than it may: it guesses more instead', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => hashId(i))
    const filter = new IdFilter({ capacity: 1000, bytesMax: 10_000 })
    for (const id of ids) filter.add(id)
    expect(filter.bytes).toBeLessThanOrEqual(10_000)
    expect(ids.every((id) => filter.mayHave(id))).toBe(true)
  })
})
