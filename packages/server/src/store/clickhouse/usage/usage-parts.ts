import type { Filter, TextField } from '@aleph-audit-log/domain/filter/filter'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { RestrictedSearch } from '../../restricted-search.ts'
import type { UsageOf } from '../../usage-store.ts'
import type { QueryParams } from '../engine.ts'
import { renderFilter } from '../render-filter.ts'
import { renderSearch } from '../render-search.ts'

/** The spans of time that projections count by. */
const periods = {
  day: { ms: 86_400_000, sql: 'toDate(occurred_at)', type: 'Date' },
  quarter: { ms: 900_000, sql: 'toStartOfFifteenMinutes(occurred_at)', type: "DateTime('UTC')" },
} as const

/**
 * Rows that count events: a table, its group keys and what is summed up. `fields` are those that a search may ask for so
 * that the projection of these keys has everything that the query needs.
 */
export type Counting = {
  from: string
  period: keyof typeof periods
  /** `expression AS name`; the name is none of a column that a search asks for. */
  keys: readonly string[]
  sums: readonly string[]
  fields: readonly (TextField | 'noise')[]
  /** Conditions beside the search. */
  conditions?: readonly string[]
}

export type Rendered = { sql: string; params: QueryParams }

/**
 * Counts what a search finds, as a subquery with the columns `period`, keys and sums; a group may stand there more than
 * once. Where the search asks for nothing but `fields`, whole days (or quarters of an hour) are counted by a query of
 * which the engine sees that a projection answers it, and only the events of the broken ones at both ends one by one.
 * Otherwise, and in parts that have no projection yet, every event is.
 */
export function renderCounting(search: RestrictedSearch, counting: Counting, of: UsageOf = {}): Rendered {
  const { where, params } = renderSearch(search)
  const extra = [...(counting.conditions ?? []), ...renderOf(counting, of)]
  const allParams = { ...params, ...paramsOf(of) }
  const whole = wholePeriods(search, periods[counting.period].ms)
  if (!asksOnlyFor(search.filter, counting.fields) || whole.from >= whole.end) {
    return { sql: select(counting, [where, ...extra]), params: allParams }
  }
  const { sql, type } = periods[counting.period]
  const filter = renderFilter(search.filter)
  const ofWhole = select(counting, [
    'workspace_id = {workspace:String}',
    `${sql} >= {whole_from:${type}}`,
    `${sql} < {whole_end:${type}}`,
    `(${filter.sql})`,
    ...extra,
  ])
  const ofBroken = select(counting, [
    where,
    "(occurred_at < {broken_before:DateTime('UTC')} OR occurred_at >= {broken_from:DateTime('UTC')})",
    ...extra,
  ])
  // What is asked of one person, table or query may need the indexes where no projection knows it.
  const settings = Object.keys(of).length === 0 ? withoutIndexes : ''
  const [from, end] = [engineSecond(whole.from), engineSecond(whole.end)]
  const bounds = {
    whole_from: type === 'Date' ? from.slice(0, 10) : from,
    whole_end: type === 'Date' ? end.slice(0, 10) : end,
    broken_before: from,
    broken_from: end,
  }
  return {
    sql: (hasBroken(search, whole) ? [ofWhole, ofBroken] : [ofWhole])
      .map((part) => `${part}${settings}`)
      .join(' UNION ALL '),
    params: { ...allParams, ...bounds },
  }
}

function select({ from, period, keys, sums }: Counting, conditions: readonly string[]): string {
  const names = keys.map((key) => key.slice(key.lastIndexOf(' ') + 1))
  return `SELECT
      ${[`${periods[period].sql} AS period`, ...keys, ...sums].join(',\n      ')}
    FROM ${from}
    WHERE ${conditions.join('\n      AND ')}
    GROUP BY ${['period', ...names].join(', ')}`
}

/**
 * Before it takes a projection the engine asks the indexes of values about every granule of the rows themselves: with
 * 50,000,000 events that took three quarters of the time.
 */
const withoutIndexes = `
    SETTINGS use_skip_indexes = 0, use_query_condition_cache = 0`

/** Columns by which `UsageOf` is asked for, of both tables. */
function renderOf({ from }: Counting, { person, table, fingerprint }: UsageOf): string[] {
  const isTables = from === 'event_tables'
  return [
    ...(person === undefined ? [] : ['person = {of_person:String}']),
    ...(table === undefined
      ? []
      : [isTables ? 'table_name = {of_table:String}' : 'has(table_names, {of_table:String})']),
    ...(fingerprint === undefined ? [] : ['fingerprint = {of_fingerprint:String}']),
  ]
}

function paramsOf({ person, table, fingerprint }: UsageOf): QueryParams {
  return {
    ...(person === undefined ? {} : { of_person: person }),
    ...(table === undefined ? {} : { of_table: table }),
    ...(fingerprint === undefined ? {} : { of_fingerprint: fingerprint }),
  }
}

/** Whether a search can be answered by these columns alone. */
export function asksOnlyFor(filter: Filter, fields: readonly (TextField | 'noise')[]): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.every((term) => asksOnlyFor(term, fields))
    case 'not':
      return asksOnlyFor(filter.term, fields)
    case 'field':
      return fields.includes(filter.field)
    case 'noise':
      return fields.includes('noise')
    case 'text':
    case 'actorId':
    case 'network':
    case 'number':
    case 'time':
    case 'data':
    case 'dataNumber':
      return false
  }
}

type Whole = { from: number; end: number }

/** Days are Date, and quarters DateTime, which hold 1970 to 2105: what lies beyond is counted one by one. */
function wholePeriods(search: RestrictedSearch, periodMs: number): Whole {
  const start = floorTo(search.from, periodMs)
  const from = start + (timeFromMs(start) < search.from ? periodMs : 0)
  return { from, end: Math.max(from, floorTo(search.before, periodMs)) }
}

function floorTo(time: string, periodMs: number): number {
  const ms = Math.min(Math.max(timeToMs(time), 0), Date.UTC(2106, 0, 1))
  return Math.floor(ms / periodMs) * periodMs
}

/** Saves a query where the range has whole periods only, as far as events can be. */
function hasBroken({ from, before }: RestrictedSearch, whole: Whole): boolean {
  return (
    timeFromMs(whole.from) !== from ||
    (timeFromMs(whole.end) !== before && whole.end !== Date.UTC(2106, 0, 1))
  )
}

function engineSecond(ms: number): string {
  return timeFromMs(ms).slice(0, 19).replace('T', ' ')
}
