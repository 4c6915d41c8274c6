import type { Position } from '@aleph-audit-log/domain/event'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { detectionLimits } from './detection-limits.ts'
import { createGroupPast, momentOf, planOf, type GroupPast, type PastCondition } from './detector-past.ts'
import { groupFilter } from './field-filter.ts'
import { groupOf, type Group } from './group.ts'
import type { History } from './history.ts'
import type { JudgedEvent } from './judged-event.ts'
import type { LeafNode } from './rule-graph.ts'
import type { Micros } from './times.ts'

/** An event with the groups of a rule that it is in. */
export type Grouped = { event: JudgedEvent; groups: readonly Group[] }

type Known = { past: GroupPast; from: Micros }

/**
 * What is known of the groups of one detector. Asked of the event store when it is needed: of all groups at once where
 * they are few, so that a rule costs one question; else of those that are needed, and then kept as long as there is room.
 * Each answer is what was known at the positions before a batch; what the batch brings is added.
 */
export class DetectorPasts {
  readonly #node: LeafNode
  readonly #condition: PastCondition
  readonly #history: History
  readonly #logFirstAt: () => Micros | undefined
  readonly #onCut: () => void
  /** The groups that were needed last are the last ones. */
  #groups = new Map<string, Known>()
  #size = 0
  /** From when on every group is known; undefined while only single ones are. */
  #allFrom: Micros | undefined
  #areMany = false

  constructor(options: {
    node: LeafNode
    condition: PastCondition
    history: History
    logFirstAt: () => Micros | undefined
    onCut: () => void
  }) {
    this.#node = options.node
    this.#condition = options.condition
    this.#history = options.history
    this.#logFirstAt = options.logFirstAt
    this.#onCut = options.onCut
  }

  /** Reads ahead what events of now will need, where all groups are read at once. */
  async warm(now: Micros, upTo: readonly Position[]): Promise<void> {
    if (this.#allFrom !== undefined || this.#areMany) return
    await this.#readAll(planOf(this.#condition).from(now) ?? Number.NEGATIVE_INFINITY, upTo)
  }

  /** Reads what has to be known to judge these events; `upTo` are the positions before them. */
  async prepare(grouped: readonly Grouped[], upTo: readonly Position[]): Promise<void> {
    if (grouped.length === 0) return
    this.#makeRoom()
    const plan = planOf(this.#condition)
    const oldest = grouped.reduce((min, { event }) => Math.min(min, event.at), Number.POSITIVE_INFINITY)
    if (this.#allFrom !== undefined && this.#allFrom <= (plan.from(oldest) ?? Number.NEGATIVE_INFINITY))
      return
    const needed = new Map<string, { values: readonly string[]; from: Micros }>()
    for (const { event, groups } of grouped) {
      const from = plan.from(event.at) ?? Number.NEGATIVE_INFINITY
      for (const { key, values } of groups) {
        needed.set(key, { values, from: Math.min(from, needed.get(key)?.from ?? from) })
      }
    }
    const missing = [...needed].filter(
      ([key, { from }]) => from < (this.#fromOf(key) ?? Number.POSITIVE_INFINITY),
    )
    if (missing.length === 0) return
    const from = missing.reduce((min, [, one]) => Math.min(min, one.from), Number.POSITIVE_INFINITY)
    if (!this.#areMany && (await this.#readAll(from, upTo))) return
    for (let i = 0; i < missing.length; i += detectionLimits.pastGroupsAskedMax) {
      await this.#readSome(missing.slice(i, i + detectionLimits.pastGroupsAskedMax), from, upTo)
    }
  }

  /** What is known of a group; call `prepare` for its events before. */
  of({ key }: Group): GroupPast {
    const known = this.#groups.get(key)
    if (known !== undefined) return known.past
    return this.#create(key, this.#allFrom ?? Number.NEGATIVE_INFINITY)
  }

  /** Tells how much a group has grown by. */
  grew(by: number): void {
    this.#size += by
  }

  /** Not while a batch is judged, which needs what was read for it. What is left out is asked for again. */
  #makeRoom(): void {
    if (this.#size <= detectionLimits.pastKeptMax) return
    this.#allFrom = undefined
    this.#areMany = true
    for (const [key, { past }] of this.#groups) {
      if (this.#size <= detectionLimits.pastKeptMax * 0.75) break
      this.#groups.delete(key)
      this.#size -= past.size()
    }
  }

  #fromOf(key: string): Micros | undefined {
    const known = this.#groups.get(key)
    if (known === undefined) return this.#allFrom
    if (this.#areMany) {
      this.#groups.delete(key)
      this.#groups.set(key, known)
    }
    return known.from
  }

  async #readAll(from: Micros, upTo: readonly Position[]): Promise<boolean> {
    const { groups, hasMore } = await this.#ask(this.#node.filter, from, upTo)
    if (hasMore) {
      this.#areMany = true
      return false
    }
    this.#groups = new Map()
    this.#size = 0
    this.#allFrom = from
    this.#fill(groups, from)
    return true
  }

  async #readSome(
    missing: readonly [string, { values: readonly string[] }][],
    from: Micros,
    upTo: readonly Position[],
  ): Promise<void> {
    const { groupBy } = this.#node.rule
    const terms = missing.map(([, { values }]) => groupFilter(groupBy, values))
    const filter: Filter = { kind: 'and', terms: [this.#node.filter, { kind: 'or', terms }] }
    const { groups, hasMore } = await this.#ask(filter, from, upTo)
    if (hasMore) this.#onCut()
    const wanted = new Set(missing.map(([key]) => key))
    for (const key of wanted) {
      this.#size -= this.#groups.get(key)?.past.size() ?? 0
      this.#groups.delete(key)
      this.#create(key, from)
    }
    this.#fill(
      groups.filter(({ values }) => wanted.has(groupOf(values.slice(0, groupBy.length)).key)),
      from,
    )
  }

  async #ask(filter: Filter, from: Micros, upTo: readonly Position[]) {
    const { field, bucketMs } = planOf(this.#condition)
    const { groupBy } = this.#node.rule
    const sum =
      this.#condition.kind === 'above_past' && this.#condition.sum !== 'events'
        ? this.#condition.sum
        : undefined
    return this.#history.group({
      filter,
      from: Number.isFinite(from) ? from : undefined,
      before: undefined,
      upTo,
      fields: field === undefined ? groupBy : [...groupBy, field],
      bucketMs,
      sum,
      limit: detectionLimits.pastRowsMax,
    })
  }

  #fill(rows: Awaited<ReturnType<History['group']>>['groups'], from: Micros): void {
    const { length } = this.#node.rule.groupBy
    for (const row of rows) {
      const { key } = groupOf(row.values.slice(0, length))
      const past = this.#groups.get(key)?.past ?? this.#create(key, from)
      const before = past.size()
      past.add(momentOf(row, row.values[length] ?? ''))
      this.#size += past.size() - before
    }
  }

  #create(key: string, from: Micros): GroupPast {
    const past = createGroupPast(this.#condition, this.#logFirstAt)
    this.#groups.set(key, { past, from })
    this.#size += past.size()
    return past
  }
}
