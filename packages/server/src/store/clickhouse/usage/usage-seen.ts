import type { RestrictedSearch } from '../../restricted-search.ts'
import type { SeenKind } from '../../seen.ts'
import type { Seen } from '../../usage-store.ts'
import type { QueryParams } from '../engine.ts'

/**
 * What was seen of a kind, as a subquery: `seen_name`, when (as microseconds; 0 where the viewer may not know), what was
 * said of it last and what it says for good. Who sees only single events may know what those are called, and no more.
 */
export function renderSeen(search: RestrictedSearch, kind: SeenKind): { sql: string; params: QueryParams } {
  const knows = search.sees === 'part' ? 0 : 1
  return {
    sql: `SELECT
        name AS seen_name,
        {seen_known:UInt8} * toUnixTimestamp64Micro(min(first_at)) AS seen_first,
        {seen_known:UInt8} * toUnixTimestamp64Micro(max(last_at)) AS seen_last,
        tupleElement(max(latest), 2) AS seen_latest,
        max(text) AS seen_text
      FROM usage_seen
      WHERE workspace_id = {workspace:String}
        AND kind = '${kind}'
        AND scope = {seen_scope:String}
      GROUP BY name`,
    params: { seen_known: knows, seen_scope: search.sees === 'queries' ? 'queries' : 'everything' },
  }
}

/** Columns of `renderSeen` that `readSeen` takes. */
export const seenColumns = 'seen_first, seen_last'

/** Times as they stand in answers. 0 is what a join fills in: nothing was seen. */
export function readSeen(first: number, last: number): Seen {
  if (first === 0 && last === 0) return {}
  return { firstSeenAt: timeFromMicros(first), lastSeenAt: timeFromMicros(last) }
}

/** Microseconds since 1970 are exact in a double for the years that the store holds. */
export function timeFromMicros(micros: number): string {
  const ms = Math.floor(micros / 1000)
  const rest = micros - ms * 1000
  return `${new Date(ms).toISOString().slice(0, 23)}${String(rest).padStart(3, '0')}Z`
}
