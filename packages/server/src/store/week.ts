import { dayStart, timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'

const dayMs = 86_400_000

const weekMs = 7 * dayMs

/** The Monday (`2026-11-16`) of the UTC week of a time: events are partitioned by it. */
export function weekOf(time: string): string {
  const dayMsStart = timeToMs(dayStart(time.slice(0, 10)) ?? time)
  const sinceMonday = (new Date(dayMsStart).getUTCDay() + 6) % 7
  return timeFromMs(dayMsStart - sinceMonday * dayMs).slice(0, 10)
}

/** Whether a week (named by its Monday) lies wholly before a canonical time. */
export function isWeekBefore(monday: string, time: string): boolean {
  const start = dayStart(monday)
  return start !== undefined && timeToMs(start) + weekMs <= timeToMs(time)
}
