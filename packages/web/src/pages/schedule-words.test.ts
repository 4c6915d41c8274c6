import { describe, expect, it } from 'vitest'
import { printClock, readClock, sayBytes, sayDays, sayTiming } from './schedule-words.ts'

describe('the words of a schedule', () => {
  it('read and print a time of the day', () => {
    expect(readClock(' 8:05 ')).toEqual({ hour: 8, minute: 5 })
    expect(printClock({ hour: 8, minute: 5 })).toBe('08:05')
    for (const text of ['', '24:00', '8', '08:60', 'noon', '008:00']) expect(readClock(text)).toBeUndefined()
  })

  it('say when it is due', () => {
    const timing = { every: 'week', weekday: 7, hour: 23, minute: 0, zone: 'UTC', covers: 'week' } as const
    expect(sayTiming(timing)).toBe('Every Sunday at 23:00, UTC')
    expect(sayTiming({ ...timing, every: 'day' })).toBe('Every day at 23:00, UTC')
  })

  it('say which days a run covers', () => {
    expect(sayDays({ firstDay: '2026-11-28', lastDay: '2026-11-28' })).toBe('28 Nov 2026')
    expect(sayDays({ firstDay: '2026-11-28', lastDay: '2026-12-04' })).toBe('28 Nov – 4 Dec 2026')
  })

  it('say sizes', () => {
    expect([0, 1023, 1536, 20 * 1024 * 1024].map(sayBytes)).toEqual([
      '0 bytes',
      '1023 bytes',
      '1.5 KiB',
      '20 MiB',
    ])
  })
})
