import { createHash } from 'node:crypto'
import type { DetectorCondition, Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import type { EventGroup } from '../store/event-groups.ts'
import { detectionLimits } from './detection-limits.ts'
import { durationText, pastDays } from './detector-past.ts'
import { emptyEvidence, type Evidence } from './evidence.ts'
import { groupOf, type Group } from './group.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import { isLate } from './judged-event.ts'
import type { Grouped } from './detector-pasts.ts'
import type { LeafNode } from './rule-graph.ts'
import { dayMicros, dayOf, toMicros, type Micros } from './times.ts'

export type SilentCondition = Extract<DetectorCondition, { kind: 'silent' }>

/**
 * That a group is silent since an event of this time was told: kept over restarts, so that it is told once. `group` is a hash of
 * its key: what somebody is called may be longer than an index of a database holds, or be no text to it.
 */
export type ToldSilence = { ruleId: string; group: string; lastAt: Micros }

function hashOf({ key }: Group): string {
  return createHash('sha256').update(key).digest('hex')
}

type LastEvent = Pick<Evidence, 'id' | 'at' | 'isLate'>

/** What is known of a group. */
export type SilentGroup = {
  group: Group
  /** Days with events. */
  days: Set<number>
  last: LastEvent
}

type Known = SilentGroup & {
  /** When its last event came in; undefined where that is not known any more. */
  arrivedAt: Micros | undefined
}

/** So many days back a group is looked at: one that has events on nearly all of them rests at no weekend. */
const silentPastDays = 14

/**
 * What fell silent so long before this server began to look was told then, or is of an import that has ended: the clock does
 * not tell it now.
 */
const oldSilence = dayMicros

/** Whether a group was silent for long enough from its last event until a time. */
export function judgeSilence(rule: Rule, { group, days, last }: SilentGroup, until: Micros): Hit | undefined {
  const { condition } = rule
  if (condition.kind !== 'silent' || until - last.at < condition.silentMs * 1000) return undefined
  const day = dayOf(last.at)
  const active = [...days].filter((one) => one <= day && one > day - silentPastDays).length
  if (active < condition.daysMin) return undefined
  const facts = { value: durationText(until - last.at) }
  const event: Evidence = { ...emptyEvidence, ...last }
  const found = { rule, group: group.values, event, evidence: [event], count: 1, facts }
  return { ...found, firstAt: last.at, lastAt: last.at }
}

/** The last event of a group as far as the event store's sums tell it. */
export function lastEventOf({ lastId, lastAt }: EventGroup): LastEvent {
  return { id: lastId, at: toMicros(lastAt), isLate: false }
}

/**
 * The groups of a `silent` detector, and when each had its last event. Whether time has passed is told by the clock, for
 * groups whose last event came in when it happened; where events come in late, as of an import, by other late events, and
 * by the clock only from their arrival on: so weeks that are imported at once are judged as if they had just passed.
 */
export class SilentGroups {
  readonly #node: LeafNode
  readonly #condition: SilentCondition
  readonly #history: History
  readonly #onCut: () => void
  readonly #groups = new Map<string, Known>()
  /** Of what was told, by the hash of its group: the time of the last event before the silence. */
  readonly #told = new Map<string, Micros>()
  /** Of groups that were silent for long when this server began to look. */
  readonly #old = new Map<string, Micros>()
  #isRead = false

  constructor(options: {
    node: LeafNode
    condition: SilentCondition
    history: History
    told: readonly ToldSilence[]
    onCut: () => void
  }) {
    this.#node = options.node
    this.#condition = options.condition
    this.#history = options.history
    this.#onCut = options.onCut
    const { id } = options.node.rule
    for (const { ruleId, group, lastAt } of options.told) if (ruleId === id) this.#told.set(group, lastAt)
  }

  /** Reads which groups there are, once; `upTo` are the positions before the first batch. */
  async prepare(now: Micros, upTo: readonly Position[]): Promise<void> {
    if (this.#isRead) return
    const limit = detectionLimits.pastRowsMax
    const { groups, hasMore } = await this.#history.group({
      filter: this.#node.filter,
      from: (dayOf(now) - 2 * pastDays) * dayMicros,
      before: undefined,
      upTo,
      fields: this.#node.rule.groupBy,
      bucketMs: dayMicros / 1000,
      sum: undefined,
      limit,
    })
    if (hasMore) this.#onCut()
    for (const group of groups) {
      this.#note(groupOf(group.values), lastEventOf(group), undefined)
    }
    const silence = this.#condition.silentMs * 1000
    for (const [key, { last }] of this.#groups) {
      if (last.at + silence < now - oldSilence) this.#old.set(key, last.at)
    }
    this.#isRead = true
  }

  /** An event came: its groups may have been silent until now. Nearly every event is one: little is made for it. */
  add({ event, groups }: Grouped): Hit[] {
    const hits: Hit[] = []
    const last = { id: event.searchable.id, at: event.at, isLate: isLate(event) }
    for (const group of groups) {
      const known = this.#groups.get(group.key)
      const hit = known === undefined ? undefined : this.#judge(known, event.at)
      if (hit !== undefined) hits.push(hit)
      this.#note(group, last, event.receivedAt)
    }
    return hits
  }

  /**
   * Looks for groups that have fallen silent. `now` is the clock, or undefined while events wait that came in before;
   * `late` the time of the newest of the late events that came in just now.
   */
  look(now: Micros | undefined, late: Micros | undefined): Hit[] {
    // As after nearly every batch: no time has passed that anybody knows of.
    if (now === undefined && late === undefined) return []
    const silence = this.#condition.silentMs * 1000
    return [...this.#groups.values()].flatMap((known) => {
      const { last, arrivedAt } = known
      const clock = last.isLate && late !== undefined ? late : undefined
      const isOld = this.#old.get(known.group.key) === last.at
      const isOver = now !== undefined && !isOld && (arrivedAt ?? last.at) + silence <= now
      const hit = this.#judge(known, isOver ? now : (clock ?? Number.NEGATIVE_INFINITY))
      return hit === undefined ? [] : [hit]
    })
  }

  /** What was told of a group, to be kept. */
  toldOf({ group, event }: Pick<Hit, 'group' | 'event'>): ToldSilence {
    return { ruleId: this.#node.rule.id, group: hashOf(groupOf(group)), lastAt: event.at }
  }

  #judge(known: Known, until: Micros): Hit | undefined {
    if (until - known.last.at < this.#condition.silentMs * 1000) return undefined
    const told = hashOf(known.group)
    if ((this.#told.get(told) ?? Number.NEGATIVE_INFINITY) >= known.last.at) return undefined
    const hit = judgeSilence(this.#node.rule, known, until)
    if (hit !== undefined) this.#told.set(told, known.last.at)
    return hit
  }

  #note(group: Group, last: LastEvent, arrivedAt: Micros | undefined): void {
    const known = this.#groups.get(group.key)
    const day = dayOf(last.at)
    if (known === undefined) {
      if (this.#groups.size >= detectionLimits.silentGroupsMax) this.#makeRoom()
      this.#groups.set(group.key, { group, days: new Set([day]), last, arrivedAt })
      return
    }
    known.days.add(day)
    if (known.days.size > 3 * pastDays) known.days.delete(Math.min(...known.days))
    if (last.at >= known.last.at) known.last = last
    known.arrivedAt = arrivedAt ?? known.arrivedAt
  }

  /** Who makes up ever new names is no reason to overlook those that have come for days: what has the fewest days goes first. */
  #makeRoom(): void {
    this.#onCut()
    const least = [...this.#groups.values()].sort(
      (a, b) => a.days.size - b.days.size || a.last.at - b.last.at,
    )
    for (const { group } of least.slice(0, Math.ceil(detectionLimits.silentGroupsMax / 10))) {
      this.#groups.delete(group.key)
    }
  }
}
