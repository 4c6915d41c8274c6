import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import type { EvaluatorCounts, Judged } from './evaluator.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import type { JudgedEvent } from './judged-event.ts'
import type { ToldSilence } from './silent-groups.ts'
import type { Micros } from './times.ts'

/** A hit without its rule, which the other side knows by its id. */
export type SentHit = Omit<Hit, 'rule'> & { ruleId: string }

/** What was found, and what was left out so far. */
export type SentJudged = Omit<Judged, 'hits'> & { hits: SentHit[]; counts: EvaluatorCounts }

/** What the thread of evaluators can be asked; `id` names an evaluator. */
export type ThreadFunctions = {
  open: (id: number, rules: readonly Rule[], told: readonly ToldSilence[]) => void
  judge: (id: number, events: readonly JudgedEvent[], upTo: readonly Position[]) => Promise<SentJudged>
  tick: (id: number, now: Micros, upTo: readonly Position[]) => Promise<SentJudged>
  close: (id: number) => void
  /** Of an answer of `events` that is too long for one message: what comes before the rest, which is the answer. */
  part: (id: number, events: readonly JudgedEvent[]) => void
}

/** So many events are sent at once: sending holds up everything else. */
export const sentEventsMax = 1000

type Asked<Method extends keyof History> = Parameters<History[Method]>[0]

/** What the thread asks of the history of an evaluator. */
export type HistoryFunctions = {
  group: (id: number, asked: Asked<'group'>) => ReturnType<History['group']>
  events: (id: number, asked: Asked<'events'>) => ReturnType<History['events']>
  count: (id: number, asked: Asked<'count'>) => ReturnType<History['count']>
}

/** One end of a channel between the threads. */
export type Port = {
  postMessage: (message: unknown) => void
  on: (event: 'message', listener: (message: unknown) => void) => unknown
  off: (event: 'message', listener: (message: unknown) => void) => unknown
}

/**
 * For the two ends alike. However long a question of the past takes, it is waited for. An answer that cannot be sent is an
 * error to whoever asked (birpc sends it then), and no end of the process.
 */
export function channelOptions(port: Port) {
  return {
    post: (message: unknown) => port.postMessage(message),
    on: (listener: (message: unknown) => void) => void port.on('message', listener),
    off: (listener: (message: unknown) => void) => void port.off('message', listener),
    timeout: -1,
    onGeneralError: (_error: Error, method?: string) => method !== undefined,
  }
}
