import type { ScheduleTiming } from './api/schedules.ts'
import { addDays, dayIn, msOfLocalTime, weekdayOf } from './zoned-time.ts'

/** The days that a run covers, both included, and the Unix times between which they lie: `fromMs` inclusive. */
export type SchedulePeriod = { firstDay: string; lastDay: string; fromMs: number; toMs: number }

/** When a schedule is due next after a moment. Days of 23 and 25 hours and clocks that change at that time are no matter. */
export function nextDueMs(timing: ScheduleTiming, afterMs: number): number {
  const { every, weekday, hour, minute, zone } = timing
  const today = dayIn(afterMs, zone)
  for (let days = -1; ; days++) {
    const day = addDays(today, days)
    if (every === 'week' && weekdayOf(day) !== weekday) continue
    const dueMs = msOfLocalTime(day, hour * 60 + minute, zone)
    if (dueMs > afterMs) return dueMs
  }
}

/** What a run covers that is due on this day of the zone: the whole day before it, or the seven before it. */
export function periodBefore(
  { covers, zone }: Pick<ScheduleTiming, 'covers' | 'zone'>,
  day: string,
): SchedulePeriod {
  const firstDay = addDays(day, covers === 'day' ? -1 : -7)
  return {
    firstDay,
    lastDay: addDays(day, -1),
    fromMs: msOfLocalTime(firstDay, 0, zone),
    toMs: msOfLocalTime(day, 0, zone),
  }
}
