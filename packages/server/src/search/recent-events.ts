import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchableEvent, type SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { EventPage, PositionRange } from '../store/event-store.ts'

/** An event as all who follow need it: made once for all of them. */
export type RecentEvent = {
  sequence: number
  workspaceId: string
  searchable: SearchableEvent
  receivedAt: string
  /** What the API shows of it: of what the product itself records always, of others while clients follow. */
  json: string | undefined
}

/** How far a node has brought its events into the store, and where it stood when that was first known. */
export type NodePosition = { node: string; first: number; sequence: number }

export type RecentLimits = {
  /** Events and bytes that are kept of each node. */
  recentEventsMax: number
  recentBytesMax: number
  /** Of a larger batch clients are served from the store: making its JSON would hold back what comes in. */
  batchJsonMax: number
  othersMs: number
}

export type RecentEventsOptions = {
  node: string
  /** How far this node has. */
  appliedSequence: () => number
  /** How far all nodes have that share the store, this one too; undefined if it is alone. */
  readAllPositions: (() => Promise<NodePosition[]>) | undefined
  readAllBehind: (range: PositionRange) => Promise<EventPage>
  limits: RecentLimits
  onError: (error: unknown) => void
}

/**
 * What has come into the event store of late, in memory once for all who follow, and only while somebody does: of each
 * node everything behind some position, in order, up to where it is settled. Nobody is waited for: what has no room any
 * more goes, and who has not taken it reads it from the store.
 */
export class RecentEvents {
  readonly #options: RecentEventsOptions
  readonly #windows = new Map<string, Window>()
  readonly #firsts = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  #version = 0
  /** Clients of live tails, and parts of this server. */
  readonly #followers = { client: 0, server: 0 }
  #polling: NodeJS.Timeout | undefined

  constructor(options: RecentEventsOptions) {
    this.#options = options
  }

  /** Call `leave` once for each call. */
  join(who: 'client' | 'server' = 'client'): void {
    const isFirst = !this.#isFollowed
    this.#followers[who]++
    if (!isFirst) return
    const { node, appliedSequence } = this.#options
    this.#windows.set(node, new Window(appliedSequence(), this.#options.limits))
    this.#pollAgain(0)
  }

  leave(who: 'client' | 'server' = 'client'): void {
    this.#followers[who]--
    if (this.#isFollowed) return
    clearTimeout(this.#polling)
    this.#windows.clear()
  }

  /** Clients of live tails. */
  get followers(): number {
    return this.#followers.client
  }

  get #isFollowed(): boolean {
    return this.#followers.client + this.#followers.server > 0
  }

  /** For the applier: the next events of this node, which are kept where somebody follows and they are not too many. */
  begin({ records, bytes }: { records: number; bytes: number }): {
    add: ((event: StoredEvent, searchable: SearchableEvent) => void) | undefined
    confirm: (last: number) => void
  } {
    const { recentEventsMax, recentBytesMax } = this.#options.limits
    const isKept = this.#isFollowed && records <= recentEventsMax && bytes <= recentBytesMax
    const events: RecentEvent[] = []
    const hasJson = this.#wantsJson(records)
    return {
      add: isKept
        ? (event, searchable) => void events.push(toRecentEvent(event, searchable, hasJson))
        : undefined,
      confirm: (last) => {
        if (this.#isFollowed) this.#add(this.#options.node, last, isKept ? events : undefined)
      },
    }
  }

  #wantsJson(events: number): boolean {
    return this.#followers.client > 0 && events <= this.#options.limits.batchJsonMax
  }

  /** Up to where the store has everything of each node, at least. */
  async positions(): Promise<NodePosition[]> {
    const { node, appliedSequence, readAllPositions } = this.#options
    const all = (await readAllPositions?.()) ?? []
    for (const known of all) this.#firsts.set(known.node, known.first)
    const others = all.filter((one) => one.node !== node)
    return [{ node, first: this.firstOf(node), sequence: appliedSequence() }, ...others]
  }

  /** Where a node stood that a follower does not know yet. */
  firstOf(node: string): number {
    return this.#firsts.get(node) ?? 0
  }

  /** The same, of the nodes that are followed. */
  get settled(): { node: string; sequence: number }[] {
    return [...this.#windows].map(([node, { settled }]) => ({ node, sequence: settled }))
  }

  /**
   * The next events of a node behind a position, all up to `upTo`; undefined if they are not in memory (any more).
   */
  take(
    node: string,
    after: number,
    max: { events: number; bytes: number },
  ): { events: readonly RecentEvent[]; upTo: number } | undefined {
    return this.#windows.get(node)?.take(after, max)
  }

  /** Grows whenever something has come in. */
  get version(): number {
    return this.#version
  }

  /** Resolves when the version is another one, after `ms`, or when the signal aborts. */
  async changed(since: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== since || signal.aborted) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      signal.addEventListener('abort', wake, { once: true })
      this.#waiting.add(wake)
    })
  }

  #add(node: string, upTo: number, events: readonly RecentEvent[] | undefined): void {
    const window = this.#windows.get(node)
    if (window === undefined) this.#windows.set(node, new Window(upTo, this.#options.limits))
    else window.add(upTo, events)
    this.#version++
    for (const wake of this.#waiting) wake()
  }

  #pollAgain(ms: number): void {
    const { readAllPositions, onError, limits } = this.#options
    if (readAllPositions === undefined) return
    const poll = async (): Promise<void> => {
      await this.#readOthers().catch(onError)
      if (this.#isFollowed) this.#pollAgain(limits.othersMs)
    }
    clearTimeout(this.#polling)
    this.#polling = setTimeout(() => void poll(), ms)
  }

  /** What other nodes have brought into the store is read once for all, unless it is too much to keep. */
  async #readOthers(): Promise<void> {
    const { node: own, readAllBehind } = this.#options
    for (const { node, sequence } of await this.positions()) {
      const settled = this.#windows.get(node)?.settled
      if (node === own || sequence <= (settled ?? -1)) continue
      const range = { node, after: settled ?? sequence, upTo: sequence }
      const page = range.after === sequence ? undefined : await readAllBehind(range)
      if (!this.#isFollowed) return
      const hasJson = this.#wantsJson(page?.events.length ?? 0)
      const events = page?.events.map((event) => toRecentEvent(event, toSearchableEvent(event), hasJson))
      this.#add(node, sequence, page?.hasMore === false ? events : undefined)
    }
  }
}

/** Of one node: everything behind `#after`, up to `settled`. */
class Window {
  readonly #limits: RecentLimits
  #after: number
  #events: RecentEvent[] = []
  #bytes = 0
  settled: number

  constructor(settled: number, limits: RecentLimits) {
    this.#limits = limits
    this.#after = settled
    this.settled = settled
  }

  /** Without events the window begins anew behind them. */
  add(upTo: number, events: readonly RecentEvent[] | undefined): void {
    this.settled = upTo
    if (events === undefined) {
      this.#after = upTo
      this.#events = []
      this.#bytes = 0
      return
    }
    for (const event of events) {
      this.#events.push(event)
      this.#bytes += bytesOf(event)
    }
    const { recentEventsMax, recentBytesMax } = this.#limits
    let dropped = 0
    while (this.#events.length - dropped > recentEventsMax || this.#bytes > recentBytesMax) {
      const oldest = this.#events[dropped]
      if (oldest === undefined) break
      this.#bytes -= bytesOf(oldest)
      this.#after = oldest.sequence
      dropped++
    }
    if (dropped > 0) this.#events = this.#events.slice(dropped)
  }

  take(
    after: number,
    max: { events: number; bytes: number },
  ): { events: RecentEvent[]; upTo: number } | undefined {
    if (after < this.#after) return undefined
    const taken: RecentEvent[] = []
    let bytes = 0
    for (let i = placeBehind(this.#events, after); i < this.#events.length; i++) {
      const event = this.#events[i]
      if (event === undefined) break
      bytes += bytesOf(event)
      if (taken.length === max.events || (taken.length > 0 && bytes > max.bytes)) {
        return { events: taken, upTo: taken.at(-1)?.sequence ?? after }
      }
      taken.push(event)
    }
    return { events: taken, upTo: Math.max(after, this.settled) }
  }
}

function toRecentEvent(event: StoredEvent, searchable: SearchableEvent, hasJson: boolean): RecentEvent {
  return {
    sequence: event.position.sequence,
    workspaceId: event.workspaceId,
    searchable,
    receivedAt: event.receivedAt,
    json: hasJson || event.source === 'app' ? JSON.stringify(toPublicEvent(event)) : undefined,
  }
}

/** Of the values that an event has once, and of what holds them all, together. */
const fixedBytes = 1000
/** Of each value in a list, beside its text. */
const bytesPerValue = 16

/** What an event takes in memory, roughly. */
function bytesOf({ searchable, json = '' }: RecentEvent): number {
  const { dataPaths, dataValues, tables, targets, errors } = searchable
  let bytes = fixedBytes + json.length
  for (const list of [dataPaths, dataValues, tables, targets, errors])
    for (const value of list) bytes += bytesPerValue + value.length
  return bytes
}

/** The place of the first event behind a sequence. */
function placeBehind(events: readonly RecentEvent[], after: number): number {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle]?.sequence ?? 0) > after) high = middle
    else low = middle + 1
  }
  return low
}
