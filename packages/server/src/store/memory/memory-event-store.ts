import { isDeepStrictEqual } from 'node:util'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { toSearchableEvent, type SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { padMicroseconds, timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import {
  chunksOf,
  type Bucket,
  type EventPage,
  type EventStore,
  type Facet,
  type FacetField,
  type Page,
  type PositionRange,
  type Positions,
  type StoredRow,
  type StoreFaults,
} from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import { isFoundBy } from '../is-found-by.ts'
import { isWeekBefore, weekOf } from '../week.ts'
import { countVerdictsOf, groupQueriesOf, queryTextsOf } from './group-queries.ts'
import { countAccessOf } from './count-access.ts'
import { groupsOf } from './group-events.ts'
import { MemoryUsage } from './memory-usage.ts'
import { newTablesOf } from './new-tables.ts'
import { SeenThings } from './seen-things.ts'

/** Called before and after each step that can fail; what it throws is what the step fails with. */
export type FaultHook = (step: 'append' | 'append-row' | 'find' | 'ids' | 'search' | 'drop') => void

type Row = { event: StoredEvent; searchable: SearchableEvent }

/**
 * An event store in memory, for tests: it answers by the plain reference filter and fails on demand, also in the
 * middle of a batch (`append-row`), as a crashing engine does.
 */
export function createMemoryEventStore(fault: FaultHook = () => undefined): EventStore {
  let rows: Row[] = []
  const seen = new SeenThings()
  const select = (search: RestrictedSearch): Row[] => {
    fault('search')
    return rows.filter((row) => isFoundBy(search, row.event, row.searchable)).sort(newestFirst)
  }
  return {
    appendEvents: async (events, { mayBeThere, onEvent }) => {
      fault('append')
      for await (const chunk of chunksOf(events)) {
        for (const event of chunk) {
          const row = toRow(event)
          onEvent?.(event, row.searchable)
          if (mayBeThere && rows.some((other) => isDeepStrictEqual(other.event.position, event.position)))
            continue
          fault('append-row')
          seen.add(event)
          rows.push(row)
        }
      }
    },
    findEvents: async (workspaceId, ids) => {
      fault('find')
      const wanted = new Set(ids)
      return rows
        .map((row) => row.event)
        .filter((event) => event.workspaceId === workspaceId && wanted.has(event.id))
        .map(({ id, position, contentHash }) => ({ id, position, contentHash }))
    },
    lastSequence: async (node) => lastSequenceOf(rows, node),
    searchEvents: async (search, page) => pageOf(select(search), page),
    readEventLines: (search, what) => readLinesOf(select(search), what),
    readBehind: async (search, range, page) => pageBehind(select(search), range, page),
    readAllBehind: async (range, page) => pageBehind(rows, range, page),
    readEvent: async (search, id) => select(search).find((row) => row.event.id === id)?.event,
    ...createCounts(select, seen),
    dropWeeksBefore: async (time, weeksMax) => {
      fault('drop')
      const weekOfRow = ({ searchable }: Row): string => weekOf(searchable.occurredAt)
      const due = new Set(rows.map(weekOfRow).filter((week) => isWeekBefore(week, time)))
      const old = new Set([...due].sort().slice(0, weeksMax))
      rows = rows.filter((row) => !old.has(weekOfRow(row)))
      return [...old].sort()
    },
    readIds: async (beyond, onIds) => {
      fault('ids')
      return readIdsOf(rows, beyond, onIds)
    },
    readRows: async (node, first, last) => readRowsOf(rows, node, first, last),
    detachedParts: async () => [],
    dropDetachedParts: async () => undefined,
    findFaults: async () => findFaultsOf(rows),
    repair: async () => {
      rows = firstOfEach(rows)
    },
    rewriteEvents: async (change, { exclusively, onProgress }) =>
      exclusively(async () => {
        const made = rows.map(({ event }) => change(event))
        const changed = made.filter((event) => event !== undefined)
        rows = rows.map((row, i) => (made[i] === undefined ? row : toRow(made[i])))
        seen.addAll(changed)
        onProgress({ weeks: 1, weeksDone: 1, events: rows.length, changed: changed.length })
      }),
    close: async () => undefined,
  }
}

type Counts = Pick<
  EventStore,
  | 'countByTime'
  | 'countByField'
  | 'countEvents'
  | 'countAccess'
  | 'group'
  | 'groupQueries'
  | 'countVerdicts'
  | 'readQueryTexts'
  | 'newTables'
  | 'countDiskBytes'
  | 'usage'
>

function createCounts(select: (search: RestrictedSearch) => Row[], seen: SeenThings): Counts {
  return {
    countByTime: async (search, intervalMs) => bucketsOf(select(search), intervalMs),
    countByField: async (search, field, valuesMax) => facetOf(select(search), field, valuesMax),
    countEvents: async (search) => select(search).length,
    groupQueries: async (search, question) => groupQueriesOf(select(search), question),
    readQueryTexts: async (search, fingerprints) => queryTextsOf(select(search), fingerprints),
    countVerdicts: async (search) => countVerdictsOf(select(search)),
    countAccess: async (search, question) => countAccessOf(select(search), question),
    group: async (search, question) => groupsOf(select(search), question),
    newTables: async (search, limit) => newTablesOf(search, select(search), seen, limit),
    countDiskBytes: async () => 0,
    usage: new MemoryUsage(select, seen),
  }
}

function lastSequenceOf(rows: Row[], node: string): number {
  return rows.reduce(
    (max, { event }) => (event.position.node === node ? Math.max(max, event.position.sequence) : max),
    0,
  )
}

function toRow(event: StoredEvent): Row {
  return { event: structuredClone(event), searchable: toSearchableEvent(event) }
}

async function* readLinesOf(rows: Row[], what: Omit<Page, 'limit' | 'after'>): AsyncGenerator<Buffer> {
  let after: StoredEvent | undefined
  for (let hasMore = true; hasMore;) {
    const page = { ...what, limit: Number.POSITIVE_INFINITY, ...(after === undefined ? {} : { after }) }
    const found = pageOf(rows, page)
    if (found.events.length > 0)
      yield Buffer.from(found.events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    after = found.events.at(-1)
    ;({ hasMore } = found)
  }
}

function eventKey({ event }: Row): string {
  return `${event.workspaceId} ${event.id}`
}

function byPosition(a: Row, b: Row): number {
  const [before, after] = [a.event.position, b.event.position]
  return before.sequence - after.sequence || compare(before.node, after.node)
}

function firstOfEach(rows: Row[]): Row[] {
  const firsts = new Map<string, Row>()
  for (const row of rows.toSorted(byPosition)) if (!firsts.has(eventKey(row))) firsts.set(eventKey(row), row)
  return [...firsts.values()]
}

function findFaultsOf(rows: Row[]): StoreFaults {
  const repeatedEvents = rows.length - firstOfEach(rows).length
  return {
    events: rows.length,
    repeatedEvents,
    tableWeeksAstray: 0,
    projectionWeeksAstray: 0,
    seenAstray: 0,
    brokenParts: 0,
  }
}

function readRowsOf(rows: Row[], node: string, first: number, last: number): StoredRow[] {
  return rows
    .map(({ event }) => ({ ...event.position, event: JSON.stringify(event) }))
    .filter((row) => row.node === node && row.sequence >= first && row.sequence <= last)
    .map(({ sequence, event }) => ({ sequence, event }))
    .sort((a, b) => a.sequence - b.sequence)
}

function readIdsOf(rows: Row[], beyond: Positions, onIds: (ids: Buffer) => void): Positions {
  const positions = new Map(beyond)
  for (const { id, position } of rows.map((row) => row.event)) {
    if (position.sequence <= (beyond.get(position.node) ?? 0)) continue
    positions.set(position.node, Math.max(positions.get(position.node) ?? 0, position.sequence))
    onIds(Buffer.from(id.replaceAll('-', ''), 'hex'))
  }
  return positions
}

function newestFirst(a: Row, b: Row): number {
  return (
    compare(b.searchable.occurredAt, a.searchable.occurredAt) || compare(b.searchable.id, a.searchable.id)
  )
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function pageOf(rows: Row[], page: Page): EventPage {
  const { after, longerThanBytes, upTo = [] } = page
  const start = after === undefined ? undefined : padMicroseconds(after.occurredAt)
  const found = rows
    .filter(
      ({ searchable }) =>
        after === undefined ||
        start === undefined ||
        searchable.occurredAt < start ||
        (searchable.occurredAt === start && searchable.id < after.id),
    )
    .filter(({ event: { position } }) =>
      upTo.every(({ node, sequence }) => position.node !== node || position.sequence <= sequence),
    )
    .filter(({ event }) => longerThanBytes === undefined || sizeOf(event) > longerThanBytes)
  return firstOf(found, page)
}

function sizeOf(event: StoredEvent): number {
  return Buffer.byteLength(JSON.stringify(event))
}

/** The first of the rows that a page has room for. */
function firstOf(found: readonly Row[], { limit, bytesMax }: Pick<Page, 'limit' | 'bytesMax'>): EventPage {
  const events: StoredEvent[] = []
  let bytesUsed = 0
  for (const { event } of found) {
    bytesUsed += sizeOf(event)
    if (events.length === limit || (bytesUsed > bytesMax && events.length > 0)) break
    events.push(event)
  }
  return { events, hasMore: events.length < found.length }
}

function pageBehind(
  rows: Row[],
  { node, after, upTo }: PositionRange,
  page: Pick<Page, 'limit' | 'bytesMax'>,
): EventPage {
  const behind = rows.filter(
    ({ event: { position } }) =>
      position.node === node && position.sequence > after && position.sequence <= upTo,
  )
  return firstOf(behind.toSorted(byPosition), page)
}

function bucketsOf(rows: Row[], intervalMs: number): Bucket[] {
  const buckets = new Map<number, Bucket>()
  for (const { searchable } of rows.toReversed()) {
    const startMs = Math.floor(timeToMs(searchable.occurredAt) / intervalMs) * intervalMs
    const bucket = buckets.get(startMs) ?? { start: timeFromMs(startMs), count: 0, failed: 0 }
    bucket.count++
    if (searchable.outcome !== 'success') bucket.failed++
    buckets.set(startMs, bucket)
  }
  return [...buckets.values()]
}

function facetOf(rows: Row[], field: FacetField, valuesMax: number): Facet {
  const counts = new Map<string, number>()
  for (const { event } of rows) {
    for (const value of facetValues[field](event)) {
      const shown = value?.toWellFormed() ?? ''
      if (shown !== '') counts.set(shown, (counts.get(shown) ?? 0) + 1)
    }
  }
  const all = [...counts].map(([value, count]) => ({ value, count }))
  const sorted = all.sort(
    (a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)),
  )
  return {
    values: sorted.slice(0, valuesMax),
    other: sorted.slice(valuesMax).reduce((sum, { count }) => sum + count, 0),
  }
}

const facetValues: Record<FacetField, (event: StoredEvent) => (string | undefined)[]> = {
  type: (event) => [event.type],
  actor: ({ actor }) => [actor.name || actor.email || actor.id],
  email: (event) => [event.actor.email],
  table: (event) => [...new Set(event.statement?.tables.map((table) => table.name))],
  outcome: (event) => [event.outcome],
  database: (event) => [typeof event.data?.['database'] === 'string' ? event.data['database'] : undefined],
  application: (event) => [event.context?.application],
  source: (event) => [toSearchText(event.source)],
  kind: (event) => [event.statement?.kind],
  tool: (event) => [toSearchText(event.attribution?.tool ?? '')],
}
