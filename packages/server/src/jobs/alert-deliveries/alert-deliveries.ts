import { AuditError } from '@aleph-audit-log/domain/error'
import type { Log } from '../../log.ts'
import {
  claimDelivery,
  forgetDeliveries,
  postponeDelivery,
  recoverDeliveries,
  restReceiver,
  settleDead,
  settleDelivered,
  type ClaimedDelivery,
  type RecordDelivery,
} from '../../settings/alerts/alert-deliveries.ts'
import type { Lease } from '../../settings/settings-engine.ts'
import { Pause } from '../pause.ts'
import { deliverAlert, type DeliveryDependencies } from './deliver-alert.ts'
import { DeliveryFailure } from './delivery-failure.ts'

export type AlertDeliveriesOptions = Omit<DeliveryDependencies, 'limits'> & {
  record: RecordDelivery
  log: Log
  limits: DeliveryDependencies['limits'] & {
    /** How often it is looked for what is to be delivered. */
    pollMs: number
    /** So many receivers are told at once; each one thing at a time. */
    concurrentMax: number
    /** Of these, so many whose last delivery did not arrive. */
    failingMax: number
    deliveryMsMax: number
    /** How long a delivery waits after its first failure that may pass, its second...; after the last one it is dead. */
    retryMs: readonly number[]
    /** What has ended is forgotten after so long. */
    keptMs: number
    forgetEveryMs: number
  }
}

const isBug = new DeliveryFailure('Something went wrong; the log of the server says what.', {
  passes: false,
})
const diedTooOften = new DeliveryFailure(
  'It was tried again and again, and the server ended in the middle of it.',
  { passes: false },
)

/**
 * Tells receivers of alerts what waits for them. Of the servers that share the settings one does so, the one with the
 * lease.
 *
 * **Promise: what a receiver is to be told arrives at least once, or ends as a dead letter with an event that says so.** What a
 * dying server leaves is sent again by the next one with the lease, under the same id, by which receivers drop repeats.
 * Nobody is promised an order.
 */
export class AlertDeliveries {
  readonly #options: AlertDeliveriesOptions
  readonly #counts = { delivered: 0, dead: 0 }
  /** By receiver. */
  readonly #running = new Map<string, Promise<void>>()
  /** Receivers whose last delivery did not arrive, and may arrive later. */
  readonly #failing = new Set<string>()
  #lease: Lease | undefined
  readonly #pause = new Pause()
  #forgottenMs = 0

  constructor(options: AlertDeliveriesOptions) {
    this.#options = options
  }

  /** How deliveries of this server have ended since its start. */
  get counts(): Readonly<{ delivered: number; dead: number }> {
    return this.#counts
  }

  /** Begins to deliver, now or whenever this server gets the lease. */
  start(): void {
    const { settings, log } = this.#options
    this.#lease = settings.lease('alert deliveries', {
      work: async (lost) => this.#runUntil(lost),
      onError: (error) => log.error('Alerts could not be delivered', error),
    })
  }

  /** Looks at once for what is to be delivered. */
  notify(): void {
    this.#pause.end()
  }

  async close(): Promise<void> {
    await this.#lease?.close()
  }

  async #runUntil(lost: AbortSignal): Promise<void> {
    const { settings, now, log, limits } = this.#options
    let hasRecovered = false
    while (!lost.aborted) {
      try {
        // Whoever had the lease before has ended; what is running then runs nowhere, or here.
        if (!hasRecovered && this.#running.size === 0) {
          await recoverDeliveries(settings, now())
          hasRecovered = true
        }
        await this.#forgetOld()
        await this.#startDue(lost, () => {
          hasRecovered = false
        })
      } catch (error) {
        if (!lost.aborted) log.error('Alerts that are to be delivered could not be looked at', error)
      }
      await this.#pause.wait(limits.pollMs, lost)
    }
    await Promise.all(this.#running.values())
  }

  async #startDue(lost: AbortSignal, onLost: () => void): Promise<void> {
    const { settings, now, limits, log } = this.#options
    while (!lost.aborted && this.#running.size < limits.concurrentMax) {
      const claimed = await claimDelivery(settings, now(), this.#leftOut())
      if (!claimed) return
      const { receiver, delivery } = claimed
      const running = this.#deliver(claimed, lost)
        .catch((error: unknown) => {
          // What became of it could not be written down: it is found as running, and sent again.
          onLost()
          log.error(`What became of the alert delivery ${delivery.id} could not be kept`, error)
        })
        .finally(() => {
          this.#running.delete(receiver.id)
          this.#pause.end()
        })
      this.#running.set(receiver.id, running)
    }
  }

  /**
   * Each receiver gets one thing at a time, and those that do not answer, each of which takes its whole time, leave room for
   * others.
   */
  #leftOut(): string[] {
    const running = [...this.#running.keys()]
    const failing = running.filter((id) => this.#failing.has(id)).length
    return failing < this.#options.limits.failingMax ? running : [...running, ...this.#failing]
  }

  async #deliver(claimed: ClaimedDelivery, lost: AbortSignal): Promise<void> {
    const { settings, now, limits } = this.#options
    const signal = AbortSignal.any([lost, AbortSignal.timeout(limits.deliveryMsMax)])
    let message: string
    try {
      if (claimed.delivery.attempts > limits.retryMs.length + 1) throw diedTooOften
      message = await deliverAlert(claimed, this.#options, signal)
    } catch (error) {
      if (lost.aborted) {
        // Best effort: without it the next one with the lease finds it running.
        const stopped =
          'The server was stopped in the middle of it. It is sent again, and may so arrive twice.'
        await postponeDelivery(settings, claimed, { retryMs: now(), message: stopped, counts: false })
        return
      }
      await this.#fail(claimed, error)
      return
    }
    this.#failing.delete(claimed.receiver.id)
    await settleDelivered(settings, claimed, { nowMs: now(), message })
    this.#counts.delivered++
  }

  /** Tries again later what may go well then, and gives up the rest. A test is looked at by somebody who waits. */
  async #fail(claimed: ClaimedDelivery, error: unknown): Promise<void> {
    const { settings, now, record, limits, log } = this.#options
    const { delivery, receiver } = claimed
    const failure = toFailure(error)
    if (failure === isBug) log.error(`The alert delivery ${delivery.id} failed`, error)
    else
      log.warn(`The alert delivery ${delivery.id} to the receiver ${receiver.id} failed: ${failure.message}`)
    const { message } = failure
    const [restMs = 0] = limits.retryMs
    if (failure.passes) {
      this.#failing.add(receiver.id)
      await restReceiver(settings, receiver.id, { untilMs: now() + restMs })
    } else this.#failing.delete(receiver.id)
    const retryMs = limits.retryMs[delivery.attempts - 1]
    if (failure.passes && retryMs !== undefined && delivery.alert_id !== null) {
      await postponeDelivery(settings, claimed, { retryMs: now() + retryMs, message, counts: true })
      return
    }
    await settleDead(settings, claimed, { nowMs: now(), message, record })
    this.#counts.dead++
  }

  async #forgetOld(): Promise<void> {
    const { settings, now, limits } = this.#options
    if (now() - this.#forgottenMs < limits.forgetEveryMs) return
    await forgetDeliveries(settings, now() - limits.keptMs)
    this.#forgottenMs = now()
  }
}

function toFailure(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryFailure) return error
  if (error instanceof AuditError) {
    const passes = error.code === 'unavailable' || error.code === 'overloaded'
    return new DeliveryFailure(error.message, { passes, cause: error })
  }
  return isBug
}
