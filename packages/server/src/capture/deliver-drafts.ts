import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs, toCanonicalTime } from '@aleph-audit-log/domain/time'

/** Sizes in bytes, times in ms. */
export type DeliveryLimits = {
  batchEventsMax: number
  batchBytesMax: number
  retryMs: { first: number; max: number }
}

/** Events that the log refused as older than its retention. */
export type TooOld = { count: number; oldest: string; newest: string }

export type DeliverOptions = {
  /** Resolves when all of them are durable; keeps all or none. */
  ingest: (drafts: EventDraft[]) => Promise<void>
  /** The event that stands in for one that the log refuses. */
  toRefused: (draft: EventDraft, reasons: string[]) => EventDraft
  limits: DeliveryLimits
  now: () => number
  signal: AbortSignal
  /** Called with the reason when the log cannot take events at the moment, with undefined when it can again. */
  onWaiting: (reason: string | undefined) => void
}

export type Delivered = { recorded: number; refused: number }

/** Thrown when `signal` ends a wait: what was not delivered stays where it is in the source. */
export class DeliveryStopped extends Error {
  constructor() {
    super('The delivery was stopped.')
    this.name = 'DeliveryStopped'
  }
}

/**
 * Hands drafts over to the log, in order.
 * **Promise: when it resolves each draft is durable, or was refused as too old and counted in `tooOld`, or was refused
 * for another reason and an event that says so is durable.** A log that is overloaded, away or full is asked again
 * with a bounded back-off, without end; nothing is skipped. Other errors are thrown.
 */
export class DraftDelivery {
  readonly #options: DeliverOptions
  /** Stand in for refused ones. */
  readonly #standIns = new WeakSet<EventDraft>()
  /** Drafts up to this canonical time are known to be refused. */
  #refusedUpTo = ''
  tooOld: TooOld | undefined

  constructor(options: DeliverOptions, tooOld: TooOld | undefined) {
    this.#options = options
    this.tooOld = tooOld
  }

  async deliver(drafts: readonly EventDraft[]): Promise<Delivered> {
    const delivered: Delivered = { recorded: 0, refused: 0 }
    for (const batch of toBatches(drafts, this.#options.limits)) {
      const { recorded, refused } = await this.#deliverBatch(batch)
      delivered.recorded += recorded
      delivered.refused += refused
    }
    return delivered
  }

  async #deliverBatch(batch: EventDraft[]): Promise<Delivered> {
    let left = batch
    let refused = 0
    while (true) {
      left = this.#withoutTooOld(left)
      if (left.length === 0) return { recorded: 0, refused }
      const faults = await this.#ingest(left)
      if (faults === undefined) return { recorded: left.length, refused }
      refused += this.#learnTooOld(left, faults)
      left = left.map((draft, i) => this.#replaceRefused(draft, faults.get(i)))
    }
  }

  /** Undefined when the drafts are durable; otherwise what is wrong with which of them. */
  async #ingest(drafts: EventDraft[]): Promise<Map<number, string[]> | undefined> {
    const { ingest, limits, onWaiting, signal } = this.#options
    for (let waitMs = limits.retryMs.first; ; waitMs = Math.min(waitMs * 2, limits.retryMs.max)) {
      if (signal.aborted) throw new DeliveryStopped()
      try {
        await ingest(drafts)
        onWaiting(undefined)
        return undefined
      } catch (error) {
        if (isAuditError(error, 'invalid') || isAuditError(error, 'too_large'))
          return readFaults(error, drafts.length)
        if (!isPassing(error)) throw error
        onWaiting(error.message)
        const askedMs = (error.facts.retryAfterSeconds ?? 0) * 1000
        await sleep(Math.min(Math.max(waitMs, askedMs), limits.retryMs.max), undefined, { signal }).catch(
          () => undefined,
        )
      }
    }
  }

  /** What is too old is so for every older draft, too: the log need not be asked about each. */
  #learnTooOld(drafts: readonly EventDraft[], faults: ReadonlyMap<number, string[]>): number {
    const nowTime = timeFromMs(this.#options.now())
    let refused = 0
    for (const [i, reasons] of faults) {
      const time = toCanonicalTime(drafts[i]?.occurredAt ?? '') ?? nowTime
      const isTooOld = time < nowTime && reasons.every((reason) => reason.startsWith('occurredAt'))
      if (!isTooOld) refused++
      else if (time > this.#refusedUpTo) this.#refusedUpTo = time
    }
    return refused
  }

  #withoutTooOld(drafts: EventDraft[]): EventDraft[] {
    if (this.#refusedUpTo === '') return drafts
    return drafts.filter((draft) => {
      const time = toCanonicalTime(draft.occurredAt ?? '')
      if (time === undefined || time > this.#refusedUpTo) return true
      const { count, oldest, newest } = this.tooOld ?? { count: 0, oldest: time, newest: time }
      this.tooOld = {
        count: count + 1,
        oldest: time < oldest ? time : oldest,
        newest: time > newest ? time : newest,
      }
      return false
    })
  }

  #replaceRefused(draft: EventDraft, reasons: string[] | undefined): EventDraft {
    if (reasons === undefined) return draft
    if (this.#standIns.has(draft)) {
      throw new AuditError('invalid', 'The audit log refuses even the event that tells of a refused one.')
    }
    const time = toCanonicalTime(draft.occurredAt ?? '')
    if (time !== undefined && time <= this.#refusedUpTo) return draft
    const standIn = this.#options.toRefused(draft, reasons)
    this.#standIns.add(standIn)
    return standIn
  }
}

type PassingError = AuditError & { code: 'overloaded' | 'unavailable' | 'storage_full' | 'rate_limited' }

/** Whether the log may take it in a moment. */
export function isPassing(error: unknown): error is PassingError {
  return (
    isAuditError(error, 'overloaded') ||
    isAuditError(error, 'unavailable') ||
    isAuditError(error, 'storage_full') ||
    isAuditError(error, 'rate_limited')
  )
}

const eventPath = /^events\[(\d+)\]\.?(.*)$/

/** The faults by draft, as `occurredAt is older than ...`. Throws the error again if it names no draft. */
function readFaults(error: AuditError, drafts: number): Map<number, string[]> {
  const faults = new Map<number, string[]>()
  for (const { path, message } of error.problems) {
    const match = eventPath.exec(path)
    const index = match ? Number(match[1]) : drafts === 1 ? 0 : drafts
    if (index >= drafts) continue
    const place = match ? (match[2] ?? '') : path
    const reasons = faults.get(index) ?? []
    reasons.push(`${place} ${message}`.trim())
    faults.set(index, reasons)
  }
  if (faults.size === 0) throw error
  return faults
}

function* toBatches(drafts: readonly EventDraft[], limits: DeliveryLimits): Generator<EventDraft[]> {
  let batch: EventDraft[] = []
  let bytes = 0
  for (const draft of drafts) {
    const size = roughBytes(draft)
    if (batch.length >= limits.batchEventsMax || (batch.length > 0 && bytes + size > limits.batchBytesMax)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(draft)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

/** Most of a large draft is its SQL; three bytes a unit are too many for most and never far too few. */
export function roughBytes(draft: EventDraft): number {
  const sql = draft.data?.['sql']
  return 2000 + (typeof sql === 'string' ? sql.length * 3 : 0)
}
