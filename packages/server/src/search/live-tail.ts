import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Viewer } from '../access/viewer.ts'
import type { EventStore } from '../store/event-store.ts'
import { isFoundBy } from '../store/is-found-by.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import { printPositions, readPositions } from './positions.ts'
import type { RecentEvent, RecentEvents } from './recent-events.ts'
import type { SearchText } from './resolve-search.ts'
import type { Search } from './search-events.ts'

export type TailLimits = {
  clientsMax: number
  clientsOfOneMax: number
  pageEventsMax: number
  pageBytesMax: number
  pagePositionsMax: number
  heartbeatMs: number
}

export type LiveTailOptions = {
  search: Search
  store: Pick<EventStore, 'readBehind'>
  recent: RecentEvents
  node: string
  /** The last sequence that this node has acknowledged: nobody can have got one behind it. */
  lastSequence: () => number
  limits: TailLimits
}

export type TailText = Pick<SearchText, 'q' | 'from'>

/**
 * A message of a tail. Its id names a position of every node: who hands it over gets exactly what comes behind it.
 * Without an event it says only that nothing that matches lies before its id.
 */
export type TailMessage = { id: string; event?: string }

/**
 * Tells each client of the events that come into the log and that its search finds, in the order of their positions (of
 * each node; nodes take turns). It is pulled: a client has a position and nothing waits for it, so one that is slow
 * costs no memory and misses nothing. What it wants next comes from the recent events, or from the store if it is
 * further behind.
 */
export class LiveTail {
  readonly #options: LiveTailOptions
  readonly #clients = new Map<string, number>()
  #reading: Promise<unknown> = Promise.resolve()

  constructor(options: LiveTailOptions) {
    this.#options = options
  }

  /** Where the log stands: what a search finds that is asked later has everything up to here. */
  async position(): Promise<string> {
    const positions = await this.#options.recent.positions()
    return printPositions(new Map(positions.map(({ node, sequence }) => [node, sequence])))
  }

  /**
   * Follows a search, from now on or from behind the message `after`, until the signal aborts: the caller must see to it
   * that it does.
   * Promise: every event that a search would find and that is stored behind the first position is told once, whether
   * the client was there or comes back with the id of its last message, also from another server of the installation.
   * Errors, before the first message: 'invalid' (search, `after`), 'forbidden', 'rate_limited', 'overloaded'.
   */
  async open(
    viewer: Viewer,
    text: TailText,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<TailMessage>> {
    const restrict = this.#options.search.follow(viewer, text)
    const given = after === undefined ? undefined : readPositions(after)
    this.#takePlace(viewer, signal)
    const positions = await this.#startAt(given)
    return this.#follow({ restrict, positions, signal })
  }

  #takePlace(viewer: Viewer, signal: AbortSignal): void {
    const { recent, limits } = this.#options
    if (signal.aborted) throw new AuditError('unavailable', 'The client went away.')
    const { workspaceId, actor } = viewer
    const key = JSON.stringify([workspaceId, actor.type, actor.id])
    const ofOne = this.#clients.get(key) ?? 0
    if (ofOne >= limits.clientsOfOneMax) {
      throw new AuditError('rate_limited', `You have ${ofOne} live tails already. Close one first.`, {
        facts: { retryAfterSeconds: 10 },
      })
    }
    if (recent.followers >= limits.clientsMax) {
      throw new AuditError('overloaded', 'Too many live tails are open on this server. Try again later.', {
        facts: { retryAfterSeconds: 10 },
      })
    }
    this.#clients.set(key, ofOne + 1)
    recent.join()
    signal.addEventListener(
      'abort',
      () => {
        const left = (this.#clients.get(key) ?? 1) - 1
        if (left > 0) this.#clients.set(key, left)
        else this.#clients.delete(key)
        recent.leave()
      },
      { once: true },
    )
  }

  async #startAt(given: Map<string, number> | undefined): Promise<Map<string, number>> {
    const { recent, node: own, lastSequence } = this.#options
    const known = await recent.positions()
    if (given === undefined) return new Map(known.map(({ node, sequence }) => [node, sequence]))
    if ((given.get(own) ?? 0) > lastSequence()) {
      throw new AuditError('invalid', 'The live tail cannot go on from there.', {
        problems: [{ path: 'Last-Event-ID', message: 'lies ahead of this log' }],
      })
    }
    for (const { node, first } of known) if (!given.has(node)) given.set(node, first)
    return given
  }

  async *#follow(client: Client): AsyncGenerator<TailMessage> {
    const { recent, limits } = this.#options
    const { positions, signal } = client
    yield { id: printPositions(positions) }
    let saidAt = performance.now()
    while (!signal.aborted) {
      const { version } = recent
      for (const { node, sequence } of recent.settled) {
        while (positionOf(client, node, recent) < sequence && !signal.aborted) {
          for await (const message of this.#next(client, node, sequence)) {
            yield message
            saidAt = performance.now()
          }
        }
      }
      const quietMs = performance.now() - saidAt
      if (quietMs >= limits.heartbeatMs) {
        yield { id: printPositions(positions) }
        saidAt = performance.now()
      } else await recent.changed(version, limits.heartbeatMs - quietMs, signal)
    }
  }

  /** The next events of a node, at most a page; the client's position moves along. */
  async *#next(client: Client, node: string, settled: number): AsyncGenerator<TailMessage> {
    const { recent, limits } = this.#options
    const { positions } = client
    const after = positionOf(client, node, recent)
    const max = { events: limits.pageEventsMax, bytes: limits.pageBytesMax }
    const taken = recent.take(node, after, max)
    const page = isWhole(taken)
      ? { upTo: taken.upTo, found: findIn(taken.events, client.restrict()) }
      : await this.#readPage(client, { node, after, upTo: settled })
    for (const { sequence, json } of page.found) {
      positions.set(node, sequence)
      yield { id: printPositions(positions), event: json }
    }
    positions.set(node, page.upTo)
  }

  /** From the store, one page after the other for all clients: who catches up must not keep people from searching. */
  async #readPage(client: Client, range: { node: string; after: number; upTo: number }): Promise<TailPage> {
    const { store, limits } = this.#options
    const upTo = Math.min(range.upTo, range.after + limits.pagePositionsMax)
    const page = { limit: limits.pageEventsMax, bytesMax: limits.pageBytesMax }
    const read = this.#reading.then(async () =>
      client.signal.aborted
        ? { events: [], hasMore: false }
        : store.readBehind(client.restrict(), { ...range, upTo }, page, { signal: client.signal }),
    )
    this.#reading = read.catch(() => undefined)
    const { events, hasMore } = await read
    return {
      upTo: hasMore ? (events.at(-1)?.position.sequence ?? upTo) : upTo,
      found: events.map((event) => ({
        sequence: event.position.sequence,
        json: JSON.stringify(toPublicEvent(event)),
      })),
    }
  }
}

type Client = {
  /** What the client may see now: the time up to which the log is kept moves. */
  restrict: () => RestrictedSearch
  positions: Map<string, number>
  signal: AbortSignal
}

/** The events among the positions up to `upTo` that the client's search finds. */
type TailPage = { upTo: number; found: { sequence: number; json: string }[] }

function positionOf({ positions }: Client, node: string, recent: RecentEvents): number {
  return positions.get(node) ?? recent.firstOf(node)
}

type Taken = ReturnType<RecentEvents['take']>
type Told = RecentEvent & { json: string }

/** Whether they are in memory with their JSON, which was not made before the first client came. */
function isWhole(taken: Taken): taken is { events: Told[]; upTo: number } {
  return taken?.events.every(({ json }) => json !== undefined) === true
}

function findIn(events: readonly Told[], search: RestrictedSearch): TailPage['found'] {
  return events.filter((event) => isFoundBy(search, event, event.searchable))
}
