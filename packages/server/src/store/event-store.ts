import type { facetNames } from '@aleph-audit-log/domain/api/events'
import type { Position, StoredEvent } from '@aleph-audit-log/domain/event'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { AccessCounts, AccessQuestion } from './access-counts.ts'
import type { EventGroups, GroupQuestion } from './event-groups.ts'
import type { QueryGroups, QueryGroupsQuestion, VerdictCount } from './query-groups.ts'
import type { RestrictedSearch } from './restricted-search.ts'
import type { UsageRows, UsageStore } from './usage-store.ts'

/** Where a page begins: behind this event in the order newest first. */
export type PageStart = { occurredAt: string; id: string }

export type Page = {
  limit: number
  /** The page ends early, but never before its first event, where the events' JSON would take more. */
  bytesMax: number
  after?: PageStart
  /** Only events whose JSON is longer than this many bytes (to find the few that need more than one Excel cell). */
  longerThanBytes?: number
  /** Of these nodes only events up to these positions; of all others every event. */
  upTo?: readonly Position[]
}

/** `hasMore`: there are events behind the last one. */
export type EventPage = { events: StoredEvent[]; hasMore: boolean }

/** Events of one node by their sequences: behind `after`, up to and including `upTo`. */
export type PositionRange = { node: string; after: number; upTo: number }

/** Stored events as JSON, each as JSON.stringify gives it and with a line feed behind it. */
export type EventLines = Buffer

export type KnownEvent = { id: string; position: Position; contentHash: string }

/** The highest sequence of each node. */
export type Positions = ReadonlyMap<string, number>

/** A row of `events` as it is stored: `event` is the JSON of the whole event. */
export type StoredRow = { sequence: number; event: string }

/** What a look at all tables found; every number but `events` should be 0. */
export type StoreFaults = {
  events: number
  /** Rows of `events` beyond the first with the same workspace and id. */
  repeatedEvents: number
  /** Weeks in which `event_tables` is not what the events themselves say. */
  tableWeeksAstray: number
  /** Weeks in which a counting projection disagrees with the rows that it counts. */
  projectionWeeksAstray: number
  /** People, tables and queries of events that were not seen, or at other times than their events say. */
  seenAstray: number
  /** Parts whose files do not have the checksums that were written with them. */
  brokenParts: number
}

export type Bucket = { start: string; count: number; failed: number }

export type FacetField = (typeof facetNames)[number]

export type Facet = { values: { value: string; count: number }[]; other: number }

export type NewTable = { table: string; count: number; firstSeenAt: string }

/** `interactive` answers a person who waits; `long` is for exports and rebuilds, and never delays the other. */
export type Priority = 'interactive' | 'long'

export type ReadOptions = {
  priority?: Priority
  /** When it aborts, nobody waits any more: the engine stops, and the call rejects with 'unavailable' at once. */
  signal?: AbortSignal | undefined
}

/** Events of one node in the order of their sequences: all at once, or some at a time, so that few are in memory. */
export type EventsToAppend = readonly StoredEvent[] | AsyncIterable<readonly StoredEvent[]>

export type AppendOptions = {
  mayBeThere: boolean
  /** Told of each event, in their order, also when the batch then fails, with what its row says can be searched of it. */
  onEvent?: ((event: StoredEvent, searchable: SearchableEvent) => void) | undefined
}

/** Events to append as chunks. */
export function chunksOf(
  events: EventsToAppend,
): Iterable<readonly StoredEvent[]> | AsyncIterable<readonly StoredEvent[]> {
  return Symbol.asyncIterator in events ? events : [events]
}

/** The event as it should be, with the same id, time, workspace and position; undefined where it is so already. */
export type ChangeEvent = (event: StoredEvent) => StoredEvent | undefined

export type RewriteOptions = {
  /** Runs the end of each week while nothing is appended. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  signal: AbortSignal
  onProgress: (progress: RewriteProgress) => void
}

/** `events` were looked at, and `changed` of them are otherwise, in the weeks that are done. */
export type RewriteProgress = { weeks: number; weeksDone: number; events: number; changed: number }

/**
 * The event store as the product sees it. Engines: `clickhouse/` (real) and `memory/` (for tests, with faults on
 * demand); both pass the suite in `testing/event-store-suite.ts`.
 */
export type EventStore = {
  /**
   * Stores a batch of one node's events, in the order of their sequences, into every table. When it rejects, any part
   * of the batch may be there: call again with `mayBeThere` and only what is missing is added.
   * Promise: when it resolves, the events are durable and found by every later search.
   */
  appendEvents(events: EventsToAppend, options: AppendOptions): Promise<void>

  /** Those of the ids that a workspace already has. */
  findEvents(workspaceId: string, ids: readonly string[]): Promise<KnownEvent[]>

  /** The highest sequence of this node that any table holds; 0 if none. */
  lastSequence(node: string): Promise<number>

  /** Newest first by `occurredAt`, equal times in an order of the store's own that never changes. */
  searchEvents(search: RestrictedSearch, page: Page, options?: ReadOptions): Promise<EventPage>

  /**
   * Everything that a search finds, in the order of `searchEvents`, as pages of JSON. Nothing is read before it is asked
   * for, and one page is held at a time.
   */
  readEventLines(
    search: RestrictedSearch,
    what: Pick<Page, 'bytesMax' | 'longerThanBytes' | 'upTo'>,
    options?: ReadOptions,
  ): AsyncGenerator<EventLines>

  /**
   * What a search finds among the events of one node in a range of positions, in the order of their sequences; a page
   * ends early as that of `searchEvents` does. Whatever the node has applied up to `upTo` is found, on a cluster too.
   */
  readBehind(
    search: RestrictedSearch,
    range: PositionRange,
    page: Pick<Page, 'limit' | 'bytesMax'>,
    options?: ReadOptions,
  ): Promise<EventPage>

  /** The same of all workspaces and without a search: for who asks afterwards what each reader may see of it. */
  readAllBehind(range: PositionRange, page: Pick<Page, 'limit' | 'bytesMax'>): Promise<EventPage>

  readEvent(search: RestrictedSearch, id: string, options?: ReadOptions): Promise<StoredEvent | undefined>

  /** Counts per bucket of `intervalMs` (whole minutes, hours or days in UTC); buckets without events are left out. */
  countByTime(search: RestrictedSearch, intervalMs: number, options?: ReadOptions): Promise<Bucket[]>

  countByField(
    search: RestrictedSearch,
    field: FacetField,
    valuesMax: number,
    options?: ReadOptions,
  ): Promise<Facet>

  countEvents(search: RestrictedSearch, options?: ReadOptions): Promise<number>

  /** Who read and wrote these tables in the events that a search finds: a line for each table and person. */
  countAccess(
    search: RestrictedSearch,
    question: AccessQuestion,
    options?: ReadOptions,
  ): Promise<AccessCounts>

  /** The events that a search finds by values of theirs, and by time: what detections ask of the past. */
  group(search: RestrictedSearch, question: GroupQuestion, options?: ReadOptions): Promise<EventGroups>
  /**
   * The queries that a search finds (events with a statement that people did not do in this product), grouped by all that
   * policies can ask of them, so that each group is judged once.
   */
  groupQueries(
    search: RestrictedSearch,
    question: QueryGroupsQuestion,
    options?: ReadOptions,
  ): Promise<QueryGroups>

  /**
   * The texts without literals of queries that were seen, by their fingerprints; of a long one `normalizedMax` characters
   * and one more.
   */
  readQueryTexts(
    search: RestrictedSearch,
    fingerprints: readonly string[],
    options?: ReadOptions,
  ): Promise<ReadonlyMap<string, string>>

  /** The judged events that a search finds by day, person and verdict; names of policies in their searchable form. */
  countVerdicts(search: RestrictedSearch, options?: ReadOptions): Promise<VerdictCount[]>

  /**
   * The tables of the events that a search finds which were never seen before its range, the most used first. None for
   * who sees single events only, and so does not know.
   */
  newTables(search: RestrictedSearch, limit: number, options?: ReadOptions): Promise<UsageRows<NewTable>>

  /** What the tables of all workspaces take on the engine's disk. */
  countDiskBytes(): Promise<number>

  /** Who works with what: lists that are counted of the events that a search finds. */
  readonly usage: UsageStore

  /**
   * Drops the oldest weeks, at most so many, that lie wholly before this canonical time; returns their Mondays.
   */
  dropWeeksBefore(time: string, weeksMax: number): Promise<string[]>

  /**
   * Hands over the ids of all events (of all workspaces) beyond these positions, 16 bytes each, many at a time, and
   * returns the positions up to which that is complete. Ids that come in meanwhile may be among them.
   */
  readIds(beyond: Positions, onIds: (ids: Buffer) => void): Promise<Positions>

  /** The rows of a node's events with these sequences, both ends included, by sequence. */
  readRows(node: string, first: number, last: number): Promise<StoredRow[]>

  /** Names of the parts that the engine has put aside as damaged: any is an alarm. */
  detachedParts(): Promise<string[]>

  /** Deletes what is put aside for good. */
  dropDetachedParts(): Promise<void>

  /** Compares all tables and their projections with each other. Nothing may be appended meanwhile. */
  findFaults(): Promise<StoreFaults>

  /**
   * Leaves one row of each event, that with the lowest position, and makes `event_tables` anew from the events where
   * it differs; projections that count otherwise than their rows are made anew, and so is what was not seen.
   * Nothing may be appended meanwhile.
   */
  repair(): Promise<void>

  /**
   * Puts in place of events what `change` makes of them, week by week, the newest first; a week in which nothing changes
   * is left as it is. Searches go on, and so does `appendEvents`, which waits only for the end of each week.
   * Promise: no event is lost or doubled, also when it fails or is stopped between two weeks; an interrupted one can be
   * begun anew. Errors: 'conflict' on a cluster, 'unavailable' when the signal aborted, 'storage_full' when the disk has
   * no room for a second copy of a week.
   */
  rewriteEvents(change: ChangeEvent, options: RewriteOptions): Promise<void>

  close(): Promise<void>
}
