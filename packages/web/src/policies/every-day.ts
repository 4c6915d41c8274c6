import { addDays } from '@aleph-audit-log/domain/zoned-time'

/** More days than any range on these pages has. */
const daysMax = 400

/** A number for each day (UTC) of a range, also for those on which there was nothing to count. */
export function everyDay<Day extends { day: string }>(
  { from, to, byDay }: { from: string; to: string; byDay: readonly Day[] },
  of: (day: Day) => number,
): { days: string[]; perDay: number[] } {
  const counts = new Map(byDay.map((day) => [day.day, of(day)]))
  const days: string[] = []
  for (let day = from.slice(0, 10); day <= to.slice(0, 10) && days.length < daysMax; day = addDays(day, 1))
    days.push(day)
  return { days, perDay: days.map((day) => counts.get(day) ?? 0) }
}
