import type { EventDraft } from '@aleph-audit-log/domain/event'

export type OutboxStatus = {
  eventsRecorded: number
  /** Taken, and not yet in the audit log. */
  eventsWaiting: number
  /** Could not be recorded since the start. */
  eventsLost: number
  /** RFC 3339 in UTC: when the audit log last took events. */
  lastEventAt?: string
  /** Why events wait at the moment. */
  message?: string
}

/** Brings what a gateway records into the audit log, which may be slow, full or away. */
export type Outbox = {
  /** Takes an event; never waits. */
  add: (draft: EventDraft) => void
  /**
   * Takes the events that tell of statements without a result, before the statements are executed.
   * **Promise: when it resolves, they are durable: each becomes an event unless it is settled.** Rejects with an
   * AuditError when that cannot be promised at the moment; then none of them is kept.
   */
  addIntents: (drafts: readonly EventDraft[]) => Promise<void>
  /**
   * Says that everything has been told of these intents, by their ids. What was added right before it is kept together with
   * it or not at all.
   */
  settle: (ids: readonly string[]) => void
  /** Undefined while there is room for more; else resolves when there is. */
  waitForRoom: () => Promise<void> | undefined
  status: () => OutboxStatus
  /** Takes nothing more, hands over what can be handed over in a few seconds, and ends. */
  close: () => Promise<void>
}

/** Sizes in bytes, times in ms. */
export const outboxLimits = {
  batchEventsMax: 500,
  batchBytesMax: 4 * 1024 * 1024,
  /** A batch that is not full waits so long for more: each one is a request, which costs as much as many events do. */
  gatherMs: 50,
  retryMs: { first: 250, max: 10_000 },
  /** What waits in memory where nothing is kept on the disk; what comes beyond is counted as lost. */
  queueEventsMax: 50_000,
  queueBytesMax: 64 * 1024 * 1024,
  /** What waits to be written to the disk; with more, sessions wait. */
  unwrittenBytesMax: 8 * 1024 * 1024,
  groupBytesMax: 4 * 1024 * 1024,
  /** What is told waits so long to be written to the disk together with what comes next, and so much of it does. */
  toldMs: 5,
  toldBytesMax: 256 * 1024,
  /** What waits on the disk. */
  spool: {
    segmentBytesMax: 16 * 1024 * 1024,
    payloadBytesMax: 4 * 1024 * 1024,
    unappliedBytesMax: 1024 * 1024 * 1024,
    appliedKeptMs: 0,
    appliedKeptBytes: 0,
  },
  /** How long the end waits for what can still be handed over. */
  closeMs: 3000,
} as const

type Widened<T> = { [K in keyof T]: T[K] extends number ? number : Widened<T[K]> }
export type OutboxLimits = Widened<typeof outboxLimits>

/** What an outbox needs to hand events over. */
export type OutboxOptions = {
  /** Resolves when all drafts are durable in the audit log; see `DeliverOptions`. */
  ingest: (drafts: EventDraft[]) => Promise<void>
  /** An event that the audit log refused is told of by this one. */
  toRefused: (draft: EventDraft, reasons: string[]) => EventDraft
  /** Tells that so many events were lost between these times (RFC 3339). */
  toLost: (lost: { count: number; from: string; to: string }) => EventDraft
  limits?: OutboxLimits
  now: () => number
  onError: (error: unknown) => void
}
