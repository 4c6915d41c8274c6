import type { RestrictedSearch } from '../../restricted-search.ts'
import { readPerson } from '../../seen.ts'
import type { PersonCount, PersonCounts, UsageRequest, UsageRows } from '../../usage-store.ts'
import type { ReadOptions } from '../../event-store.ts'
import type { Engine } from '../engine.ts'
import { laneOf, listSeenUsage, listUsage } from './list-usage.ts'
import { tableCounting } from './list-tables.ts'
import { renderCounting, type Counting } from './usage-parts.ts'
import { readSeen, renderSeen, seenColumns, type SeenValues } from './usage-seen.ts'

/** Answered by the projection `tools_by_day`, and for one query by `queries_by_day`. */
const peopleCounting: Counting = {
  from: 'events',
  period: 'day',
  keys: ['person AS who', 'outcome'],
  sums: ['count() AS events'],
  fields: ['type', 'outcome', 'noise'],
}

const orders = {
  count: 'events_all DESC, who',
  failed: 'failed DESC, who',
  tables: 'tables_touched DESC, who',
  lastSeenAt: 'seen_last DESC, who',
  dormant: 'seen_last, who',
} as const satisfies Record<UsageRequest<'people'>['sort'], string>

/** See `readPerson`. */
const emailSql = "splitByChar('\\n', seen_latest)[2]"
const nameSql = "arrayStringConcat(arraySlice(splitByChar('\\n', seen_latest), 3), '\\n')"

/** See `UsageStore.people`. */
export async function listPeople(
  engine: Engine,
  search: RestrictedSearch,
  request: UsageRequest<'people'>,
  options: ReadOptions,
  isAstray: boolean,
): Promise<UsageRows<PersonCounts>> {
  const counted = renderCounting(search, peopleCounting, request.of)
  const texts = ['who', emailSql, nameSql]
  const shared = { texts, orderBy: orders[request.sort] }
  if (request.sort === 'dormant') {
    const seen = renderSeen(search, 'person')
    return listUsage(
      engine,
      laneOf(options),
      {
        ...shared,
        columns: ['who', '0', '0', '0', 'map()', '0', seenColumns, 'seen_latest'],
        from: `(SELECT seen_name AS who, * FROM (${seen.sql}))`,
        where: `{seen_known:UInt8}
          AND who NOT IN (SELECT who FROM (${counted.sql}))
          ${request.of?.person === undefined ? '' : 'AND who = {of_person:String}'}`,
        params: { ...counted.params, ...seen.params },
      },
      request,
      readRow,
    )
  }
  const tables = renderCounting(search, tableCounting(search, request.of, isAstray), request.of)
  // The names are looked for only where the order or the text needs them.
  const seen =
    request.sort === 'lastSeenAt' || (request.contains ?? '') !== ''
      ? renderSeen(search, 'person', `(SELECT who FROM (${counted.sql}))`)
      : undefined
  return listSeenUsage(
    engine,
    laneOf(options),
    {
      ...shared,
      columns: ['who', 'events_all', 'failed', 'denied', 'per_day', 'tables_touched'],
      from: `(
         SELECT
           who,
           sum(events) AS events_all,
           sumIf(events, outcome = 'failure') AS failed,
           sumIf(events, outcome = 'denied') AS denied,
           sumMap(map(toString(period), events)) AS per_day
         FROM (${counted.sql})
         GROUP BY who
         HAVING who != ''
       ) AS counted
       LEFT JOIN (
         SELECT
           who,
           uniqExactIf(table_of, table_of != '') AS tables_touched
         FROM (${tables.sql})
         GROUP BY who
       ) AS touched USING (who)
       ${seen === undefined ? '' : `LEFT JOIN (${seen.sql}) AS seen ON seen_name = who`}`,
      params: { ...counted.params, ...tables.params, ...seen?.params },
    },
    { ...request, search, kind: 'person' },
    readRow,
  )
}

function readRow(values: unknown[]): PersonCounts {
  // In the order of the columns above.
  const [id, count, failed, denied, perDay, tables, first, last, latest] = values as [
    string,
    number,
    number,
    number,
    Record<string, number>,
    number,
    number,
    number,
    string,
  ]
  return { person: readPerson(id, latest), count, failed, denied, perDay, tables, ...readSeen(first, last) }
}

/** See `UsageStore.peopleOfTable`. */
export async function listPeopleOfTable(
  engine: Engine,
  search: RestrictedSearch,
  { table, access, limit }: { table: string; access: 'read' | 'write'; limit: number },
  options: ReadOptions,
  isAstray: boolean,
): Promise<PersonCount[]> {
  const counted = renderCounting(search, tableCounting(search, { table }, isAstray), { table })
  const { rows } = await listSeenUsage(
    engine,
    laneOf(options),
    {
      columns: ['who', 'accesses'],
      from: `(
         SELECT
           who,
           sum(rows_all) AS accesses
         FROM (${counted.sql})
         WHERE access_of = {access:String}
           AND who != ''
         GROUP BY who
       ) AS counted`,
      texts: [],
      orderBy: 'accesses DESC, who',
      params: { ...counted.params, access },
    },
    { search, kind: 'person', limit },
    (values) => {
      const [id, count, , , latest] = values as [string, number, ...SeenValues]
      return { person: readPerson(id, latest), count }
    },
  )
  return rows
}
