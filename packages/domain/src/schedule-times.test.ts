import { describe, expect, it } from 'vitest'
import type { ScheduleTiming } from './api/schedules.ts'
import { nextDueMs, periodBefore } from './schedule-times.ts'

const daily: ScheduleTiming = {
  every: 'day',
  weekday: 1,
  hour: 8,
  minute: 30,
  zone: 'Europe/Berlin',
  covers: 'day',
}
const next = (timing: ScheduleTiming, after: string): string =>
  new Date(nextDueMs(timing, Date.parse(after))).toISOString()

describe('a schedule', () => {
  it('is due every day at the clock of its zone, in summer as in winter', () => {
    expect(next(daily, '2026-11-29T06:00:00Z')).toBe('2026-11-29T07:30:00.000Z')
    expect(next(daily, '2026-11-29T07:30:00Z')).toBe('2026-11-30T07:30:00.000Z')
    expect(next(daily, '2026-10-24T12:00:00Z')).toBe('2026-10-25T07:30:00.000Z')
    expect(next(daily, '2026-10-23T12:00:00Z')).toBe('2026-10-24T06:30:00.000Z')
  })

  it('is due once where its time comes twice, and later where there is none', () => {
    const early = { ...daily, hour: 2 }
    expect(next(early, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z')
    expect(next(early, '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z')
    expect(next(early, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z')
    expect(next(early, '2026-03-29T01:30:00Z')).toBe('2026-03-30T00:30:00.000Z')
  })

  it('is due once a week on its day', () => {
    const weekly: ScheduleTiming = { ...daily, every: 'week', weekday: 1, covers: 'week' }
    expect(next(weekly, '2026-11-29T12:00:00Z')).toBe('2026-11-30T07:30:00.000Z')
    expect(next(weekly, '2026-11-30T07:30:00Z')).toBe('2026-12-07T07:30:00.000Z')
  })

  it('is due on each day exactly once, whatever the zone does', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo']) {
      for (const [hour, minute] of [
        [0, 0],
        [1, 59],
        [2, 0],
        [2, 30],
        [3, 0],
        [23, 59],
      ] as const) {
        const timing = { ...daily, zone, hour, minute }
        let ms = Date.parse('2026-01-01T12:00:00Z')
        for (let i = 0; i < 365; i++) {
          const due = nextDueMs(timing, ms)
          expect(due - ms).toBeLessThanOrEqual(25.1 * 3_600_000 + 12 * 3_600_000 * Number(i === 0))
          if (i > 0) expect(due - ms).toBeGreaterThanOrEqual(22.9 * 3_600_000)
          ms = due
        }
      }
    }
  })

  it('covers whole days of its zone, of 23, 24 and 25 hours', () => {
    const hoursOf = (day: string): number => {
      const { fromMs, toMs } = periodBefore(daily, day)
      return (toMs - fromMs) / 3_600_000
    }
    expect(['2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26'].map(hoursOf)).toEqual([24, 23, 24, 25])
    const week = periodBefore({ covers: 'week', zone: 'Europe/Berlin' }, '2026-10-26')
    expect(week).toMatchObject({ firstDay: '2026-10-19', lastDay: '2026-10-25' })
    expect((week.toMs - week.fromMs) / 3_600_000).toBe(7 * 24 + 1)
    expect(new Date(week.fromMs).toISOString()).toBe('2026-10-18T22:00:00.000Z')
  })
})
