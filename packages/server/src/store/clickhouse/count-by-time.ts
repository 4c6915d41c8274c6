import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { Bucket } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine, QueryParams } from './engine.ts'
import { renderSearch } from './render-search.ts'

const hourMs = 3_600_000

/** See `EventStore.countByTime`. */
export async function countByTime(
  engine: Engine,
  search: RestrictedSearch,
  intervalMs: number,
): Promise<Bucket[]> {
  const byHour = intervalMs % hourMs === 0 && matchesEverything(search.filter)
  const { counts, params } = byHour ? renderHours(search) : renderEvents(search)
  const lines = await engine.queryLines(
    'interactive',
    `SELECT
       bucket,
       sum(events),
       sumIf(events, outcome != 'success')
     FROM (${counts})
     GROUP BY bucket
     ORDER BY bucket`,
    { ...params, interval: intervalMs },
  )
  return lines.map((line) => {
    const [bucket, count, failed] = line.split('\t').map(Number)
    return { start: timeFromMs((bucket ?? 0) * intervalMs), count: count ?? 0, failed: failed ?? 0 }
  })
}

type Rendered = { counts: string; params: QueryParams }

function renderEvents(search: RestrictedSearch): Rendered {
  const { where, params } = renderSearch(search)
  return { counts: countEventsWhere(where), params }
}

function countEventsWhere(where: string): string {
  return `SELECT
      intDiv(toUnixTimestamp64Milli(occurred_at), {interval:UInt32}) AS bucket,
      outcome,
      count() AS events
    FROM events
    WHERE ${where}
    GROUP BY bucket, outcome`
}

/**
 * Without a filter the whole hours are counted from the projection \`counts_by_hour\`, which holds a few rows for
 * thousands of events; only the events of the broken hours at both ends are counted one by one. The form of the query
 * decides whether the engine takes the projection: group keys and conditions must be made of its columns.
 */
function renderHours(search: RestrictedSearch): Rendered {
  const { where, params } = renderSearch(search)
  const firstHour = hourOf(search.from) + (timeFromMs(hourOf(search.from)) < search.from ? hourMs : 0)
  const endHour = Math.max(firstHour, hourOf(search.before))
  const hours = `SELECT
      toInt64(intDiv(toUnixTimestamp(toStartOfHour(occurred_at)) * 1000, {interval:UInt32})) AS bucket,
      outcome,
      count() AS events
    FROM events
    WHERE workspace_id = {workspace:String}
      AND toStartOfHour(occurred_at) >= {first_hour:DateTime('UTC')}
      AND toStartOfHour(occurred_at) < {end_hour:DateTime('UTC')}
    GROUP BY bucket, outcome`
  const brokenHours = countEventsWhere(
    `${where}
      AND (
        occurred_at < {first_hour:DateTime('UTC')}
        OR occurred_at >= {end_hour:DateTime('UTC')}
      )`,
  )
  return {
    counts: `${hours} UNION ALL ${brokenHours}`,
    params: { ...params, first_hour: toEngineHour(firstHour), end_hour: toEngineHour(endHour) },
  }
}

function toEngineHour(ms: number): string {
  return timeFromMs(ms).slice(0, 19).replace('T', ' ')
}

/** The hour that a time lies in. Hours are DateTime, which holds 1970 to 2105: the broken hours have what lies beyond. */
function hourOf(time: string): number {
  const ms = Math.min(Math.max(timeToMs(time), 0), Date.UTC(2106, 0, 1))
  return Math.floor(ms / hourMs) * hourMs
}

function matchesEverything(filter: Filter): boolean {
  return filter.kind === 'and' && filter.terms.every(matchesEverything)
}
