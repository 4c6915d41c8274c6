import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { detectionLimits } from './detection-limits.ts'
import type { Grouped } from './detector-pasts.ts'
import { groupsOfEvent } from './group.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import { isLate, type JudgedEvent } from './judged-event.ts'
import { createLeafJudge, type LeafJudge } from './leaf-judge.ts'
import { createLogBegin } from './log-begin.ts'
import { createRuleGraph, type Component, type LeafNode } from './rule-graph.ts'
import { createRuleIndex } from './rule-index.ts'
import type { SilentGroups, ToldSilence } from './silent-groups.ts'
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
  const onCounts = { cut: onCut, crowded: () => void counts.crowded++ }
  const means = { history, logFirstAt: log.firstAt, told, onCut }
  const parts: Parts = {
    counts,
    rulesOf: createRuleIndex(graph.leaves),
    judges: new Map(graph.leaves.map((node) => [node, createLeafJudge(node, means)])),
    windows: new Map(graph.components.map((one) => [one, new Windows(one, history, onCounts)])),
  }
  const silent = [...parts.judges.values()].flatMap((judge) => judge.silent ?? [])
  return {
    counts,
    judge: async (events, upTo) => {
      const [first] = events
      if (first === undefined) return { hits: [], silences: [] }
      await log.prepare(graph.leaves, upTo)
      for (const one of silent) await one.prepare(first.receivedAt, upTo)
      const dispatched = dispatch(parts, events)
      await prepare(parts, dispatched, upTo)
      for (const event of events) log.add(event.at)
      const found = judgeDispatched(parts, dispatched)
      counts.tooLate += events.filter(isTooLate).length
      const lates = events.filter(isLate).map(({ at }) => at)
      const fallen = lookForSilence(silent, undefined, lates.length === 0 ? undefined : Math.max(...lates))
      makeRoom(parts)
      return {
        hits: [...found.hits, ...fallen.hits],
        silences: [...found.silences, ...fallen.silences],
      }
    },
    tick: async (now, upTo) => {
      // What the next events will need is asked for while none waits.
      await log.prepare(graph.leaves, upTo)
      for (const judge of parts.judges.values()) await judge.warm?.(now, upTo)
      for (const one of silent) await one.prepare(now, upTo)
      return lookForSilence(silent, now, undefined)
    },
  }
}

type Parts = {
  counts: EvaluatorCounts
  rulesOf: (event: SearchableEvent) => LeafNode[]
  judges: ReadonlyMap<LeafNode, LeafJudge>
  windows: ReadonlyMap<Component, Windows>
}

/** What of a batch each rule has to look at, in the order of the events. */
function dispatch({ rulesOf, counts }: Parts, events: readonly JudgedEvent[]): Dispatched[] {
  const dispatched: Dispatched[] = []
  for (const event of events) {
    const groupsOf = groupsOfEvent(event.searchable)
    for (const node of rulesOf(event.searchable)) {
      const groups = groupsOf(node.rule.groupBy)
      if (groups === undefined) counts.crowded++
      dispatched.push({ node, event, groups: groups ?? [] })
    }
  }
  return dispatched
}

/** Reads everything that the batch needs to be judged. */
async function prepare(
  { judges, windows }: Parts,
  dispatched: readonly Dispatched[],
  upTo: readonly Position[],
): Promise<void> {
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

function judgeDispatched({ judges, windows }: Parts, dispatched: readonly Dispatched[]): Judged {
  const hits: Hit[] = []
  const silences: ToldSilence[] = []
  for (const { node, event, groups } of dispatched) {
    const judge = judges.get(node)
    if (judge === undefined) continue
    const found = judge.judge({ event, groups })
    const { silent } = judge
    if (silent !== undefined) silences.push(...found.map((hit) => silent.toldOf(hit)))
    // A rule that is in no group finds nothing by itself; correlations have groups of their own.
    if (node.edges.length > 0 && judge.isFound(event, found)) {
      for (const one of windows.values()) found.push(...one.feed(node, event))
    }
    // It is known from now on, and not judged.
    if (isTooLate(event)) continue
    for (const hit of found) if (hit.rule.isShown) hits.push(hit)
  }
  return { hits, silences }
}

function lookForSilence(
  silent: readonly SilentGroups[],
  now: Micros | undefined,
  late: Micros | undefined,
): Judged {
  const found = silent.map((one) => ({ one, hits: one.look(now, late) }))
  return {
    hits: found.flatMap(({ hits }) => hits).filter(({ rule }) => rule.isShown),
    silences: found.flatMap(({ one, hits }) => hits.map((hit) => one.toldOf(hit))),
  }
}

function makeRoom({ windows }: Parts): void {
  for (const one of windows.values()) one.forgetOver()
  const size = [...windows.values()].reduce((sum, one) => sum + one.size, 0)
  if (size > detectionLimits.windowsEventsMax) for (const one of windows.values()) one.halve()
}

function isTooLate({ at, receivedAt }: JudgedEvent): boolean {
  return receivedAt - at > detectionLimits.lateMsMax * 1000
}
