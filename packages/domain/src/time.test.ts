import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toCanonicalTime, toUtcTime } from './time.ts'

const pad = (value: number, length: number): string => String(value).padStart(length, '0')

describe('times', () => {
  it('are dates exactly where the calendar has them', () => {
    const parts = fc.tuple(
      fc.constantFrom(0, 1, 4, 99, 1600, 1700, 1900, 1999, 2000, 2023, 2024, 2026, 2100, 9999),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 0, max: 25 }),
      fc.constantFrom(0, 59, 60),
      fc.constantFrom(0, 59, 60),
    )
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second]) => {
        const base = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`
        const ms = Date.parse(`${base}Z`)
        // The engine's own parser takes a day that the month does not have for one of the next month.
        const isDate = year > 0 && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(base)
        expect(toUtcTime(`${base}Z`)).toBe(isDate ? `${base}Z` : undefined)
        expect(toCanonicalTime(`${base}.5+00:00`)).toBe(isDate ? `${base}.500000Z` : undefined)
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    ['2026-11-22T10:00:00+05:30', '2026-11-22T04:30:00Z'],
    ['2026-03-01T00:30:00.123456+01:00', '2026-02-28T23:30:00.123456Z'],
    ['2024-02-28T23:30:00-01:00', '2024-02-29T00:30:00Z'],
    ['0001-01-01T00:30:00+01:00', undefined],
    ['9999-12-31T23:30:00-01:00', undefined],
    ['2026-11-22T10:00:00+24:00', undefined],
    ['2026-11-22T10:00:00.1234567Z', undefined],
    ['2026-11-22 10:00:00', undefined],
  ])('turn into UTC with the digits that they have: %s', (text, utc) => {
    expect(toUtcTime(text)).toBe(utc)
  })
})
