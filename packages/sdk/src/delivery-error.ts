import type { EventDraft } from './event-draft.ts'

/**
 * Why events did not get into the log:
 * - `invalid_event`: `record` could tell that the log would refuse it
 * - `queue_full`: the queue, and with `onFull: 'wait'` the line before it, is full
 * - `closed`: recorded after `close`, or not delivered when the time of `close` was over
 * - `refused`: the log answered that it will not take them (`status` says how)
 * - `gave_up`: the log could not be reached, or was overloaded, for as long as `giveUpAfterMs`
 * - `undelivered`: what `flush` and `close` reject with; `errors` tells each reason
 */
export type DeliveryErrorCode =
  | 'invalid_event'
  | 'queue_full'
  | 'closed'
  | 'refused'
  | 'gave_up'
  | 'undelivered'

type Facts = {
  cause?: unknown
  /** The HTTP status of the log's answer, if there was one. */
  status?: number | undefined
  errors?: readonly DeliveryError[]
}

/** Carries the events that are not in the log, so that they can be kept elsewhere or recorded again. */
export class DeliveryError extends Error {
  readonly code: DeliveryErrorCode
  /** As they would have been sent: with their id and time, so recording them again cannot store them twice. */
  readonly events: readonly EventDraft[]
  readonly status: number | undefined
  readonly errors: readonly DeliveryError[]

  constructor(code: DeliveryErrorCode, message: string, events: readonly EventDraft[], facts: Facts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'DeliveryError'
    this.code = code
    this.events = events
    this.status = facts.status
    this.errors = facts.errors ?? []
  }
}
