import { createBirpc } from 'birpc'
import { createEvaluator, type Evaluator, type Judged } from './evaluator.ts'
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
  const evaluatorOf = (id: number): Evaluator => {
    const evaluator = evaluators.get(id)
    if (evaluator === undefined) throw new RangeError(`There is no evaluator ${id}`)
    return evaluator
  }
  const functions: ThreadFunctions = {
    open: (id, rules, told) => {
      const history = {
        group: async (asked: Parameters<HistoryFunctions['group']>[1]) => asking.group(id, asked),
        events: async (asked: Parameters<HistoryFunctions['events']>[1]) => asking.events(id, asked),
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
    close: (id) => void evaluators.delete(id),
  }
  const asking = createBirpc<HistoryFunctions, ThreadFunctions>(functions, channelOptions(port))
}

function toSent({ hits, silences }: Judged, { counts }: Evaluator): SentJudged {
  const sent = hits.map(({ rule, ...hit }) => ({ ...hit, ruleId: rule.id }))
  return { hits: sent, silences, counts: { ...counts } }
}
