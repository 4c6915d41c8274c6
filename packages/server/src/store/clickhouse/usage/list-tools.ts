import type { RestrictedSearch } from '../../restricted-search.ts'
import type { ToolCounts, UsageRequest, UsageRows } from '../../usage-store.ts'
import type { ReadOptions } from '../../event-store.ts'
import type { Engine } from '../engine.ts'
import { laneOf, listUsage } from './list-usage.ts'
import { renderCounting, type Counting } from './usage-parts.ts'
import { timeFromMicros } from './usage-seen.ts'

/** Answered by the projection `tools_by_day`. */
const toolCounting: Counting = {
  from: 'events',
  period: 'day',
  keys: [
    'tool AS tool_of',
    'login AS login_of',
    'application_shown AS application_of',
    'outcome',
    'person AS who',
  ],
  sums: ['count() AS events', 'max(occurred_at) AS last'],
  fields: ['type', 'outcome', 'noise', 'tool', 'login'],
}

const names = 'tool_of, login_of, application_of'

const orders = {
  count: `events_all DESC, ${names}`,
  failed: `failed DESC, ${names}`,
  people: `people DESC, ${names}`,
} as const satisfies Record<UsageRequest<'tools'>['sort'], string>

/** See `UsageStore.tools`. */
export async function listTools(
  engine: Engine,
  search: RestrictedSearch,
  request: UsageRequest<'tools'>,
  options: ReadOptions,
): Promise<UsageRows<ToolCounts>> {
  const { sql, params } = renderCounting(search, toolCounting, request.of)
  return listUsage(
    engine,
    laneOf(options),
    {
      columns: [
        'tool_of',
        'login_of',
        'application_of',
        'events_all',
        'failed',
        'denied',
        'per_day',
        'people',
        'toUnixTimestamp64Micro(last_all)',
      ],
      from: `(
         SELECT
           ${names},
           sum(events) AS events_all,
           sumIf(events, outcome = 'failure') AS failed,
           sumIf(events, outcome = 'denied') AS denied,
           sumMap(map(toString(period), events)) AS per_day,
           uniqExactIf(who, who != '') AS people,
           max(last) AS last_all
         FROM (${sql})
         GROUP BY ${names}
       ) AS counted`,
      texts: ['tool_of', 'login_of', 'application_of'],
      orderBy: orders[request.sort],
      params,
    },
    request,
    (values) => {
      // In the order of the columns above.
      const [tool, login, application, count, failed, denied, perDay, people, last] = values as [
        string,
        string,
        string,
        number,
        number,
        number,
        Record<string, number>,
        number,
        number,
      ]
      return { tool, login, application, count, failed, denied, perDay, people, lastAt: timeFromMicros(last) }
    },
  )
}
