import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, dayIn, isZone, msOfLocalTime, weekdayOf } from './zoned-time.ts'

const at = (day: string, clock: string, zone: string): string => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return new Date(msOfLocalTime(day, hour * 60 + minute, zone)).toISOString()
}

describe('a time of a zone', () => {
  it('is found in summer, in winter, and in zones of half hours', () => {
    expect(at('2026-11-29', '08:00', 'Europe/Berlin')).toBe('2026-11-29T07:00:00.000Z')
    expect(at('2026-07-01', '08:00', 'Europe/Berlin')).toBe('2026-07-01T06:00:00.000Z')
    expect(at('2026-11-29', '00:00', 'Asia/Kolkata')).toBe('2026-11-28T18:30:00.000Z')
    expect(at('2026-11-29', '23:59', 'UTC')).toBe('2026-11-29T23:59:00.000Z')
  })

  it('is the first one where clocks go back, and later where they go forward', () => {
    expect(at('2026-10-25', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
    expect(at('2026-11-01', '01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z')
    expect(at('2026-03-29', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
    // Half an hour, on Lord Howe Island.
    expect(at('2026-10-04', '02:15', 'Australia/Lord_Howe')).toBe('2026-10-03T15:45:00.000Z')
    // Clocks that go forward at midnight: the day begins at one.
    expect(at('2026-04-24', '00:00', 'Africa/Cairo')).toBe('2026-04-23T22:00:00.000Z')
    expect(dayIn(Date.parse('2026-04-23T22:00:00Z'), 'Africa/Cairo')).toBe('2026-04-24')
  })

  it('makes days of 23 and 25 hours', () => {
    const hours = (day: string): number =>
      (msOfLocalTime(addDays(day, 1), 0, 'Europe/Berlin') - msOfLocalTime(day, 0, 'Europe/Berlin')) /
      3_600_000
    expect([hours('2026-03-28'), hours('2026-03-29'), hours('2026-10-25')]).toEqual([24, 23, 25])
  })

  it('falls on its own day, in any zone', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, fc.nat(1439), (zone, date, minute) => {
        const day = date.toISOString().slice(0, 10)
        // Samoa and Tokelau left out a whole day once.
        fc.pre(day !== '2011-12-30' && !/Kwajalein|Enderbury|Kanton|Kiritimati/.test(zone))
        const ms = msOfLocalTime(day, Math.min(minute, 22 * 60), zone)
        expect([zone, dayIn(ms, zone)]).toEqual([zone, day])
      }),
    )
  })

  it('needs a zone that there is', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia'].filter(isZone)).toHaveLength(3)
    expect(['', 'Mars/Base', '+02:00', 'Europe/Berlin\n', '../etc'].filter(isZone)).toEqual([])
  })
})

describe('a day', () => {
  it('has a weekday and a next one', () => {
    expect(weekdayOf('2026-11-29')).toBe(7)
    expect(weekdayOf('2026-11-30')).toBe(1)
    expect(addDays('2026-02-27', 2)).toBe('2026-03-01')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  })
})
