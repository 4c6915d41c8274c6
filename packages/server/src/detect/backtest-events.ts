import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { detectionLimits } from './detection-limits.ts'
import { createEvaluator } from './evaluator.ts'
import type { Backtested } from './hit.ts'
import type { History } from './history.ts'
import { createRuleGraph } from './rule-graph.ts'
import type { Micros } from './times.ts'

/**
 * Reads the events that the rules look at, and judges them in the order of their times: what the log would have found if they
 * had come in when they happened. Of more than `eventsMax` the newest are looked at.
 */
export async function backtestByEvents(
  history: History,
  rules: readonly Rule[],
  { from, before }: { from: Micros; before: Micros },
): Promise<Backtested> {
  const { leaves, components } = createRuleGraph(rules)
  const span = Math.max(0, ...components.map((component) => component.span))
  const filter: Filter = { kind: 'or', terms: leaves.map((leaf) => leaf.filter) }
  const limit = detectionLimits.backtest.eventsMax
  // Twice: what is told before the range is told with events from before it.
  const start = from - 2 * span
  const { events, hasMore } = await history.events({ filter, from: start, before, upTo: [], limit })
  const readFrom = hasMore ? (events[0]?.at ?? start) : start
  const evaluator = createEvaluator({ rules, history: pastOf(history, readFrom) })
  // As if each had come in at once, but for those of which that is the question.
  const inTime = events.map((event) => ({ ...event, receivedAt: Math.min(event.receivedAt, event.at) }))
  const { hits } = await evaluator.judge(inTime, [])
  return { hits: hits.filter(({ lastAt }) => lastAt >= from), truncated: hasMore }
}

/** Only what lies before a time. */
function pastOf(history: History, time: Micros): History {
  return {
    ...history,
    group: async (asked) => history.group({ ...asked, before: time }),
    events: async () => ({ events: [], hasMore: false }),
  }
}
