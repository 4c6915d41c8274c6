import { eventGroups } from '@aleph-audit-log/domain/detect/event-groups'
import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import { detectionLimits } from './detection-limits.ts'
import type { Grouped } from './detector-pasts.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import { isLate, type JudgedEvent } from './judged-event.ts'
import { createLeafJudge, type LeafJudge } from './leaf-judge.ts'
import { createLogBegin } from './log-begin.ts'
import { createRuleGraph, type Component, type LeafNode } from './rule-graph.ts'
import { createRuleIndex } from './rule-index.ts'
import type { ToldSilence } from './silent-groups.ts'
import type { Micros } from './times.ts'
import { Windows } from './windows.ts'

export type EvaluatorOptions = {
  rules: readonly Rule[]
  /** What the log had before: asked as of the positions before each batch. */
  history: History
  /** What was told of groups that fell silent, before a restart. */
  told?: readonly ToldSilence[]
}

/** What was left out because a limit was reached. */
export type EvaluatorCounts = {
  /** Events that came in too late to be judged against the past. */
  tooLate: number
  /** Times that windows or pasts were larger than what is kept of them. */
  cut: number
  /** Events that are in too many groups of a rule. */
  crowded: number
}

type Dispatched = Grouped & { node: LeafNode }

export type Judged = { hits: Hit[]; silences: ToldSilence[] }

export type Evaluator = {
  /**
   * Holds the rules against events: a batch in the order of positions, in any order of times. `upTo` are the positions
   * before it, of every node. When it rejects, what it knows is of no use any more: make a new one.
   */
  judge: (events: readonly JudgedEvent[], upTo: readonly Position[]) => Promise<Judged>
  /** Looks for groups that have fallen silent; call it while no event waits that came in before `now`. */
  tick: (now: Micros, upTo: readonly Position[]) => Promise<Judged>
  readonly counts: Readonly<EvaluatorCounts>
}

/**
 * Runs rules over the events of one workspace.
 *
 * Each event goes to the rules whose filters find it (`createRuleIndex`). What they find are hits; what a correlation looks
 * at goes on into its windows, and a detector holds it against the past of its groups. Both are kept in memory as far as
 * they are needed, and asked of `history` where they are not there: before a batch is judged, for all of it at once. So
 * the same events are judged alike however they are cut into batches, and nothing has to outlive a restart but what was
 * told of silent groups.
 */
export function createEvaluator({ rules, history, told = [] }: EvaluatorOptions): Evaluator {
  const graph = createRuleGraph(rules)
  const counts: EvaluatorCounts = { tooLate: 0, cut: 0, crowded: 0 }
  const onCut = (): void => void counts.cut++
  const log = createLogBegin(history)
  const windows = new Map<Component, Windows>(
    graph.components.map((component) => [
      component,
      new Windows(component, history, { cut: onCut, crowded: () => void counts.crowded++ }),
    ]),
  )
  const judges = new Map<LeafNode, LeafJudge>(
    graph.leaves.map((node) => [
      node,
      createLeafJudge(node, { history, logFirstAt: log.firstAt, told, onCut }),
    ]),
  )
  const rulesOf = createRuleIndex(graph.leaves)
  const silent = [...judges.values()].flatMap((judge) => judge.silent ?? [])
  const feed = (node: LeafNode, event: JudgedEvent): Hit[] =>
    node.edges.length === 0 ? [] : [...windows.values()].flatMap((one) => one.feed(node, event))

  const groupsOf = ({ rule }: LeafNode, event: JudgedEvent): string[][] => {
    const groups = eventGroups(rule.groupBy, event.searchable, detectionLimits.groupsOfEventMax)
    if (groups === undefined) counts.crowded++
    return groups ?? []
  }

  /** What of a batch each rule has to look at, in the order of the events. */
  const dispatch = (events: readonly JudgedEvent[]): Dispatched[] => {
    const dispatched: Dispatched[] = []
    for (const event of events) {
      for (const node of rulesOf(event.searchable)) {
        dispatched.push({ node, event, groups: groupsOf(node, event) })
      }
    }
    return dispatched
  }

  const prepare = async (dispatched: readonly Dispatched[], upTo: readonly Position[]): Promise<void> => {
    const ofNode = new Map<LeafNode, Dispatched[]>()
    for (const one of dispatched) {
      const list = ofNode.get(one.node)
      if (list === undefined) ofNode.set(one.node, [one])
      else list.push(one)
    }
    for (const [node, list] of ofNode) await judges.get(node)?.prepare?.(list, upTo)
    for (const [component, one] of windows) {
      const events = component.leaves.flatMap((leaf) => ofNode.get(leaf)?.map(({ event }) => event) ?? [])
      await one.prepare(events, upTo)
    }
  }

  const lookForSilence = (now: Micros | undefined, late: Micros | undefined): Judged => {
    const found = silent.map((one) => ({ one, hits: one.look(now, late) }))
    return {
      hits: found.flatMap(({ hits }) => hits),
      silences: found.flatMap(({ one, hits }) => hits.map((hit) => one.toldOf(hit))),
    }
  }

  return {
    counts,
    judge: async (events, upTo) => {
      const [first] = events
      if (first === undefined) return { hits: [], silences: [] }
      await log.prepare(graph.leaves, upTo)
      for (const one of silent) await one.prepare(first.receivedAt, upTo)
      const dispatched = dispatch(events)
      await prepare(dispatched, upTo)
      for (const event of events) log.add(event.at)
      const hits: Hit[] = []
      const silences: ToldSilence[] = []
      for (const { node, event, groups } of dispatched) {
        const judge = judges.get(node)
        if (judge === undefined) continue
        const found = judge.judge({ event, groups })
        const { silent: ofSilence } = judge
        if (ofSilence !== undefined) silences.push(...found.map((hit) => ofSilence.toldOf(hit)))
        // A rule that is in no group finds nothing by itself; correlations have groups of their own.
        if (node.edges.length > 0 && judge.isFound(event, found)) found.push(...feed(node, event))
        // It is known from now on, and not judged.
        if (isTooLate(event)) continue
        for (const hit of found) if (hit.rule.isShown) hits.push(hit)
      }
      counts.tooLate += events.filter(isTooLate).length
      const lates = events.filter(isLate).map(({ at }) => at)
      const fallen = lookForSilence(undefined, lates.length === 0 ? undefined : Math.max(...lates))
      for (const one of windows.values()) one.forgetOver()
      const size = [...windows.values()].reduce((sum, one) => sum + one.size, 0)
      if (size > detectionLimits.windowsEventsMax) for (const one of windows.values()) one.halve()
      return { hits: [...hits, ...fallen.hits], silences: [...silences, ...fallen.silences] }
    },
    tick: async (now, upTo) => {
      for (const one of silent) await one.prepare(now, upTo)
      return lookForSilence(now, undefined)
    },
  }
}

function isTooLate({ at, receivedAt }: JudgedEvent): boolean {
  return receivedAt - at > detectionLimits.lateMsMax * 1000
}
