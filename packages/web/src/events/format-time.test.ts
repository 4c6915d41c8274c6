import { describe, expect, it, test } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatExactTime,
  formatRelative,
  formatTimestamp,
} from './format-time.ts'

describe('times in words', () => {
  it('cuts an event’s time to milliseconds and keeps every digit where it is exact', () => {
    expect(formatTimestamp('2026-11-22T10:00:00.123999Z', 'utc')).toBe('2026-11-22 10:00:00.123')
    expect(formatExactTime('2026-11-22T10:00:00.123999Z', 'utc')).toBe('2026-11-22 10:00:00.123999')
    expect(formatExactTime('2026-11-22T10:00:00Z', 'utc')).toBe('2026-11-22 10:00:00')
  })

  it('says how long ago something was, in whole units that have passed', () => {
    const now = Date.UTC(2026, 10, 22)
    expect(formatRelative(now - 500, now)).toBe('just now')
    expect(formatRelative(now - 60_000, now)).toBe('1 minute ago')
    expect(formatRelative(now - 119_000, now)).toBe('1 minute ago')
    expect(formatRelative(now - 49 * 3_600_000, now)).toBe('2 days ago')
    expect(formatRelative(now + 3 * 3_600_000, now)).toBe('in 3 hours')
    expect(formatRelative(now - 800 * 86_400_000, now)).toBe('2 years ago')
  })

  it('says durations in the unit that people would take', () => {
    expect(formatDuration(0.4)).toBe('0.4 ms')
    expect(formatDuration(12.5)).toBe('12.5 ms')
    expect(formatDuration(3210)).toBe('3.21 s')
    expect(formatDuration(250_000)).toBe('4 min 10 s')
    expect(formatDuration(7_500_000)).toBe('2 h 5 min')
  })
})

test.each([
  0, 7, 999, 1000, 12_345, 1_234_567, -1, -999, -1000, -1_234_567, 0.5, 1234.5678, 9_007_199_254_740_991,
  1e21,
])('a number is written as the formatter of the language writes it: %s', (value) => {
  expect(formatCount(value)).toBe(new Intl.NumberFormat('en-US').format(value))
})
