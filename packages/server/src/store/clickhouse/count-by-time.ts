import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { Bucket } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine } from './engine.ts'
import { renderSearch } from './render-search.ts'
import { quarterCounting } from './usage/count-activity.ts'
import { asksOnlyFor, renderCounting } from './usage/usage-parts.ts'

const quarterMs = 900_000

/**
 * See `EventStore.countByTime`. Buckets of whole quarters of an hour are counted from a projection, where the search asks
 * for nothing that it does not have.
 */
export async function countByTime(
  engine: Engine,
  search: RestrictedSearch,
  intervalMs: number,
): Promise<Bucket[]> {
  const byQuarter = intervalMs % quarterMs === 0 && asksOnlyFor(search.filter, quarterCounting.fields)
  const counted = byQuarter ? renderCounting(search, quarterCounting) : undefined
  const { where, params } = renderSearch(search)
  const counts =
    counted === undefined
      ? `SELECT
           intDiv(toUnixTimestamp64Milli(occurred_at), {interval:UInt32}) AS bucket,
           outcome,
           count() AS events
         FROM events
         WHERE ${where}
         GROUP BY bucket, outcome`
      : `SELECT
           intDiv(toInt64(toUnixTimestamp(period)) * 1000, {interval:UInt32}) AS bucket,
           outcome,
           events
         FROM (${counted.sql})`
  const lines = await engine.queryLines(
    'interactive',
    `SELECT
       bucket,
       sum(events),
       sumIf(events, outcome != 'success')
     FROM (${counts})
     GROUP BY bucket
     ORDER BY bucket`,
    { ...(counted?.params ?? params), interval: intervalMs },
  )
  return lines.map((line) => {
    const [bucket, count, failed] = line.split('\t').map(Number)
    return { start: timeFromMs((bucket ?? 0) * intervalMs), count: count ?? 0, failed: failed ?? 0 }
  })
}
