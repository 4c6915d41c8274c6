import type { ReadOptions } from '../../event-store.ts'
import type { RestrictedSearch } from '../../restricted-search.ts'
import type { Activity } from '../../usage-store.ts'
import type { Engine } from '../engine.ts'
import { laneOf } from './list-usage.ts'
import { renderCounting, type Counting } from './usage-parts.ts'

/** Answered by the projection `counts_by_quarter`. */
export const quarterCounting: Counting = {
  from: 'events',
  period: 'quarter',
  keys: ['outcome'],
  sums: ['count() AS events'],
  fields: ['type', 'outcome', 'noise'],
}

/** See `UsageStore.activity`. */
export async function countActivity(
  engine: Engine,
  search: RestrictedSearch,
  zone: string,
  options: ReadOptions,
): Promise<Activity> {
  const { sql, params } = renderCounting(search, quarterCounting)
  const lines = await engine.queryLines(
    laneOf(options),
    `SELECT
       toDayOfWeek(toTimeZone(period, {zone:String})) AS weekday,
       toHour(toTimeZone(period, {zone:String})) AS hour,
       sum(events)
     FROM (${sql})
     GROUP BY weekday, hour`,
    { ...params, zone },
  )
  const cells = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
  for (const line of lines) {
    const [weekday = 1, hour = 0, count = 0] = line.split('\t').map(Number)
    const day = cells[weekday - 1]
    if (day) day[hour] = count
  }
  return cells
}
