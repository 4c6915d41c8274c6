import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  describeRange,
  parseTypedTime,
  pastRanges,
  printTypedTime,
  questionTimes,
  rangeBetween,
  rangeBounds,
  readRange,
  writeRange,
} from './time-range.ts'

const now = Date.UTC(2026, 10, 22, 10, 0, 0)
const instant = fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2100, 0, 1) })

describe('the range in the address bar', () => {
  it('is the past 30 days where nothing is said, and then says nothing', () => {
    expect(readRange({})).toEqual({ kind: 'past', id: '30d' })
    expect(writeRange({ kind: 'past', id: '30d' })).toEqual({})
  })

  it('falls back to the default for what makes no sense', () => {
    expect(readRange({ range: 'yesterday' })).toEqual({ kind: 'past', id: '30d' })
    expect(readRange({ from: 'x', to: 'y' })).toEqual({ kind: 'past', id: '30d' })
    expect(readRange({ from: '2026-11-22T10:00:00Z', to: '2026-11-22T09:00:00Z' })).toEqual({
      kind: 'past',
      id: '30d',
    })
  })

  it('takes a day as the midnight in UTC with which it begins', () => {
    expect(readRange({ from: '2026-11-01', to: '2026-11-05' })).toEqual({
      kind: 'between',
      from: '2026-11-01T00:00:00.000000Z',
      to: '2026-11-05T00:00:00.000000Z',
    })
  })

  it('may be open towards now', () => {
    const range = readRange({ from: '2026-11-22T09:00:00Z' })
    expect(range).toEqual({ kind: 'between', from: '2026-11-22T09:00:00.000000Z' })
    expect(writeRange(range)).toEqual({ from: '2026-11-22T09:00:00Z' })
    expect(rangeBounds(range, now)).toEqual({ fromMs: now - 3_600_000, toMs: now })
    expect(describeRange(range, 'utc')).toBe('Since 22 Nov 2026, 09:00')
  })

  it('takes the 30 days before a lone end', () => {
    expect(readRange({ to: '2026-11-22T10:00:00Z' })).toEqual({
      kind: 'between',
      from: '2026-10-23T10:00:00.000000Z',
      to: '2026-11-22T10:00:00.000000Z',
    })
  })

  it('comes back as it was written, to the millisecond', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 10 ** 9 }), (fromMs, length) => {
        const range = rangeBetween(fromMs, fromMs + length)
        if (range === undefined) throw new Error('no range')
        expect(readRange(writeRange(range))).toEqual(range)
      }),
    )
  })

  it('comes back for every past range', () => {
    for (const { id } of pastRanges)
      expect(readRange(writeRange({ kind: 'past', id }))).toEqual({ kind: 'past', id })
  })
})

describe('the times of a request', () => {
  it('are left to the server for the default range', () => {
    expect(questionTimes({ kind: 'past', id: '30d' }, now)).toEqual({})
  })

  it('go back from the moment of asking and stay open towards now', () => {
    expect(questionTimes({ kind: 'past', id: '15m' }, now)).toEqual({ from: '2026-11-22T09:45:00.000000Z' })
  })
})

describe('the range in words', () => {
  it('names whole days by their dates, the last one included', () => {
    const range = readRange({ from: '2026-11-01', to: '2026-11-06' })
    expect(describeRange(range, 'utc')).toBe('1 Nov – 5 Nov 2026')
    expect(describeRange(readRange({ from: '2026-11-01', to: '2026-11-02' }), 'utc')).toBe('1 Nov 2026')
  })

  it('names the hours where they are not whole days', () => {
    const range = readRange({ from: '2026-11-22T10:00:00Z', to: '2026-11-22T11:30:00Z' })
    expect(describeRange(range, 'utc')).toBe('22 Nov 2026, 10:00 – 11:30')
  })
})

describe('a typed time', () => {
  it('is read as it is printed, in both zones', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom('utc' as const, 'local' as const), (ms, zone) => {
        const read = parseTypedTime(printTypedTime(ms, zone), zone)
        // The hour that summer time repeats has one name for two times.
        expect([ms, ms - 3_600_000, ms + 3_600_000]).toContain(read)
        if (zone === 'utc') expect(read).toBe(ms)
      }),
    )
  })

  it('may be a day, or leave out the seconds', () => {
    expect(parseTypedTime('2026-11-22', 'utc')).toBe(Date.UTC(2026, 10, 22))
    expect(parseTypedTime(' 2026-11-22 9:05 ', 'utc')).toBe(Date.UTC(2026, 10, 22, 9, 5))
    expect(parseTypedTime('2026-11-22T09:05:01.5', 'utc')).toBe(Date.UTC(2026, 10, 22, 9, 5, 1, 500))
  })

  it('is refused if there is no such day or hour', () => {
    for (const text of ['2026-02-30', '2026-13-01', '2026-11-22 24:00', '2026-11-22 10:60', 'now', '']) {
      expect(parseTypedTime(text, 'utc')).toBeUndefined()
    }
  })
})
