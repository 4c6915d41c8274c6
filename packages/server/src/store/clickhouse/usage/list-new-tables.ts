import { timeToMs } from '@aleph-audit-log/domain/time'
import type { NewTable, ReadOptions } from '../../event-store.ts'
import type { RestrictedSearch } from '../../restricted-search.ts'
import type { UsageRows } from '../../usage-store.ts'
import type { Engine } from '../engine.ts'
import { tableCounting } from './list-tables.ts'
import { laneOf, listUsage } from './list-usage.ts'
import { renderCounting } from './usage-parts.ts'
import { renderSeen, timeFromMicros } from './usage-seen.ts'

/** See `EventStore.newTables`. */
export async function listNewTables(
  engine: Engine,
  search: RestrictedSearch,
  limit: number,
  options: ReadOptions,
  isAstray: boolean,
): Promise<UsageRows<NewTable>> {
  const counted = renderCounting(search, tableCounting(search, undefined, isAstray))
  const seen = renderSeen(search, 'table', `(SELECT table_of FROM (${counted.sql}))`)
  return listUsage(
    engine,
    laneOf(options),
    {
      columns: ['table_of', 'events_all', 'seen_first'],
      from: `(
         SELECT
           table_of,
           sum(events) AS events_all
         FROM (${counted.sql})
         GROUP BY table_of
         HAVING table_of != ''
       ) AS counted
       INNER JOIN (${seen.sql}) AS seen ON seen_name = table_of`,
      where: '{seen_known:UInt8} AND seen_first >= {new_from:Int64}',
      texts: [],
      orderBy: 'events_all DESC, table_of',
      params: { ...counted.params, ...seen.params, new_from: microsOf(search.from) },
    },
    { limit },
    (values) => {
      // In the order of the columns above.
      const [table, count, first] = values as [string, number, number]
      return { table, count, firstSeenAt: timeFromMicros(first) }
    },
  )
}

function microsOf(time: string): number {
  return timeToMs(time) * 1000 + Number(time.slice(23, 26))
}
