import type { RestrictedSearch } from '../../restricted-search.ts'
import type { TableCounts, UsageOf, UsageRequest, UsageRows } from '../../usage-store.ts'
import type { ReadOptions } from '../../event-store.ts'
import type { Engine } from '../engine.ts'
import { laneOf, listSeenUsage, listUsage } from './list-usage.ts'
import { asksOnlyFor, renderCounting, type Counting } from './usage-parts.ts'
import { readSeen, renderSeen, seenColumns } from './usage-seen.ts'

const tableFields = ['type', 'noise'] as const

/** So many tools stand with a table. */
const toolsMax = 10

/** Answered by the projection `tables_by_day`. */
const countingOfTables: Counting = {
  from: 'event_tables',
  period: 'day',
  keys: ['table_name AS table_of', 'access AS access_of', 'person AS who', 'tool AS tool_of'],
  sums: ['count() AS rows_all', 'sum(is_first) AS events'],
  fields: tableFields,
}

/** The same of the events themselves, of which anything can be asked. */
const countingOfEvents: Counting = {
  ...countingOfTables,
  from: `events
    ARRAY JOIN
      table_names AS table_of,
      table_writes AS writes,
      arrayEnumerateUniq(table_names) AS nth`,
  keys: ['table_of', "if(writes, 'write', 'read') AS access_of", 'person AS who', 'tool AS tool_of'],
  sums: ['count() AS rows_all', 'countIf(nth = 1) AS events'],
  fields: [],
}

/**
 * How tables are counted: of `event_tables` where that has all that is asked for, else of the events. `isAstray` while
 * rows of `event_tables` wait to be made anew.
 */
export function tableCounting(
  search: RestrictedSearch,
  of: UsageOf | undefined,
  isAstray: boolean,
): Counting {
  const fits = !isAstray && of?.fingerprint === undefined && asksOnlyFor(search.filter, tableFields)
  if (fits) return countingOfTables
  return of?.table === undefined
    ? countingOfEvents
    : { ...countingOfEvents, conditions: ['table_of = {of_table:String}'] }
}

const orders = {
  count: 'events_all DESC, table_of',
  reads: 'reads DESC, table_of',
  writes: 'writes_all DESC, table_of',
  readers: 'readers DESC, table_of',
  writers: 'writers DESC, table_of',
  lastSeenAt: 'seen_last DESC, table_of',
  unused: 'seen_last, table_of',
} as const satisfies Record<UsageRequest<'tables'>['sort'], string>

/** See `UsageStore.tables`. */
export async function listTables(
  engine: Engine,
  search: RestrictedSearch,
  request: UsageRequest<'tables'>,
  options: ReadOptions,
  isAstray: boolean,
): Promise<UsageRows<TableCounts>> {
  const counted = renderCounting(search, tableCounting(search, request.of, isAstray), request.of)
  const shared = { texts: ['table_of'], orderBy: orders[request.sort] }
  if (request.sort === 'unused') {
    const seen = renderSeen(search, 'table')
    return listUsage(
      engine,
      laneOf(options),
      {
        ...shared,
        columns: ['table_of', '0', '0', '0', '0', '0', 'map()', 'map()', seenColumns],
        from: `(SELECT seen_name AS table_of, * FROM (${seen.sql}))`,
        where: `{seen_known:UInt8}
          AND table_of NOT IN (SELECT table_of FROM (${counted.sql}))
          ${request.of?.table === undefined ? '' : 'AND table_of = {of_table:String}'}`,
        params: { ...counted.params, ...seen.params },
      },
      request,
      readRow,
    )
  }
  // The times are looked for only where the order needs them.
  const seen =
    request.sort === 'lastSeenAt'
      ? renderSeen(search, 'table', `(SELECT table_of FROM (${counted.sql}))`)
      : undefined
  return listSeenUsage(
    engine,
    laneOf(options),
    {
      ...shared,
      columns: ['table_of', 'events_all', 'reads', 'writes_all', 'readers', 'writers', 'tools', 'per_day'],
      from: `(
         SELECT
           table_of,
           sum(events) AS events_all,
           sumIf(rows_all, access_of = 'read') AS reads,
           sumIf(rows_all, access_of = 'write') AS writes_all,
           uniqExactIf(who, access_of = 'read' AND who != '') AS readers,
           uniqExactIf(who, access_of = 'write' AND who != '') AS writers,
           sumMap(map(toString(tool_of), events)) AS tools,
           sumMap(map(toString(period), events)) AS per_day
         FROM (${counted.sql})
         GROUP BY table_of
         HAVING table_of != ''
       ) AS counted
       ${seen === undefined ? '' : `LEFT JOIN (${seen.sql}) AS seen ON seen_name = table_of`}`,
      params: { ...counted.params, ...seen?.params },
    },
    { ...request, search, kind: 'table' },
    readRow,
  )
}

function readRow(values: unknown[]): TableCounts {
  // In the order of the columns above.
  const [table, count, reads, writes, readers, writers, tools, perDay, first, last] = values as [
    string,
    number,
    number,
    number,
    number,
    number,
    Record<string, number>,
    Record<string, number>,
    number,
    number,
  ]
  return {
    table,
    count,
    reads,
    writes,
    readers,
    writers,
    tools: mostFrequent(tools),
    perDay,
    ...readSeen(first, last),
  }
}

function mostFrequent(tools: Record<string, number>): { tool: string; count: number }[] {
  return Object.entries(tools)
    .filter(([, count]) => count > 0)
    .map(([tool, count]) => ({ tool, count }))
    .sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.tool), Buffer.from(b.tool)))
    .slice(0, toolsMax)
}
