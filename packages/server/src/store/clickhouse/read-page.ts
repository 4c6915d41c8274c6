import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { EventPage, Page } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine, Lane } from './engine.ts'
import { keptColumns, readKept } from './kept-event.ts'
import { renderSearch } from './render-search.ts'

/** A page of so few events may be read without a look at their sizes: none is larger than 512 KiB. */
const uncheckedEventsMax = 128

const dayMs = 86_400_000

/**
 * How far back a page is looked for before everything older is looked at. Most pages are full within a day, and then
 * the engine opens, and asks the indexes of, that day alone. Newest 100 of 10 M events of 30 days that lie in 64 parts,
 * in CPU milliseconds at once and in slices: without a search 105 and 12, a frequent word 570 and 12, a frequent person
 * 280 and 20. A slice without a match costs 5.
 */
const slicesMs = [dayMs, 8 * dayMs]

/** See `EventStore.searchEvents`. */
export async function searchEvents(
  engine: Engine,
  search: RestrictedSearch,
  page: Page,
  lane: Lane,
): Promise<EventPage> {
  const events: StoredEvent[] = []
  let bytes = 0
  // One more than asked for tells whether there are more.
  const limit = page.limit + 1
  for (const slice of sliceSearch(search, page)) {
    const rendered = renderSearch(slice, page)
    const wanted = limit - events.length
    const fitting =
      limit > uncheckedEventsMax
        ? await countFitting(engine, rendered, wanted, { used: bytes, max: page.bytesMax }, lane)
        : { events: wanted, bytes, isFull: false }
    if (fitting.events > 0) events.push(...(await readEvents(engine, rendered, fitting.events, lane)))
    bytes = fitting.bytes
    if (fitting.isFull) return { events: events.slice(0, page.limit), hasMore: true }
    if (events.length >= limit) break
  }
  return { events: events.slice(0, page.limit), hasMore: events.length > page.limit }
}

/**
 * The search cut by time, newest first: together the slices are the whole search. The clock decides only where to cut,
 * never what is found; what lies in its future belongs to the first slice.
 */
function* sliceSearch(search: RestrictedSearch, { after }: Page): Generator<RestrictedSearch> {
  const newestMs = Math.min(
    Date.now(),
    timeToMs(search.before),
    after === undefined ? Infinity : timeToMs(after.occurredAt),
  )
  let { before } = search
  for (const ms of slicesMs) {
    const from = timeFromMs(newestMs - ms)
    if (from <= search.from || from >= before) continue
    yield { ...search, from, before }
    before = from
  }
  yield { ...search, before }
}

async function readEvents(
  engine: Engine,
  { where, params }: ReturnType<typeof renderSearch>,
  limit: number,
  lane: Lane,
): Promise<StoredEvent[]> {
  const lines = await engine.queryLines(
    lane,
    `SELECT ${keptColumns}
     FROM events
     WHERE ${where}
     ORDER BY occurred_at DESC, id DESC
     LIMIT {limit:UInt32}`,
    { ...params, limit },
  )
  return lines.map(readKept)
}

/** `bytes` of the page with these events; `isFull` when the next one has no room. */
type Fitting = { events: number; bytes: number; isFull: boolean }

/**
 * How many of the next events a page has room for; the first of all has, however large. Reads the small column of
 * sizes only.
 */
async function countFitting(
  engine: Engine,
  { where, params }: ReturnType<typeof renderSearch>,
  limit: number,
  { used, max }: { used: number; max: number },
  lane: Lane,
): Promise<Fitting> {
  const sizes = await engine.queryLines(
    lane,
    `SELECT event_bytes
     FROM events
     WHERE ${where}
     ORDER BY occurred_at DESC, id DESC
     LIMIT {limit:UInt32}`,
    { ...params, limit },
  )
  let bytes = used
  for (const [i, size] of sizes.entries()) {
    if (bytes > 0 && bytes + Number(size) > max) return { events: i, bytes, isFull: true }
    bytes += Number(size)
  }
  // As many as may come, not as were there: one that comes in between must not push out another.
  return { events: sizes.length === 0 ? 0 : limit, bytes, isFull: false }
}
