import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import {
  questionTimes,
  rangeBounds,
  readRange,
  writeRange,
  type RangeParams,
  type TimeRange,
} from '../events/time-range.ts'
import type { Zone } from '../events/zone.ts'

/** Everything that the address bar says about a page of Insights, beside what its path says. */
export type InsightsParams = RangeParams & {
  zone?: Zone
  /** What a list is narrowed by: a part of a name or of a query. */
  name?: string
  /** A search that a list is narrowed to: what belongs to one person, table or query. */
  of?: string
  /** What stands first; a list takes its own default for one that it does not have. */
  sort?: string
  /** Which runs of a query are listed: failed ones, or slow ones. */
  runs?: 'failed' | 'slow'
  /** The ids of two runs that are compared. */
  a?: string
  b?: string
}

const texts = ['name', 'of', 'sort', 'a', 'b'] as const

/** Reads what stands in the address bar; unknown parameters and impossible values are left out. */
export function readInsightsParams(input: Record<string, unknown>): InsightsParams {
  const params: InsightsParams = writeRange(
    readRange(
      Object.fromEntries(
        ['range', 'from', 'to'].flatMap((key) => {
          const value = input[key]
          return typeof value === 'string' && value !== '' ? [[key, value]] : []
        }),
      ),
    ),
  )
  const { zone, runs } = input
  if (zone === 'utc' || zone === 'local') params.zone = zone
  if (runs === 'failed' || runs === 'slow') params.runs = runs
  for (const key of texts) {
    const value = input[key]
    if (typeof value === 'string' && value !== '') params[key] = value
  }
  if (params.of !== undefined && !isSearch(params.of)) delete params.of
  return params
}

function isSearch(text: string): boolean {
  try {
    parseFilter(text)
    return true
  } catch {
    return false
  }
}

/** The parameters with some of them changed; an absent value takes one away. */
export function withParams(
  params: InsightsParams,
  changes: { [Key in keyof InsightsParams]?: InsightsParams[Key] | undefined },
): InsightsParams {
  return readInsightsParams({ ...params, ...changes })
}

/** The parameters with another range. */
export function withInsightsRange(params: InsightsParams, range: TimeRange): InsightsParams {
  return withParams(params, { range: undefined, from: undefined, to: undefined, ...writeRange(range) })
}

const dayMs = 86_400_000

/**
 * The Unix milliseconds that are counted for a range: some days back begin with a day (in UTC), so that the first of the days that
 * are drawn is as long as the others.
 */
export function countedBounds(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  const { fromMs, toMs } = rangeBounds(range, nowMs)
  const isOfDays = range.kind === 'past' && nowMs - fromMs >= 7 * dayMs
  return { fromMs: isOfDays ? Math.floor(fromMs / dayMs) * dayMs : fromMs, toMs }
}

/** The same as the `from` and `to` of a request; what has no end goes on until now. */
export function countedTimes(range: TimeRange, nowMs: number): { from: string; to?: string } {
  return { ...questionTimes(range, nowMs), from: timeFromMs(countedBounds(range, nowMs).fromMs) }
}

/** What leads to the events that are counted: range and zone. */
export function eventsParams(params: InsightsParams, nowMs: number): CarriedParams {
  const carried = carriedParams(params)
  const range = readRange(params)
  const { fromMs } = countedBounds(range, nowMs)
  if (fromMs === rangeBounds(range, nowMs).fromMs) return carried
  const { range: _days, ...rest } = carried
  return { ...rest, ...writeRange({ kind: 'between', from: timeFromMs(fromMs) }) }
}

/** What goes along from page to page of Insights: the range and the zone. */
export type CarriedParams = RangeParams & { zone?: Zone }

export function carriedParams({ range, from, to, zone }: InsightsParams): CarriedParams {
  return {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(zone === undefined ? {} : { zone }),
  }
}
