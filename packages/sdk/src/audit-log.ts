import { DeliveryError, type DeliveryErrorCode } from './delivery-error.ts'
import type { EventDraft } from './event-draft.ts'
import { EventQueue, type QueuedEvent } from './event-queue.ts'
import { MicrosecondClock } from './microsecond-clock.ts'
import { eventBytesMax, readOptions, type AuditLogOptions, type Settings } from './options.ts'
import { postEvents, type Answer } from './post-events.ts'
import { retryDelayMs } from './retry-delay.ts'
import { createUuidV7 } from './uuid-v7.ts'

export { DeliveryError, type DeliveryErrorCode } from './delivery-error.ts'
export type { Actor, EventContext, EventData, EventDraft, Json, Target } from './event-draft.ts'
export type { AuditLogOptions } from './options.ts'

type Refusal = Extract<Answer, { kind: 'refused' }>
type Failures = { errors: DeliveryError[]; events: number }
type Flush = { sequence: number; remaining: number; failures: Failures; settle: () => void }

/**
 * Sends events to an audit log in the background: at most one request at a time, with all that was recorded since the
 * last one, in the order of the calls. An event is sent until the log says that it holds it durably. What the log
 * refuses, and what could not be delivered in time, is handed to `onError`: nothing is dropped in silence, but what
 * is queued is lost with the process, so call `close` before it ends.
 */
export class AuditLog {
  readonly #settings: Settings
  readonly #queue: EventQueue
  readonly #clock = new MicrosecondClock()
  readonly #stop = new AbortController()
  #isSending = false
  /** Set by `close`. */
  #closing: Promise<void> | undefined
  #sequence = 0
  readonly #flushes = new Set<Flush>()
  /** What failed since the last `flush`: the number of all events, and the errors while there are few. */
  #failures: Failures = { errors: [], events: 0 }

  /** Throws TypeError if an option cannot be used. */
  constructor(options: AuditLogOptions) {
    this.#settings = readOptions(options)
    this.#queue = new EventQueue(this.#settings)
  }

  /**
   * Takes an event to be sent, with an id and the time of this call if it has none. Resolves when it is queued, which
   * is at once while there is room: awaiting it slows the caller down to the pace of the log when there is none.
   * Rejects with a DeliveryError (`invalid_event`, `queue_full`, `closed`), of which `onError` hears too: a call that
   * nobody awaits cannot bring the process down.
   */
  record(draft: EventDraft): Promise<void> {
    const queued = this.#enqueue(draft)
    queued.catch(() => {})
    return queued
  }

  /**
   * Resolves when the log holds all events recorded so far. Rejects with a DeliveryError (`undelivered`) if some could
   * not be delivered, of these or since the last `flush`. It has these events; of those that had failed before this
   * call it has the first `queueEventsMax` or so, and `onError` has heard of all.
   */
  async flush(): Promise<void> {
    const failures = this.#failures
    this.#failures = { errors: [], events: 0 }
    const remaining = this.#queue.size
    if (remaining > 0) {
      await new Promise<void>((settle) => {
        this.#flushes.add({ sequence: this.#sequence, remaining, failures, settle })
      })
    }
    if (failures.events === 0) return
    const { errors } = failures
    const events = errors.flatMap((error) => error.events)
    const message = `${count(failures.events)} not delivered. First: ${errors[0]?.message ?? ''}`
    throw new DeliveryError('undelivered', message, events, { errors })
  }

  /**
   * Takes no more events, delivers what is queued and rejects like `flush` if something could not be delivered,
   * at the latest after `timeoutMs` (30 seconds). A second call gives the same promise.
   */
  close(options: { timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeoutMs ?? 30_000)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#stop.abort()
      this.#fail(this.#queue.takeAll(), 'closed', `not delivered within the ${timeoutMs} ms of close`)
    }, timeoutMs)
    try {
      await this.flush()
    } finally {
      clearTimeout(timer)
    }
  }

  // Not async as a whole: an event that has room is in the queue when `record` returns.
  #enqueue(draft: EventDraft): Promise<void> {
    const event: EventDraft = {
      ...draft,
      id: draft.id ?? createUuidV7(Date.now()),
      occurredAt: draft.occurredAt ?? this.#clock.now(),
    }
    if (this.#closing !== undefined) return this.#turnAway(event, 'closed', 'recorded after close')
    const fault = findFault(event)
    if (fault !== undefined) return this.#turnAway(event, 'invalid_event', fault)
    const json = toJson(event)
    if (json instanceof Error) return this.#turnAway(event, 'invalid_event', json.message)
    const bytes = Buffer.byteLength(json)
    if (bytes > eventBytesMax) {
      return this.#turnAway(event, 'invalid_event', `has ${bytes} bytes, and ${eventBytesMax} are allowed`)
    }
    const queued = { event, json, bytes, sequence: this.#sequence + 1 }
    const hasRoom = this.#queue.hasRoom(bytes)
    if (!hasRoom && (this.#settings.onFull === 'reject' || !this.#queue.canWait())) {
      return this.#turnAway(event, 'queue_full', 'the queue is full')
    }
    this.#sequence += 1
    if (hasRoom) this.#queue.add(queued)
    const admitted = hasRoom ? Promise.resolve() : this.#queue.waitForRoom(queued)
    if (!this.#isSending) void this.#sendAll()
    return admitted
  }

  #turnAway(event: EventDraft, code: DeliveryErrorCode, reason: string): Promise<never> {
    const error = new DeliveryError(code, `1 event was not recorded: ${reason}.`, [event])
    this.#tell(error)
    return Promise.reject(error)
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    // What is recorded in the same turn of the event loop goes into the same request.
    await new Promise((resolve) => setImmediate(resolve))
    for (let batch = this.#queue.take(); batch.length > 0; batch = this.#queue.take())
      await this.#deliver(batch)
    this.#isSending = false
  }

  /** Returns when every event of the batch is in the log or was reported. */
  async #deliver(batch: readonly QueuedEvent[]): Promise<void> {
    const startedMs = performance.now()
    for (let attempt = 1; ; attempt++) {
      const answer = await postEvents(
        batch.map((queued) => queued.json),
        this.#settings,
        this.#stop.signal,
      )
      if (answer.kind === 'accepted') return this.#settle(batch)
      if (answer.kind === 'refused') return this.#sortOut(batch, answer)
      if (this.#stop.signal.aborted) {
        return this.#fail(
          batch,
          'closed',
          `not acknowledged when the time of close was over: ${answer.message}`,
        )
      }
      const pauseMs = retryDelayMs(attempt, this.#settings, answer.retryAfterMs)
      if (performance.now() - startedMs + pauseMs > this.#settings.giveUpAfterMs) {
        const reason = `gave up after ${attempt} attempts: ${answer.message}`
        return this.#fail(batch, 'gave_up', reason, { status: answer.status, cause: answer.cause })
      }
      await pause(pauseMs, this.#stop.signal)
    }
  }

  /** The log takes a batch as a whole or not at all: finds the events it is about, and delivers the others. */
  async #sortOut(batch: readonly QueuedEvent[], refusal: Refusal): Promise<void> {
    const { status, message, guilty } = refusal
    const isAboutEvents = status === 400 || status === 413 || status === 422
    if (isAboutEvents && guilty.length > 0) {
      const places = new Set<number>()
      for (const { index, message: fault } of guilty) {
        places.add(index)
        this.#fail(batch.slice(index, index + 1), 'refused', `${status}: ${fault}`, { status })
      }
      const others = batch.filter((_, index) => !places.has(index))
      if (others.length > 0) await this.#deliver(others)
    } else if (isAboutEvents && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2)
      await this.#deliver(batch.slice(0, middle))
      await this.#deliver(batch.slice(middle))
    } else this.#fail(batch, 'refused', message, { status })
  }

  #fail(
    batch: readonly QueuedEvent[],
    code: DeliveryErrorCode,
    reason: string,
    facts: { status?: number | undefined; cause?: unknown } = {},
  ): void {
    if (batch.length === 0) return
    const events = batch.map((queued) => queued.event)
    const error = new DeliveryError(code, `${count(events.length)} not delivered: ${reason}.`, events, facts)
    this.#tell(error)
    const first = batch[0]?.sequence ?? 0
    const last = batch.at(-1)?.sequence ?? 0
    // A batch may go on beyond what a flush waits for: the rest is then told to the next one as well.
    const told = [...this.#flushes].filter((flush) => flush.sequence >= first)
    for (const flush of told) remember(flush.failures, error)
    if (!told.some((flush) => flush.sequence >= last)) {
      remember(this.#failures, error, this.#settings.queueEventsMax)
    }
    this.#settle(batch)
  }

  #settle(batch: readonly QueuedEvent[]): void {
    this.#queue.remove(batch)
    for (const flush of this.#flushes) {
      flush.remaining -= batch.filter((queued) => queued.sequence <= flush.sequence).length
      if (flush.remaining > 0) continue
      this.#flushes.delete(flush)
      flush.settle()
    }
  }

  #tell(error: DeliveryError): void {
    try {
      this.#settings.onError(error)
    } catch (fault) {
      // A fault of the application's own handler is its own to see, and must not end the sending.
      queueMicrotask(() => {
        throw fault
      })
    }
  }
}

/** What a flush waits for is bounded by the queue; what failed while nobody asked is bounded here. */
function remember(failures: Failures, error: DeliveryError, eventsMax = Number.POSITIVE_INFINITY): void {
  if (failures.events < eventsMax) failures.errors.push(error)
  failures.events += error.events.length
}

function count(events: number): string {
  return events === 1 ? '1 event was' : `${events} events were`
}

/** What the log would refuse for certain and a call can say at once; undefined if there is nothing. */
function findFault(event: EventDraft): string | undefined {
  const { type, actor } = event
  if (typeof type !== 'string' || !/^[a-z][a-z0-9_.]{0,63}$/.test(type)) {
    return `type must match [a-z][a-z0-9_.]{0,63}, and is ${JSON.stringify(type)}`
  }
  if (typeof actor !== 'object' || actor === null || typeof actor.type !== 'string')
    return 'actor needs a type'
  if (actor.id === undefined && actor.name === undefined && actor.email === undefined) {
    return 'actor needs an id, a name or an email'
  }
  return undefined
}

/** The event as it stands now, whatever the caller does to it later; an Error for a cycle or a BigInt. */
function toJson(event: EventDraft): string | Error {
  try {
    return JSON.stringify(event)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Waits; ends early when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
  })
}
