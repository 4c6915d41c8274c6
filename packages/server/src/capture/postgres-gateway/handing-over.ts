import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { DeliveryStopped, DraftDelivery } from '../deliver-drafts.ts'
import { outboxLimits, type OutboxOptions, type OutboxStatus } from './outbox.ts'

/** Hands events over to the audit log, and counts them. */
export class HandingOver {
  readonly #options: OutboxOptions
  readonly #stopping = new AbortController()
  readonly #delivery: DraftDelivery
  #recorded = 0
  #lastEventAt: string | undefined
  #message: string | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    const { ingest, toRefused, limits = outboxLimits, now } = options
    this.#delivery = new DraftDelivery(
      {
        ingest,
        toRefused,
        limits,
        now,
        signal: this.#stopping.signal,
        onWaiting: (reason) => {
          this.#message = reason
        },
      },
      undefined,
    )
  }

  /**
   * Resolves when the audit log has them, which is asked until it has; throws `DeliveryStopped` after `stop`. What nobody
   * expected is told and tried again as well: a gateway does not stop to record.
   */
  async deliver(drafts: readonly EventDraft[]): Promise<void> {
    if (drafts.length === 0) return
    const { onError, now, limits = outboxLimits } = this.#options
    for (;;) {
      try {
        const { recorded } = await this.#delivery.deliver(drafts)
        this.#recorded += recorded
        if (recorded > 0) this.#lastEventAt = timeFromMs(now())
        this.#message = undefined
        return
      } catch (error) {
        if (error instanceof DeliveryStopped) throw error
        this.#message = 'The audit log refuses events for a reason that is in the log of the server.'
        onError(error)
        await sleep(limits.retryMs.max, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      }
    }
  }

  /** Gives up waiting for an audit log that does not take events. */
  stop(): void {
    this.#stopping.abort()
  }

  status(): Pick<OutboxStatus, 'eventsRecorded' | 'lastEventAt' | 'message'> & { eventsTooOld: number } {
    return {
      eventsRecorded: this.#recorded,
      eventsTooOld: this.#delivery.tooOld?.count ?? 0,
      ...(this.#lastEventAt === undefined ? {} : { lastEventAt: this.#lastEventAt }),
      ...(this.#message === undefined ? {} : { message: this.#message }),
    }
  }
}

/** Runs the loop of an outbox, whose end by `HandingOver.stop` is no error. */
export async function runUntilStopped(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DeliveryStopped)) throw error
  }
}

/** Lets a batch become larger; when the outbox is to end, at once no more. */
export async function gather(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
