import type { RestrictedSearch } from '../../restricted-search.ts'
import type { SeenKind } from '../../seen.ts'
import type { Seen } from '../../usage-store.ts'
import type { Engine, Lane, QueryParams } from '../engine.ts'

/**
 * What was seen of a kind, as a subquery: `seen_name`, when (as microseconds; 0 where the viewer may not know), what was
 * said of it last and what it says for good. Who sees only single events may know what those are called, and no more.
 * There is more of it from year to year: give the `names` that matter, as what stands behind IN.
 */
export function renderSeen(
  search: RestrictedSearch,
  kind: SeenKind,
  names?: string,
): { sql: string; params: QueryParams } {
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
        ${names === undefined ? '' : `AND name IN ${names}`}
      GROUP BY name`,
    params: { seen_known: knows, seen_scope: search.sees === 'queries' ? 'queries' : 'everything' },
  }
}

/** What was seen of one: when first and last, what was said of it last, and its text. */
export type SeenValues = [first: number, last: number, latest: string, text: string]

/** What stands there where nothing was seen, as a join fills it in. */
export const nothingSeen: SeenValues = [0, 0, '', '']

/** A server takes a parameter of up to 128 KiB (http_max_field_value_size), in which characters may be escaped. */
const nameBytesPerQuery = 48 * 1024

/** What was seen of some of a kind, by their names. */
export async function findSeen(
  engine: Engine,
  lane: Lane,
  { search, kind }: { search: RestrictedSearch; kind: SeenKind },
  names: readonly string[],
): Promise<Map<string, SeenValues>> {
  const { sql, params } = renderSeen(search, kind, '{seen_names:Array(String)}')
  const found = new Map<string, SeenValues>()
  for (const some of inBatches(names)) {
    const lines = await engine.queryLines(
      lane,
      `SELECT toJSONString((seen_name, ${seenColumns}, seen_latest, seen_text)) FROM (${sql})`,
      { ...params, workspace: search.workspaceId, seen_names: some },
    )
    for (const line of lines) {
      // What the query says, in the order of its columns.
      const [name, ...values] = JSON.parse(line) as [string, ...SeenValues]
      found.set(name, values)
    }
  }
  return found
}

function* inBatches(names: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let bytes = 0
  for (const name of names) {
    const more = Buffer.byteLength(name) + 3
    if (bytes + more > nameBytesPerQuery && batch.length > 0) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(name)
    bytes += more
  }
  if (batch.length > 0) yield batch
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
