import type { DetectorCondition } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import { eventFieldValues } from '@aleph-audit-log/domain/detect/event-fields'
import { numberOf } from '../store/event-groups.ts'
import { durationText, minuteText, type PastCondition } from './detector-past.ts'
import { DetectorPasts, type Grouped } from './detector-pasts.ts'
import { toEvidence } from './evidence.ts'
import type { Hit, HitFacts } from './hit.ts'
import type { History } from './history.ts'
import type { JudgedEvent } from './judged-event.ts'
import { isOutside } from './outside-hours.ts'
import type { LeafNode } from './rule-graph.ts'
import { SilentGroups, type ToldSilence } from './silent-groups.ts'
import type { Micros } from './times.ts'

/** How a rule that looks at events themselves judges those that its filter has found. */
export type LeafJudge = {
  /** Reads what has to be known; `upTo` are the positions before. */
  prepare?: (grouped: readonly Grouped[], upTo: readonly Position[]) => Promise<void>
  /** Reads ahead what events of now will need. */
  warm?: (now: Micros, upTo: readonly Position[]) => Promise<void>
  judge: (grouped: Grouped) => Hit[]
  /** Whether correlations look at an event, of which `judge` has found this. */
  isFound: (event: JudgedEvent, hits: readonly Hit[]) => boolean
  silent?: SilentGroups
}

type Means = {
  history: History
  /** The first event of the log, as far as it is known. */
  logFirstAt: () => Micros | undefined
  told: readonly ToldSilence[]
  onCut: () => void
}

export function createLeafJudge(node: LeafNode, means: Means): LeafJudge {
  const { condition } = node.rule
  switch (condition.kind) {
    case 'events':
      return judgeOfEvents(node, () => ({}))
    case 'outside_hours':
      return judgeOfEvents(node, ({ at }) =>
        isOutside(condition, at) ? { value: minuteText(at) } : undefined,
      )
    case 'ahead':
      return judgeOfEvents(node, (event) => factsAhead(condition, event))
    case 'silent': {
      const silent = new SilentGroups({ ...means, node, condition })
      return { judge: (grouped) => silent.add(grouped), isFound: (_, hits) => hits.length > 0, silent }
    }
    case 'first_seen':
    case 'awakes':
    case 'unusual_hour':
    case 'above_past':
      return judgeOfPast(node, condition, means)
    case 'correlation':
      throw new TypeError('A correlation looks at no events itself')
  }
}

function factsAhead(
  { aheadMs }: Extract<DetectorCondition, { kind: 'ahead' }>,
  { at, receivedAt }: JudgedEvent,
): HitFacts | undefined {
  const ahead = at - receivedAt
  return ahead > aheadMs * 1000 ? { value: durationText(ahead) } : undefined
}

/** Where the event alone says whether it is found. */
function judgeOfEvents(node: LeafNode, factsOf: (event: JudgedEvent) => HitFacts | undefined): LeafJudge {
  const { rule, summaryFields } = node
  return {
    isFound: (event) => factsOf(event) !== undefined,
    judge: ({ event, groups }) => {
      const facts = rule.isShown ? factsOf(event) : undefined
      if (facts === undefined || groups.length === 0) return []
      const evidence = toEvidence(event, summaryFields)
      const { at } = event
      const found = { rule, event: evidence, evidence: [evidence], count: 1, firstAt: at, lastAt: at, facts }
      return groups.map(({ values }) => ({ ...found, group: values }))
    },
  }
}

function judgeOfPast(node: LeafNode, condition: PastCondition, means: Means): LeafJudge {
  const { rule, summaryFields } = node
  const pasts = new DetectorPasts({ ...means, node, condition })
  const field = condition.kind === 'first_seen' ? condition.field : undefined
  return {
    prepare: async (grouped, upTo) => pasts.prepare(grouped, upTo),
    warm: async (now, upTo) => pasts.warm(now, upTo),
    isFound: (_, hits) => hits.length > 0,
    judge: ({ event, groups }) => {
      const { searchable, at } = event
      const values = field === undefined ? [''] : eventFieldValues(field, searchable)
      const sum =
        condition.kind === 'above_past' && condition.sum !== 'events'
          ? numberOf(condition.sum, searchable)
          : 0
      const hits: Hit[] = []
      for (const group of groups) {
        const past = pasts.of(group)
        const before = past.size()
        for (const value of values) {
          const moment = { firstAt: at, lastAt: at, count: 1, sum, firstId: searchable.id, value }
          const found = past.judge(moment)
          past.add(moment)
          if (found === undefined) continue
          const evidence = toEvidence(event, summaryFields)
          const { events, ...facts } = found
          const { count, firstAt, firstId } = events
          hits.push({
            rule,
            group: group.values,
            event: evidence,
            evidence: [evidence],
            facts,
            count,
            firstAt: Math.min(firstAt, at),
            lastAt: at,
            firstId,
          })
        }
        pasts.grew(past.size() - before)
      }
      return hits
    },
  }
}
