import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { roughBytes } from '../deliver-drafts.ts'
import { gather, HandingOver, runUntilStopped } from './handing-over.ts'
import {
  outboxLimits,
  type Outbox,
  type OutboxLimits,
  type OutboxOptions,
  type OutboxStatus,
} from './outbox.ts'

type Lost = { count: number; from: string; to: string }

/**
 * For the mode *observe*: events wait in memory, and nothing else waits for them. What finds the memory full is lost, and
 * counted; when the audit log takes events again, an event says how many were lost and when.
 */
export class MemoryOutbox implements Outbox {
  readonly #options: OutboxOptions
  readonly #limits: OutboxLimits
  readonly #handingOver: HandingOver
  #queue: EventDraft[] = []
  #bytes = 0
  /** How many of the queue's events are being handed over. */
  #underway = 0
  #lostCount = 0
  /** Lost, and not yet told of. */
  #lost: Lost | undefined
  #wake: (() => void) | undefined
  readonly #closing = new AbortController()
  readonly #running: Promise<void>

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#limits = options.limits ?? outboxLimits
    this.#handingOver = new HandingOver(options)
    this.#running = runUntilStopped(async () => this.#run())
  }

  add(draft: EventDraft): void {
    const bytes = roughBytes(draft)
    const { queueEventsMax, queueBytesMax } = this.#limits
    const waiting = this.#queue.length + this.#underway
    if (waiting >= queueEventsMax || (waiting > 0 && this.#bytes + bytes > queueBytesMax)) {
      this.#lose()
      return
    }
    this.#queue.push(draft)
    this.#bytes += bytes
    this.#wake?.()
  }

  async addIntents(): Promise<void> {
    throw new AuditError('unavailable', 'Nothing is kept before it happens in this mode.')
  }

  settle(): void {
    // There are none.
  }

  waitForRoom(): undefined {
    return undefined
  }

  status(): OutboxStatus {
    const { eventsTooOld, ...status } = this.#handingOver.status()
    return {
      ...status,
      eventsWaiting: this.#queue.length + this.#underway,
      eventsLost: this.#lostCount + eventsTooOld,
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#wake?.()
    await Promise.race([this.#running, sleep(this.#limits.closeMs, undefined, { ref: false })])
    this.#handingOver.stop()
    await this.#running
    const left = this.#queue.length + this.#underway
    if (left === 0) return
    this.#options.onError(
      new AuditError('unavailable', `The gateway ended with ${left} events that the audit log did not take.`),
    )
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#queue.length > 0) await this.#handOver()
      else if (this.#closing.signal.aborted) return
      else await this.#sleep()
    }
  }

  async #handOver(): Promise<void> {
    const { batchEventsMax, gatherMs } = this.#limits
    if (this.#queue.length < batchEventsMax) await gather(gatherMs, this.#closing.signal)
    const batch = this.#queue
    this.#queue = []
    this.#underway = batch.length
    const bytes = this.#bytes
    await this.#handingOver.deliver(batch)
    this.#underway = 0
    this.#bytes -= bytes
    const lost = this.#lost
    if (lost === undefined) return
    this.#lost = undefined
    await this.#handingOver.deliver([this.#options.toLost(lost)])
  }

  async #sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }

  #lose(): void {
    const now = timeFromMs(this.#options.now())
    this.#lostCount++
    this.#lost = { count: (this.#lost?.count ?? 0) + 1, from: this.#lost?.from ?? now, to: now }
  }
}
