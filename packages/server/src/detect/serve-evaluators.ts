import { createBirpc } from 'birpc'
import type { Evidence } from './evidence.ts'
import { createEvaluator, type Evaluator, type Judged } from './evaluator.ts'
import type { JudgedEvent } from './judged-event.ts'
import {
  channelOptions,
  type HistoryFunctions,
  type Port,
  type SentJudged,
  type ThreadFunctions,
} from './evaluator-protocol.ts'

/** Runs evaluators for whoever is at the other end (`EvaluatorThread`); what they ask of the past is asked there. */
export function serveEvaluators(port: Port): void {
  const evaluators = new Map<number, Evaluator>()
  /** Of the answer that an evaluator waits for: it asks one thing after the other. */
  const parts = new Map<number, JudgedEvent[]>()
  const evaluatorOf = (id: number): Evaluator => {
    const evaluator = evaluators.get(id)
    if (evaluator === undefined) throw new RangeError(`There is no evaluator ${id}`)
    return evaluator
  }
  const functions: ThreadFunctions = {
    open: (id, rules, told) => {
      const history = {
        group: async (asked: Parameters<HistoryFunctions['group']>[1]) => asking.group(id, asked),
        events: async (asked: Parameters<HistoryFunctions['events']>[1]) => {
          const events: JudgedEvent[] = []
          parts.set(id, events)
          const last = await asking.events(id, asked)
          for (const event of last.events) events.push(event)
          return { events, hasMore: last.hasMore }
        },
        count: async (asked: Parameters<HistoryFunctions['count']>[1]) => asking.count(id, asked),
      }
      evaluators.set(id, createEvaluator({ rules, history, told }))
    },
    judge: async (id, events, upTo) => {
      const evaluator = evaluatorOf(id)
      return toSent(await evaluator.judge(events, upTo), evaluator)
    },
    tick: async (id, now, upTo) => {
      const evaluator = evaluatorOf(id)
      return toSent(await evaluator.tick(now, upTo), evaluator)
    },
    close: (id) => {
      evaluators.delete(id)
      parts.delete(id)
    },
    part: (id, events) => {
      for (const event of events) parts.get(id)?.push(event)
    },
  }
  const asking = createBirpc<HistoryFunctions, ThreadFunctions>(functions, channelOptions(port))
}

function toSent({ hits, silences }: Judged, { counts }: Evaluator): SentJudged {
  const sent = hits.map(({ rule, ...hit }) => ({
    ...hit,
    ruleId: rule.id,
    event: evidenceOf(hit.event),
    evidence: hit.evidence.map(evidenceOf),
  }))
  return { hits: sent, silences, counts: { ...counts } }
}

/** Without what windows know of it, which leads to all the rules. */
function evidenceOf({ id, at, person, tables, isLate, values }: Evidence): Evidence {
  return { id, at, person, tables, isLate, values }
}
