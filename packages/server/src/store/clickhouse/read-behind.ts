import type { EventPage, Page, PositionRange } from '../event-store.ts'
import type { Engine, QueryParams } from './engine.ts'
import { keptColumns, readKept } from './kept-event.ts'

/**
 * See `EventStore.readBehind`. The rows lie in the order of their times, and new ones have new times nearly always: the
 * smallest and largest sequence of each granule (`sequence_minmax`) leave a few granules to read. A late event costs one
 * granule of its own week.
 */
export async function readBehind(
  engine: Engine,
  { where, params }: { where: string; params: QueryParams },
  { node, after, upTo }: PositionRange,
  { limit, bytesMax }: Pick<Page, 'limit' | 'bytesMax'>,
): Promise<EventPage> {
  if (engine.cluster !== undefined) {
    // This replica may be behind the one that confirmed an insert, and what is passed over here is never asked again.
    await engine.command('interactive', 'SYSTEM SYNC REPLICA events LIGHTWEIGHT')
  }
  const behind = `node = {node:String}
    AND sequence > {after:UInt64}
    AND sequence <= {up_to:UInt64}
    AND (${where})`
  const sizes = await engine.queryLines(
    'interactive',
    `SELECT
       sequence,
       event_bytes
     FROM events
     WHERE ${behind}
     ORDER BY sequence
     LIMIT {limit:UInt32}`,
    { ...params, node, after, up_to: upTo, limit: limit + 1 },
  )
  const last = lastFitting(sizes, { limit, bytesMax })
  if (last === undefined) return { events: [], hasMore: false }
  const lines = await engine.queryLines(
    'interactive',
    `SELECT ${keptColumns}
     FROM events
     WHERE ${behind}
     ORDER BY sequence`,
    { ...params, node, after, up_to: last.sequence },
  )
  return { events: lines.map(readKept), hasMore: last.events < sizes.length }
}

type Last = { sequence: number; events: number }

/** The last event that a page has room for; the first has, however large. */
function lastFitting(
  sizes: readonly string[],
  { limit, bytesMax }: Pick<Page, 'limit' | 'bytesMax'>,
): Last | undefined {
  let last: Last | undefined
  let bytes = 0
  for (const line of sizes.slice(0, limit)) {
    const [sequence = 0, size = 0] = line.split('\t').map(Number)
    bytes += size
    if (last !== undefined && bytes > bytesMax) break
    last = { sequence, events: (last?.events ?? 0) + 1 }
  }
  return last
}
