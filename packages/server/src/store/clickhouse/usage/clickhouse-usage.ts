import type { ReadOptions } from '../../event-store.ts'
import type { RestrictedSearch } from '../../restricted-search.ts'
import type { UsageStore } from '../../usage-store.ts'
import type { Engine } from '../engine.ts'
import { renderSearch } from '../render-search.ts'
import { countActivity } from './count-activity.ts'
import { listPeople, listPeopleOfTable } from './list-people.ts'
import { listQueries } from './list-queries.ts'
import { listTables } from './list-tables.ts'
import { listTools } from './list-tools.ts'
import { laneOf } from './list-usage.ts'

/**
 * Lists of usage from the engine; `watch` gives the engine as one call sees it. `isAstray`: `event_tables` has rows that
 * do not say everything, so that tables are counted of the events.
 */
export function createClickHouseUsage(
  watch: (options: ReadOptions) => Engine,
  { isAstray }: { isAstray: boolean },
): UsageStore {
  return {
    people: (search, request, options = {}) => listPeople(watch(options), search, request, options, isAstray),
    tables: (search, request, options = {}) => listTables(watch(options), search, request, options, isAstray),
    queries: (search, request, options = {}) => listQueries(watch(options), search, request, options),
    tools: (search, request, options = {}) => listTools(watch(options), search, request, options),
    activity: (search, zone, options = {}) => countActivity(watch(options), search, zone, options),
    peopleOfTable: (search, what, options = {}) =>
      listPeopleOfTable(watch(options), search, what, options, isAstray),
    errorsOfQuery: async (search, what, options = {}) => {
      const rows = await countValues(watch(options), search, { ...what, value: 'errors[1]' }, options)
      return rows.map(({ value, count }) => ({ error: value, count }))
    },
    tablesOfQuery: async (search, what, options = {}) => {
      const value = 'arrayJoin(arrayDistinct(table_names))'
      const rows = await countValues(watch(options), search, { ...what, value }, options)
      return rows.map(({ value: table, count }) => ({ table, count }))
    },
  }
}

/** The most frequent values among the executions of a query, which are found by an index. */
async function countValues(
  engine: Engine,
  search: RestrictedSearch,
  { fingerprint, value, limit }: { fingerprint: string; value: string; limit: number },
  options: ReadOptions,
): Promise<{ value: string; count: number }[]> {
  const { where, params } = renderSearch(search)
  const lines = await engine.queryLines(
    laneOf(options),
    `SELECT
       toJSONString(one),
       count() AS events
     FROM (
       SELECT ${value} AS one
       FROM events
       WHERE ${where}
         AND fingerprint = {of_fingerprint:String}
     )
     WHERE one != ''
     GROUP BY one
     ORDER BY events DESC, one
     LIMIT {values:UInt32}`,
    { ...params, of_fingerprint: fingerprint, values: limit },
  )
  return lines.map((line) => {
    const [one = '""', count] = line.split('\t')
    return { value: String(JSON.parse(one)), count: Number(count) }
  })
}
