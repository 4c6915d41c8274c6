import { MessageChannel } from 'node:worker_threads'
import { EvaluatorThread, type EvaluatorHost } from '../evaluator-thread.ts'
import { serveEvaluators } from '../serve-evaluators.ts'

/**
 * Evaluators as in a thread of their own, but for the thread: what goes through the channel is the same. `end` does what
 * the end of the thread would do, `opened` counts its lives.
 */
export function evaluatorsOverChannel(): EvaluatorHost & {
  end: (error: Error) => void
  opened: () => number
} {
  const endings: ((error: Error) => void)[] = []
  const host = new EvaluatorThread((ended) => {
    const { port1, port2 } = new MessageChannel()
    serveEvaluators(port2)
    endings.push((error) => {
      port1.close()
      ended(error)
    })
    return { port: port1, close: async () => port1.close() }
  })
  return {
    create: (options) => host.create(options),
    close: async () => host.close(),
    end: (error) => endings.at(-1)?.(error),
    opened: () => endings.length,
  }
}
