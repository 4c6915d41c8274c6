import type { Buffer } from 'node:buffer'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { nextMicrosecond, padMicroseconds, timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { EventLines, Page, PageStart } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine, Lane, QueryParams } from './engine.ts'
import { engineTimes } from './event-row.ts'
import { keptColumns, restoreLines } from './kept-event.ts'
import { renderSearch } from './render-search.ts'

/** The sizes of so many events are asked for at once, and tell what the next pages hold. */
const sizesMax = 25_000
const firstWindowMs = 3600 * 1000
const windowGrowth = 4
/**
 * Pages are read in the order of the key, piece by piece of each part. In larger blocks, or by two threads, the pieces of
 * several parts wait for one another in memory: many times the page.
 */
const pageSettings = 'max_threads = 1, max_block_size = 512, preferred_block_size_bytes = 262144'

/** What is rare is looked for in whole columns. */
const rareSettings = 'optimize_read_in_order = 0'

type What = Pick<Page, 'bytesMax' | 'longerThanBytes' | 'upTo'>
/** `fromMicros`: the Unix time of its last event. */
type PlannedPage = { events: number; fromMicros: number }

/**
 * Reads everything that a search finds, newest first, in pages of at most `bytesMax` (or one event). Promise: what is
 * in memory is one page. The engine is asked for a window of time after the other, because a query in the order of the
 * key begins to read every part that its range of time touches: a page out of 30 days would read ten times what it has.
 */
export async function* readEventLines(
  engine: Engine,
  search: RestrictedSearch,
  what: What,
  lane: Lane,
): AsyncGenerator<EventLines> {
  // Few are expected to be so long, and the column of sizes alone finds them.
  let spanMs = what.longerThanBytes === undefined ? firstWindowMs : Number.POSITIVE_INFINITY
  let { before } = search
  let after: PageStart | undefined
  while (before > search.from) {
    const window: RestrictedSearch = { ...search, from: startOf(search, before, spanMs), before }
    const plan = await planPages(engine, window, { ...what, after }, lane)
    for (const { events, fromMicros } of plan.pages) {
      const from = timeFromMicros(fromMicros)
      const lines = await readPage(engine, { ...window, from }, { ...what, after }, events, lane)
      // Retention may drop what was there a moment ago.
      if (lines.length === 0) break
      after = lastOf(lines)
      yield lines
    }
    if (plan.hasMore && after !== undefined) {
      const next = nextMicrosecond(padMicroseconds(after.occurredAt))
      spanMs = Math.max(timeToMs(before) - timeToMs(next), 1)
      before = next
    } else {
      if (plan.events < sizesMax / windowGrowth) spanMs *= windowGrowth
      ;({ from: before } = window)
      after = undefined
    }
  }
}

function startOf(search: RestrictedSearch, before: string, spanMs: number): string {
  const end = before < engineTimes.last ? before : engineTimes.last
  const startMs = timeToMs(end) - spanMs
  if (startMs <= timeToMs(search.from) || startMs <= timeToMs(engineTimes.first)) return search.from
  return timeFromMs(startMs)
}

/** How many of the next events go into each page, at least one, and the time of its last. Reads small columns only. */
async function planPages(
  engine: Engine,
  search: RestrictedSearch,
  page: What & { after: PageStart | undefined },
  lane: Lane,
): Promise<{ pages: PlannedPage[]; events: number; hasMore: boolean }> {
  const { where, params } = renderSearch(search, withoutUndefined(page))
  const lines = await engine.queryLines(
    lane,
    `SELECT
       event_bytes,
       toUnixTimestamp64Micro(occurred_at)
     FROM events
     WHERE ${where}
     ORDER BY occurred_at DESC, id DESC
     LIMIT {limit:UInt32}
     SETTINGS ${page.longerThanBytes === undefined ? pageSettings : rareSettings}`,
    { ...params, limit: sizesMax },
  )
  const pages: PlannedPage[] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const line of lines) {
    const tab = line.indexOf('\t')
    const size = Number(line.slice(0, tab))
    const fromMicros = Number(line.slice(tab + 1))
    bytes += size
    const last = pages.at(-1)
    if (last === undefined || bytes > page.bytesMax) {
      pages.push({ events: 1, fromMicros })
      bytes = size
    } else {
      last.events++
      last.fromMicros = fromMicros
    }
  }
  return { pages, events: lines.length, hasMore: lines.length === sizesMax }
}

async function readPage(
  engine: Engine,
  search: RestrictedSearch,
  page: What & { after: PageStart | undefined },
  events: number,
  lane: Lane,
): Promise<EventLines> {
  const { where, params } = renderSearch(search, withoutUndefined(page))
  const values: QueryParams = { ...params, limit: events }
  const rows = await engine.queryBytes(
    lane,
    `SELECT ${keptColumns}
     FROM events
     WHERE ${where}
     ORDER BY occurred_at DESC, id DESC
     LIMIT {limit:UInt32}
     SETTINGS ${pageSettings}`,
    values,
  )
  return restoreLines(rows)
}

function withoutUndefined({
  after,
  ...rest
}: What & { after: PageStart | undefined }): What & { after?: PageStart } {
  return after === undefined ? rest : { ...rest, after }
}

function lastOf(lines: Buffer): PageStart {
  const start = lines.lastIndexOf('\n', lines.length - 2) + 1
  // What was stored is an event.
  const { occurredAt, id } = JSON.parse(lines.toString('utf8', start)) as StoredEvent
  return { occurredAt, id }
}

function timeFromMicros(micros: number): string {
  const ms = Math.floor(micros / 1000)
  const rest = String(micros - ms * 1000).padStart(3, '0')
  return `${new Date(ms).toISOString().slice(0, 23)}${rest}Z`
}
