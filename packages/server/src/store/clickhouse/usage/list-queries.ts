import type { RestrictedSearch } from '../../restricted-search.ts'
import type { QueryCounts, UsageRequest, UsageRows } from '../../usage-store.ts'
import type { ReadOptions } from '../../event-store.ts'
import type { Engine } from '../engine.ts'
import { laneOf, listSeenUsage } from './list-usage.ts'
import { renderCounting, type Counting } from './usage-parts.ts'
import { readSeen, renderSeen, type SeenValues } from './usage-seen.ts'

/** `durationBucket` in SQL; none is -32768. The projection has exactly this expression. */
export const bucketSql =
  'toInt16(if(isNull(duration_ms), -32768, greatest(-40, floor(log2(greatest(assumeNotNull(duration_ms), 0.0009765625)) * 4))))'

/** Answered by the projection `queries_by_day`. */
const queryCounting: Counting = {
  from: 'events',
  period: 'day',
  keys: ['fingerprint AS print', 'outcome', 'person AS who', `${bucketSql} AS bucket`],
  sums: [
    'count() AS events',
    'sum(least(greatest(ifNull(duration_ms, 0), 0), 1e15)) AS ms',
    'sum(least(greatest(ifNull(rows, 0), 0), 1e15)) AS result_rows',
  ],
  fields: ['type', 'outcome', 'noise', 'fingerprint'],
}

const orders = {
  count: 'events_all DESC, print',
  slowest: 'slow_ms DESC, print',
  totalMs: 'total_ms DESC, print',
  failed: 'failed DESC, print',
  rows: 'rows_all DESC, print',
  people: 'people DESC, print',
  lastSeenAt: 'seen_last DESC, print',
} as const satisfies Record<UsageRequest<'queries'>['sort'], string>

/** `quantileOf` in SQL: buckets stand in their order in `durations.1`, with their counts in `durations.2`. */
const slowMs = `if(
       empty(durations.2),
       -1,
       exp2((
         arrayElement(durations.1, arrayFirstIndex(upTo -> upTo >= 0.95 * arraySum(durations.2), arrayCumSum(durations.2)) AS place)
         + (0.95 * arraySum(durations.2) - arrayElement(arrayCumSum(durations.2), place) + arrayElement(durations.2, place))
           / arrayElement(durations.2, place)
       ) / 4)
     )`

/** See `UsageStore.queries`. */
export async function listQueries(
  engine: Engine,
  search: RestrictedSearch,
  request: UsageRequest<'queries'>,
  options: ReadOptions,
): Promise<UsageRows<QueryCounts>> {
  const counted = renderCounting(search, queryCounting, request.of)
  // The times and texts are looked for only where the order or the text needs them.
  const seen =
    request.sort === 'lastSeenAt' || (request.contains ?? '') !== ''
      ? renderSeen(search, 'query', `(SELECT print FROM (${counted.sql}))`)
      : undefined
  return listSeenUsage(
    engine,
    laneOf(options),
    {
      columns: [
        'print',
        'events_all',
        'failed',
        'denied',
        'per_day',
        'durations',
        'total_ms',
        'rows_all',
        'people',
      ],
      from: `(
         SELECT
           *,
           ${request.sort === 'slowest' ? slowMs : '0'} AS slow_ms
         FROM (
           SELECT
             print,
             sum(events) AS events_all,
             sumIf(events, outcome = 'failure') AS failed,
             sumIf(events, outcome = 'denied') AS denied,
             sumMap(map(toString(period), events)) AS per_day,
             sumMapIf([bucket], [events], bucket > -32768) AS durations,
             sum(ms) AS total_ms,
             sum(result_rows) AS rows_all,
             uniqExactIf(who, who != '') AS people
           FROM (${counted.sql})
           GROUP BY print
           HAVING print != ''
         )
       ) AS counted
       ${seen === undefined ? '' : `LEFT JOIN (${seen.sql}) AS seen ON seen_name = print`}`,
      texts: ["substring(seen_text, position(seen_text, '\\n') + 1)"],
      orderBy: orders[request.sort],
      params: { ...counted.params, ...seen?.params },
    },
    { ...request, search, kind: 'query' },
    readRow,
  )
}

function readRow(values: unknown[]): QueryCounts {
  // In the order of the columns above.
  const [fingerprint, count, failed, denied, perDay, durations, totalMs, rows, people, first, last, , text] =
    values as [
      string,
      number,
      number,
      number,
      Record<string, number>,
      [number[], number[]],
      number,
      number,
      number,
      ...SeenValues,
    ]
  const end = text.indexOf('\n')
  return {
    fingerprint,
    kind: text.slice(0, Math.max(0, end)),
    normalized: text.slice(end + 1),
    count,
    failed,
    denied,
    perDay,
    durations: Object.fromEntries(durations[0].map((bucket, i) => [bucket, durations[1][i] ?? 0])),
    totalMs,
    rows,
    people,
    ...readSeen(first, last),
  }
}
