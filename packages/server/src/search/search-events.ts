import { AuditError } from '@aleph-audit-log/domain/error'
import type { Position, StoredEvent } from '@aleph-audit-log/domain/event'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { restrictToViewer } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Bucket, EventLines, EventStore, Facet, FacetField, Priority } from '../store/event-store.ts'
import { freeLines } from './free-lines.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import { fillBuckets, intervalFor, type HistogramInterval } from './histogram-buckets.ts'
import {
  decodeCursor,
  encodeCursor,
  resolveSearch,
  type ResolvedSearch,
  type SearchText,
} from './resolve-search.ts'

export type SearchDependencies = {
  store: EventStore
  now: () => number
  retentionDays: number
  windowDays: number
  pageBytesMax: number
  histogramBucketsMax: number
  facetValuesMax: number
  /**
   * For nodes that write into the store: up to where it has all of their events. Whatever was found before the call
   * stands behind these positions.
   */
  settledPositions: () => Promise<readonly Position[]>
}

export type PageRequest = SearchText & { limit: number; cursor?: string | undefined }
export type SearchPage = { events: StoredEvent[]; nextCursor?: string }
export type PreparedExport = {
  search: ResolvedSearch
  /**
   * Reads the result anew from its beginning, page by page, newest first: always the same events. A page is gone when
   * the next one is asked for.
   */
  pages: (options?: { longerThanBytes?: number }) => AsyncGenerator<EventLines>
}

/**
 * The one way out: what is shown, counted and exported is all found by these. Each takes a signal that aborts when
 * nobody waits for the answer any more; it then rejects with `unavailable`, and the engine stops.
 */
export class Search {
  readonly #deps: SearchDependencies

  constructor(dependencies: SearchDependencies) {
    this.#deps = dependencies
  }

  /** A page of events, newest first; shorter than `limit` where events are very large. Errors: `invalid` (search, range, cursor), `forbidden`. */
  async searchEvents(
    viewer: Viewer,
    request: PageRequest,
    signal?: AbortSignal,
    priority: Priority = 'interactive',
  ): Promise<SearchPage> {
    const search = this.#resolve(request)
    const cursor = request.cursor === undefined ? undefined : decodeCursor(request, request.cursor)
    // A cursor keeps the range of its first page, so that a list does not move while somebody reads it.
    const restricted = this.#restrict(viewer, { ...search, from: cursor?.from ?? search.from })
    const page = {
      limit: request.limit,
      bytesMax: this.#deps.pageBytesMax,
      ...(cursor === undefined ? {} : { after: cursor.after }),
    }
    const { events, hasMore } = await this.#deps.store.searchEvents(restricted, page, {
      signal,
      priority,
    })
    const last = events.at(-1)
    if (!hasMore || !last) return { events }
    return { events, nextCursor: encodeCursor(request, { from: restricted.from, after: last }) }
  }

  /** One event. Errors: `not_found` also for events that the viewer may not see. */
  async readEvent(viewer: Viewer, id: string, signal?: AbortSignal): Promise<StoredEvent> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
      throw new AuditError('not_found', 'There is no event with this id.')
    }
    const all = this.#resolve({ from: '0001-01-01' })
    const event = await this.#deps.store.readEvent(this.#restrict(viewer, all), id.toLowerCase(), {
      signal,
    })
    if (!event) throw new AuditError('not_found', 'There is no event with this id.')
    return event
  }

  /** Events and failures per bucket, oldest first, empty buckets included. */
  async histogram(
    viewer: Viewer,
    text: SearchText,
    interval: HistogramInterval | 'auto',
    signal?: AbortSignal,
  ): Promise<{ interval: HistogramInterval; buckets: Bucket[] }> {
    const restricted = this.#restrict(viewer, this.#resolve(text))
    const nowMs = this.#deps.now()
    const endMs = Math.min(timeToMs(restricted.before), nowMs)
    const chosen = intervalFor(interval, endMs - timeToMs(restricted.from), this.#deps.histogramBucketsMax)
    const counted = await this.#deps.store.countByTime(restricted, chosen.ms, { signal })
    return { interval: chosen.name, buckets: fillBuckets(counted, restricted.from, endMs, chosen.ms) }
  }

  /** The most frequent values of each field, and how many events have others. */
  async facets(
    viewer: Viewer,
    text: SearchText,
    fields: readonly FacetField[],
    signal?: AbortSignal,
  ): Promise<Partial<Record<FacetField, Facet>>> {
    const restricted = this.#restrict(viewer, this.#resolve(text))
    const facets: Partial<Record<FacetField, Facet>> = {}
    const { store, facetValuesMax } = this.#deps
    for (const field of fields) {
      facets[field] = await store.countByField(restricted, field, facetValuesMax, { signal })
    }
    return facets
  }

  /** The values of one field, as `facets` counts them, for who needs more or fewer of them; nobody waits for the answer. */
  async countValues(
    viewer: Viewer,
    text: SearchText,
    field: FacetField,
    valuesMax: number,
    signal?: AbortSignal,
  ): Promise<Facet> {
    const restricted = this.#restrict(viewer, this.#resolve(text))
    return this.#deps.store.countByField(restricted, field, valuesMax, { signal, priority: 'long' })
  }

  /**
   * What a viewer may see of events that come in later. Their own times may be past, so without `from` none is too early
   * but what is past retention, which moves with each call. Errors: those of `searchEvents`, at once.
   */
  follow(viewer: Viewer, { q, from = '0001-01-01' }: Pick<SearchText, 'q' | 'from'>): () => RestrictedSearch {
    const search = this.#resolve({ q, from })
    this.#restrict(viewer, search)
    return () => this.#restrict(viewer, search)
  }

  /**
   * Exactly what `searchEvents` would show on all its pages now. What comes meanwhile is left out, by its position and
   * not by its time, because events may come late: so what is counted before the first byte holds until the last.
   */
  async prepareExport(
    viewer: Viewer,
    text: SearchText,
    bytesMax: number,
    signal?: AbortSignal,
  ): Promise<PreparedExport> {
    const search = this.#resolve(text)
    const restricted = this.#restrict(viewer, search)
    const { store, settledPositions } = this.#deps
    const what = { bytesMax, upTo: await settledPositions() }
    return {
      search: { ...search, from: restricted.from },
      pages: (options) =>
        readAhead(store.readEventLines(restricted, { ...what, ...options }, { priority: 'long', signal })),
    }
  }

  #resolve(text: SearchText): ResolvedSearch {
    return resolveSearch(text, this.#deps.now(), this.#deps.windowDays)
  }

  #restrict(viewer: Viewer, search: ResolvedSearch): RestrictedSearch {
    const keptFrom = timeFromMs(this.#deps.now() - this.#deps.retentionDays * 86_400_000)
    return restrictToViewer(viewer, search, keptFrom)
  }
}

/** One page is read while the one before is used: the engine works while a file is written. */
async function* readAhead(pages: AsyncGenerator<EventLines>): AsyncGenerator<EventLines> {
  try {
    let reading = pages.next()
    for (;;) {
      const { done, value } = await reading
      if (done === true) return
      reading = pages.next()
      // Awaited above, unless nobody wants the next page any more.
      reading.catch(() => undefined)
      yield value
      freeLines(value)
    }
  } finally {
    // Without waiting for a page that is being read: its signal ends it.
    pages.return(undefined).catch(() => undefined)
  }
}
