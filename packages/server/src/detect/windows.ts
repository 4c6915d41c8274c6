import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { eventFieldValues } from '@aleph-audit-log/domain/detect/event-fields'
import { eventGroups } from '@aleph-audit-log/domain/detect/event-groups'
import type { Position } from '@aleph-audit-log/domain/event'
import { CorrelationWindow, type WindowHit } from './correlation-window.ts'
import { detectionLimits } from './detection-limits.ts'
import { toEvidence, type Evidence } from './evidence.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import type { JudgedEvent } from './judged-event.ts'
import type { Component, Edge, LeafNode, RuleNode } from './rule-graph.ts'
import { dayMicros, hourMicros, type Micros } from './times.ts'

/** Where an event goes that a correlation has found, in the correlations above it. */
type Feed = { groups: readonly string[][]; values: readonly string[] }
type Fed = Evidence & { feeds: ReadonlyMap<Edge, Feed> }

/** A stretch of time of which the windows have all events, and know what was told of them. */
type Island = { from: Micros; before: Micros }

export type WindowCounts = { cut: () => void; crowded: () => void }

/** So many batches with events of a component hold back what is left out as over. */
const recentBatches = 20

/**
 * The windows of one component of correlations, for all groups. They are a part of the past in memory: what is not there
 * is read again from the event store, without being told again. So nothing of them has to outlive a restart.
 */
export class Windows {
  readonly #component: Component
  readonly #history: History
  readonly #counts: WindowCounts
  readonly #windows = new Map<RuleNode, Map<string, CorrelationWindow<Fed>>>()
  #islands: Island[] = []
  /** There is more than can be read at once. */
  #areMany = false
  #recentFirsts: Micros[] = []
  #size = 0

  constructor(component: Component, history: History, counts: WindowCounts) {
    this.#component = component
    this.#history = history
    this.#counts = counts
    for (const node of component.correlations) this.#windows.set(node, new Map())
  }

  /** Events in windows, each as often as it is in one. */
  get size(): number {
    return this.#size
  }

  /** Reads what has to be known to judge these events; `upTo` are the positions before them. */
  async prepare(events: readonly JudgedEvent[], upTo: readonly Position[]): Promise<void> {
    if (events.length === 0) return
    this.#recentFirsts.push(minOf(events, ({ at }) => at))
    if (this.#recentFirsts.length > recentBatches) this.#recentFirsts.shift()
    const { span } = this.#component
    const missing = events.filter(
      ({ at }) => !this.#islands.some(({ from, before }) => at - span >= from && at + span < before),
    )
    if (missing.length > 0) await this.#read(missing, upTo)
  }

  /**
   * All that is newer is read, too, if it is not too much: then nothing has to be read again while events come in the order of
   * their times, also where weeks of them are imported.
   */
  async #read(missing: readonly JudgedEvent[], upTo: readonly Position[]): Promise<void> {
    const { span } = this.#component
    // Twice: what was told of the events in a window was told of windows that began before.
    const from = minOf(missing, ({ at }) => at) - 2 * span
    const last = -minOf(missing, ({ at }) => -at)
    const isRecent = last > -minOf(missing, ({ receivedAt }) => -receivedAt) - 2 * dayMicros
    if (isRecent || !this.#areMany) {
      const { events, hasMore } = await this.#ask(from, undefined, upTo)
      if (hasMore && isRecent) this.#counts.cut()
      if (!hasMore || isRecent) {
        this.#replay(events, { from: from + span, before: Number.POSITIVE_INFINITY })
        return
      }
      this.#areMany = true
    }
    // Some more, because who sends one old event sends others.
    const before = Math.max(last + span + 1, from + 3 * span + dayMicros)
    const { events, hasMore } = await this.#ask(from, before, upTo)
    if (hasMore) this.#counts.cut()
    this.#replay(events, { from: from + span, before })
  }

  async #ask(from: Micros, before: Micros | undefined, upTo: readonly Position[]) {
    const terms = this.#component.leaves.map((leaf) => leaf.filter)
    const limit = detectionLimits.replayedEventsMax
    return this.#history.events({ filter: { kind: 'or', terms }, from, before, upTo, limit })
  }

  /** Events that were judged before: what they lead to was told. */
  #replay(events: readonly JudgedEvent[], island: Island): void {
    const { leaves } = this.#component
    for (const event of events) {
      for (const leaf of leaves) {
        const { condition } = leaf.rule
        // What a detector found then would have to be judged against what was known then.
        if (condition.kind !== 'events' || !matchesFilter(leaf.filter, event.searchable)) continue
        this.feed(leaf, event)
      }
    }
    this.#islands = joinIslands([...this.#islands, island])
  }

  /** Puts an event that a rule found into the windows of its correlations; gives back what they find. */
  feed(node: LeafNode, event: JudgedEvent): Hit[] {
    const hits: Hit[] = []
    let evidence: Evidence | undefined
    for (const edge of node.edges) {
      if (!this.#component.correlations.has(edge.to)) continue
      const feed = this.#feedOf(edge, event)
      if (feed === undefined) continue
      evidence ??= toEvidence(event, node.summaryFields)
      this.#put(edge, { ...evidence, feeds: this.#feedsAbove(edge.to, event) }, feed, hits)
    }
    return hits
  }

  /** Leaves out windows that are over: later events that belong to them make them be read again. */
  forgetOver(): void {
    if (this.#recentFirsts.length === 0) return
    const time = Math.min(...this.#recentFirsts) - 2 * this.#component.span - hourMicros
    if (!this.#islands.some(({ from }) => from < time)) return
    for (const windows of this.#windows.values()) {
      for (const [key, window] of windows) {
        this.#size -= window.dropBefore(time)
        if (window.size === 0) windows.delete(key)
      }
    }
    this.#islands = this.#islands
      .filter(({ before }) => before > time)
      .map((island) => ({ ...island, from: Math.max(island.from, time) }))
  }

  /** Halves what is in memory. */
  halve(): void {
    this.#counts.cut()
    for (const windows of this.#windows.values()) {
      for (const [key, window] of windows) {
        const half = Math.ceil(window.size / 2)
        window.dropOldest(half)
        this.#size -= half
        if (window.size === 0) windows.delete(key)
      }
    }
  }

  #feedOf({ groupBy, field }: Edge, { searchable }: JudgedEvent): Feed | undefined {
    const groups = eventGroups(groupBy, searchable, detectionLimits.groupsOfEventMax)
    if (groups === undefined) this.#counts.crowded()
    if (groups === undefined || groups.length === 0) return undefined
    return { groups, values: field === undefined ? [] : eventFieldValues(field, searchable) }
  }

  /** Where the event goes if the correlation finds it, now or later. */
  #feedsAbove(node: RuleNode, event: JudgedEvent): ReadonlyMap<Edge, Feed> {
    const feeds = new Map<Edge, Feed>()
    for (const edge of node.edges) {
      const feed = this.#feedOf(edge, event)
      if (feed !== undefined) feeds.set(edge, feed)
      for (const [above, fed] of this.#feedsAbove(edge.to, event)) feeds.set(above, fed)
    }
    return feeds
  }

  #put(edge: Edge, fed: Fed, { groups, values }: Feed, hits: Hit[]): void {
    const { to, place, field } = edge
    for (const group of groups) {
      for (const found of this.#add(to, group, { fed, place, values })) {
        const { last, fresh } = found
        hits.push({
          rule: to.rule,
          group,
          event: last,
          evidence: fresh,
          count: fresh.length,
          firstAt: fresh[0]?.at ?? last.at,
          lastAt: fresh.at(-1)?.at ?? last.at,
          facts: field === undefined ? {} : { value: String(found.values) },
        })
        for (const above of to.edges) {
          const feed = last.feeds.get(above)
          if (feed !== undefined) this.#put(above, last, feed, hits)
        }
      }
    }
  }

  #add(
    node: RuleNode,
    group: readonly string[],
    { fed, place, values }: { fed: Fed; place: number; values: readonly string[] },
  ): WindowHit<Fed>[] {
    const { condition } = node.rule
    const windows = this.#windows.get(node)
    if (windows === undefined || condition.kind !== 'correlation') return []
    const key = JSON.stringify(group)
    const window = windows.get(key) ?? new CorrelationWindow<Fed>(condition)
    windows.set(key, window)
    const before = window.size
    const hits = window.add(fed, place, values)
    this.#size += window.size - before
    if (window.size > detectionLimits.windowEventsMax) {
      this.#counts.cut()
      this.#size -= window.size >>> 2
      window.dropOldest(window.size >>> 2)
    }
    return hits
  }
}

function minOf<T>(list: readonly T[], valueOf: (one: T) => number): number {
  return list.reduce((min, one) => Math.min(min, valueOf(one)), Number.POSITIVE_INFINITY)
}

function joinIslands(islands: readonly Island[]): Island[] {
  const joined: Island[] = []
  for (const island of islands.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last !== undefined && island.from <= last.before) last.before = Math.max(last.before, island.before)
    else joined.push({ ...island })
  }
  return joined
}
