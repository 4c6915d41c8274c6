import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { printFilter } from '@aleph-audit-log/domain/filter/print-filter'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { fieldsIn, msOfFields, type Zone } from '../events/zone.ts'

export const weekdays = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How many shades a cell can have, beside none. */
const steps = 5

/** The shade of a count among counts up to `max`: 0 is none, and few are still told from none. */
export function stepOf(count: number, max: number): number {
  if (count === 0 || max === 0) return 0
  return Math.max(1, Math.ceil((count / max) ** 0.75 * steps))
}

/** `Tuesday 9:00 – 10:00`. */
export function sayHour(weekday: number, hour: number): string {
  return `${weekdays[weekday] ?? ''} ${hour}:00 – ${hour + 1}:00`
}

/** More hours than this would make a search that nobody can read: no link then. */
const hoursMax = 14

/**
 * The term that finds what happened on this weekday (0 is Monday) in this hour by the clocks of the zone: the search
 * language has no weekdays, so the hours are named one by one. Undefined where there are too many of them, or none.
 */
export function hourTerm(
  weekday: number,
  hour: number,
  { fromMs, toMs, zone }: { fromMs: number; toMs: number; zone: Zone },
): string | undefined {
  const hours: Filter[] = []
  // From noon to noon, so that no change of the clocks skips a day.
  const first = fieldsIn(fromMs, zone)
  const noon = msOfFields({ year: first.year, month: first.month, day: first.day, hour: 12 }, zone)
  for (let ms = noon; ms - dayMs < toMs; ms += dayMs) {
    const { year, month, day } = fieldsIn(ms, zone)
    if ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7 !== weekday) continue
    const start = msOfFields({ year, month, day, hour }, zone)
    const begin = Math.max(start, fromMs)
    const end = Math.min(start + hourMs, toMs)
    if (begin >= end) continue
    if (hours.length === hoursMax) return undefined
    hours.push({ kind: 'time', range: { from: timeFromMs(begin), before: timeFromMs(end) } })
  }
  const [only] = hours
  if (only === undefined) return undefined
  return hours.length === 1 ? printFilter(only) : `(${printFilter({ kind: 'or', terms: hours })})`
}

export type ActivitySums = {
  all: number
  busiest: { weekday: number; hour: number; count: number } | undefined
  weekend: number
  /** From 20:00 to 6:00. */
  night: number
}

/** What a week looks like in four numbers. */
export function sumActivity(cells: readonly (readonly number[])[]): ActivitySums {
  const sums: ActivitySums = { all: 0, busiest: undefined, weekend: 0, night: 0 }
  for (const [weekday, hours] of cells.entries()) {
    for (const [hour, count] of hours.entries()) {
      sums.all += count
      if (weekday >= 5) sums.weekend += count
      if (hour >= 20 || hour < 6) sums.night += count
      if (count > (sums.busiest?.count ?? 0)) sums.busiest = { weekday, hour, count }
    }
  }
  return sums
}
