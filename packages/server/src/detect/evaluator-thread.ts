import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { createBirpc, type BirpcReturn } from 'birpc'
import { createEvaluator, type Evaluator, type EvaluatorCounts, type EvaluatorOptions } from './evaluator.ts'
import {
  channelOptions,
  sentEventsMax,
  type HistoryFunctions,
  type Port,
  type SentJudged,
  type ThreadFunctions,
} from './evaluator-protocol.ts'
import type { History } from './history.ts'

/** Where evaluators run. */
export type EvaluatorHost = {
  create: (options: EvaluatorOptions) => HostedEvaluator
  /** Ends all of them. */
  close: () => Promise<void>
}

/** An evaluator that is closed when it is needed no more. */
export type HostedEvaluator = Evaluator & { close: () => void }

/** Beside everything else that this thread does. */
export const evaluatorsHere: EvaluatorHost = {
  create: (options) => ({ ...createEvaluator(options), close: () => undefined }),
  close: async () => undefined,
}

/** The other end of a channel to `serveEvaluators`; `ended` is called when there is nobody behind it any more. */
export type Opened = { port: Port; close: () => Promise<void> }
type OpenPort = (ended: (error: Error) => void) => Opened

/**
 * Evaluators in a thread of their own, so that rules do not hold back whoever sends events. The thread begins with the first
 * evaluator that has rules. When it ends by itself what was asked of it rejects, and the next evaluator begins another one.
 */
export class EvaluatorThread implements EvaluatorHost {
  readonly #openPort: OpenPort
  #running: Running | undefined
  #isClosed = false

  /** `program` is the file of `evaluator-worker`, as Node runs it. */
  static at(program: string): EvaluatorThread {
    const build = buildOf(program)
    return new EvaluatorThread((ended) => openWorker(program, build, ended))
  }

  constructor(openPort: OpenPort) {
    this.#openPort = openPort
  }

  create(options: EvaluatorOptions): HostedEvaluator {
    if (this.#isClosed) throw closed()
    // Sending events to nobody costs as well.
    if (options.rules.length === 0) return evaluatorsHere.create(options)
    if (this.#running?.isOver !== false) this.#running = new Running(this.#openPort)
    return this.#running.create(options)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running?.close()
  }
}

function closed(): Error {
  return new Error('The detections have been closed')
}

/** Names what it imports by their content; undefined: it cannot be read, as its start will tell. */
function buildOf(program: string): string | undefined {
  try {
    return readFileSync(program, 'utf8')
  } catch {
    return undefined
  }
}

function openWorker(program: string, build: string | undefined, ended: (error: Error) => void): Opened {
  // It would speak of other things than this thread.
  if (buildOf(program) !== build)
    throw new Error('The server was built anew while it was running: start it again')
  const worker = new Worker(program, { name: 'detections' })
  // The server ends although it runs.
  worker.unref()
  const failed = (cause: unknown): void => {
    ended(new Error(`The thread of the detections has failed: ${String(cause)}`, { cause }))
    void worker.terminate()
  }
  worker.on('error', failed)
  worker.on('messageerror', failed)
  worker.on('exit', (code) => ended(new Error(`The thread of the detections has ended with code ${code}`)))
  return { port: worker, close: async () => void (await worker.terminate()) }
}

/** One life of the thread. */
class Running {
  #endedBy: Error | undefined
  readonly #opened: Opened
  readonly #rpc: BirpcReturn<ThreadFunctions, HistoryFunctions>
  readonly #histories = new Map<number, History>()
  /** Why the past of an evaluator could not be read: what went through the channel is a text only. */
  readonly #faults = new Map<number, unknown>()
  #lastId = 0

  constructor(openPort: OpenPort) {
    this.#opened = openPort((error) => this.#end(error))
    this.#rpc = createBirpc<ThreadFunctions, HistoryFunctions>(
      {
        group: async (id, asked) => this.#ask(id, async (history) => history.group(asked)),
        events: async (id, asked) =>
          this.#ask(id, async (history) => this.#sendParts(id, await history.events(asked))),
        count: async (id, asked) => this.#ask(id, async (history) => history.count(asked)),
      },
      channelOptions(this.#opened.port),
    )
  }

  create({ rules, history, told = [] }: EvaluatorOptions): HostedEvaluator {
    const id = ++this.#lastId
    this.#histories.set(id, history)
    const rulesById = new Map(rules.map((rule) => [rule.id, rule]))
    const counts: EvaluatorCounts = { tooLate: 0, cut: 0, crowded: 0 }
    const opened = this.#rpc.open(id, rules, told)
    // Whoever asks it first is told.
    opened.catch(() => undefined)
    const asking = async (ask: () => Promise<SentJudged>) => {
      if (this.#endedBy !== undefined) throw this.#endedBy
      this.#faults.delete(id)
      try {
        await opened
        const judged = await ask()
        Object.assign(counts, judged.counts)
        const hits = judged.hits.flatMap(({ ruleId, ...hit }) => {
          const rule = rulesById.get(ruleId)
          return rule === undefined ? [] : [{ ...hit, rule }]
        })
        return { hits, silences: judged.silences }
      } catch (error) {
        throw this.#faults.get(id) ?? error
      }
    }
    return {
      counts,
      judge: async (events, upTo) => asking(async () => this.#rpc.judge(id, events, upTo)),
      tick: async (now, upTo) => asking(async () => this.#rpc.tick(id, now, upTo)),
      close: () => {
        this.#histories.delete(id)
        this.#faults.delete(id)
        if (!this.isOver) this.#rpc.close(id).catch(() => undefined)
      },
    }
  }

  get isOver(): boolean {
    return this.#endedBy !== undefined
  }

  async close(): Promise<void> {
    this.#end(closed())
    await this.#opened.close()
  }

  #end(error: Error): void {
    if (this.isOver) return
    this.#endedBy = error
    this.#rpc.$close(error)
  }

  /** Others have their turn between the parts. */
  async #sendParts(
    id: number,
    { events, hasMore }: Awaited<ReturnType<History['events']>>,
  ): ReturnType<History['events']> {
    let at = 0
    for (; at + sentEventsMax < events.length; at += sentEventsMax)
      await this.#rpc.part(id, events.slice(at, at + sentEventsMax))
    return { events: events.slice(at), hasMore }
  }

  async #ask<T>(id: number, ask: (history: History) => Promise<T>): Promise<T> {
    const history = this.#histories.get(id)
    if (history === undefined) throw new Error(`There is no evaluator ${id} any more`)
    try {
      return await ask(history)
    } catch (error) {
      this.#faults.set(id, error)
      throw textOf(error)
    }
  }
}

/** Whatever an error holds, it can be sent. */
function textOf(error: unknown): Error {
  return new Error(String(error))
}
