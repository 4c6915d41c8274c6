import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { padMicroseconds } from '@aleph-audit-log/domain/time'

/** What came after a question was asked. */
export type LiveRows = {
  /** On screen among what was loaded, newest first. */
  shown: readonly PublicEvent[]
  /** Not on screen yet, in the order in which they came. */
  waiting: readonly PublicEvent[]
  /** More came than is kept waiting: to see it the question has to be asked anew. */
  tooMany: boolean
  /**
   * The list became too long and was cut below this canonical time: everything from it on is in `shown`, what is older
   * is loaded anew when somebody scrolls there.
   */
  cutAt: string | undefined
}

/**
 * What was loaded by pages, newest first; `hasMore`: older events are not. Where nothing is loaded below a cut, `cutAt` is
 * where the older ones begin.
 */
export type LoadedRows = { events: PublicEvent[]; hasMore: boolean; cutAt?: string | undefined }

export const liveLimits = {
  /** New events are put on screen so often, however many come. */
  flushMs: 300,
  waitingMax: 5000,
  /** Beyond, the list is cut while new events flow in at its top. */
  rowsMax: 2000,
}

export const noLiveRows: LiveRows = { shown: [], waiting: [], tooMany: false, cutAt: undefined }

/** Takes in events that came, each at most once. */
export function receiveRows(rows: LiveRows, came: readonly PublicEvent[]): LiveRows {
  if (rows.tooMany) return rows
  const known = new Set([...rows.shown, ...rows.waiting].map(({ id }) => id))
  const fresh = came.filter(({ id }) => !known.has(id) && known.add(id))
  if (fresh.length === 0) return rows
  const waiting = [...rows.waiting, ...fresh]
  return waiting.length > liveLimits.waitingMax
    ? { ...rows, waiting: [], tooMany: true }
    : { ...rows, waiting }
}

/** Puts what waits on screen, each event at its place by time. A list that becomes too long is cut. */
export function showRows(rows: LiveRows, loaded: LoadedRows): LiveRows {
  if (rows.waiting.length === 0) return rows
  const shown = mergeByTime(sortByTime(rows.waiting), rows.shown)
  const all = mergeRows(shown, loaded)
  if (all.length <= liveLimits.rowsMax) return { ...rows, shown, waiting: [] }
  const cutAt = timeOf(all[liveLimits.rowsMax - 1])
  // All of the same time stay, so that nothing lies on both sides of the cut.
  return { ...rows, shown: all.filter((event) => timeOf(event) >= cutAt), waiting: [], cutAt }
}

/**
 * Everything on screen: what was loaded and what came since, newest first, each event once. What is older than the last
 * row that is loaded stays out while older rows are not: it comes with them.
 */
export function mergeRows(shown: readonly PublicEvent[], loaded: LoadedRows): PublicEvent[] {
  const inSight = shown.filter((event) => isInSight(event, loaded))
  if (inSight.length === 0) return loaded.events
  const loadedIds = new Set(loaded.events.map(({ id }) => id))
  return mergeByTime(
    inSight.filter(({ id }) => !loadedIds.has(id)),
    loaded.events,
  )
}

/** Whether an event has its place on screen or above it, and not among older rows that are not loaded. */
export function isInSight(event: PublicEvent, { events, hasMore, cutAt }: LoadedRows): boolean {
  if (!hasMore) return true
  const last = events.length > 0 ? timeOf(events.at(-1)) : cutAt
  return last !== undefined && timeOf(event) >= last
}

function timeOf(event: PublicEvent | undefined): string {
  return event === undefined ? '' : padMicroseconds(event.occurredAt)
}

function sortByTime(events: readonly PublicEvent[]): PublicEvent[] {
  // Of equal times, what came later stands above.
  return events
    .map((event, i) => ({ event, i, time: timeOf(event) }))
    .sort((a, b) => (a.time === b.time ? b.i - a.i : a.time < b.time ? 1 : -1))
    .map(({ event }) => event)
}

/** Two lists, newest first, as one; of equal times those of the first stand above. */
function mergeByTime(newer: readonly PublicEvent[], older: readonly PublicEvent[]): PublicEvent[] {
  const merged: PublicEvent[] = []
  let at = 0
  for (const event of newer) {
    const time = timeOf(event)
    for (let next = older[at]; next !== undefined && timeOf(next) > time; next = older[at]) {
      merged.push(next)
      at++
    }
    merged.push(event)
  }
  for (; at < older.length; at++) {
    const event = older[at]
    if (event !== undefined) merged.push(event)
  }
  return merged
}
