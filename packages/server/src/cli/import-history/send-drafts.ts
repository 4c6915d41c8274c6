import { setTimeout as sleep } from 'node:timers/promises'
import { isAuditError, type AuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeToMs, toUtcTime } from '@aleph-audit-log/domain/time'

/** Times in ms, sizes in bytes. */
export const sendLimits = {
  batchEventsMax: 1000,
  /** As JSON; a lone event may be larger. */
  batchBytesMax: 4 * 1024 * 1024,
  retryMs: { first: 500, max: 30_000 },
  /** A log that takes nothing for so long ends the import, which can go on later. */
  patienceMs: 30 * 60_000,
} as const

/** Why a draft was not kept. `retentionDays` where it is older than that. */
export type Refusal = { problems: Problem[]; retentionDays?: number }

export type SendOptions = {
  /** Posts a batch; resolves when it is durable. Keeps all or none. */
  post: (drafts: EventDraft[]) => Promise<void>
  signal: AbortSignal
  /** Told why and for how long the import waits, and with undefined when it goes on. */
  onWaiting: (wait: { reason: string; ms: number } | undefined) => void
  now: () => number
  limits?: { retryMs: { first: number; max: number }; patienceMs: number }
}

/** Thrown when `signal` ends a wait: what was not acknowledged stays where it is in the file. */
export class SendingStopped extends Error {
  constructor() {
    super('The import was interrupted.')
    this.name = 'SendingStopped'
  }
}

/**
 * Sends drafts as one batch and waits for its acknowledgement.
 * **Promise: when it resolves, every draft is durable or stands in the answer with the reason why it was refused.**
 * Drafts that the log finds fault with are taken out and the rest is sent again. A log that is overloaded, away or full
 * is asked again with a bounded back-off, for `patienceMs` at most; then its error is thrown, as are all others.
 */
export async function sendDrafts(
  drafts: readonly EventDraft[],
  options: SendOptions,
): Promise<Map<number, Refusal>> {
  const refused = new Map<number, Refusal>()
  let left = [...drafts.keys()]
  while (left.length > 0) {
    const sent = left
    const error = await postPatiently(
      sent.map((i) => pick(drafts, i)),
      options,
    )
    if (error === undefined) break
    const faults = faultsByDraft(error, sent.length)
    if (faults.size === 0) return sendHalves(drafts, sent, refused, error, options)
    for (const [at, problems] of faults) {
      const index = sent[at]
      if (index === undefined) continue
      const isOld = isTooOld(pick(drafts, index), problems, error, options.now())
      const { retentionDays } = error.facts
      refused.set(index, { problems, ...(isOld && retentionDays !== undefined ? { retentionDays } : {}) })
    }
    refuseOlder(drafts, sent, refused)
    left = sent.filter((index) => !refused.has(index))
  }
  return refused
}

function pick(drafts: readonly EventDraft[], index: number): EventDraft {
  const draft = drafts[index]
  if (draft === undefined) throw new RangeError(`There is no draft ${index}`)
  return draft
}

/** Undefined when the drafts are durable, otherwise the error that is about the drafts themselves. */
async function postPatiently(drafts: EventDraft[], options: SendOptions): Promise<AuditError | undefined> {
  const { post, signal, onWaiting, now, limits = sendLimits } = options
  const begin = now()
  for (let waitMs = limits.retryMs.first; ; waitMs = Math.min(waitMs * 2, limits.retryMs.max)) {
    if (signal.aborted) throw new SendingStopped()
    try {
      await post(drafts)
      onWaiting(undefined)
      return undefined
    } catch (error) {
      if (isAuditError(error, 'invalid') || isAuditError(error, 'too_large')) return error
      if (!isPassing(error) || now() - begin > limits.patienceMs) throw error
      const askedMs = (error.facts.retryAfterSeconds ?? 0) * 1000
      const ms = Math.min(Math.max(waitMs, askedMs), limits.retryMs.max)
      onWaiting({ reason: error.message, ms })
      await sleep(ms, undefined, { signal }).catch(() => undefined)
    }
  }
}

function isPassing(error: unknown): error is AuditError {
  return (
    isAuditError(error, 'overloaded') ||
    isAuditError(error, 'unavailable') ||
    isAuditError(error, 'storage_full') ||
    isAuditError(error, 'rate_limited')
  )
}

const eventPath = /^events\[(\d+)\]\.?(.*)$/

/** What is wrong with which draft of a batch; empty where the error names none. */
function faultsByDraft(error: AuditError, count: number): Map<number, Problem[]> {
  const faults = new Map<number, Problem[]>()
  for (const { path, message } of error.problems) {
    const match = eventPath.exec(path)
    if (!match || Number(match[1]) >= count) continue
    const problems = faults.get(Number(match[1])) ?? []
    problems.push({ path: match[2] ?? '', message })
    faults.set(Number(match[1]), problems)
  }
  return faults
}

/** A batch that is refused without a word about which event: a proxy's limit, perhaps. */
async function sendHalves(
  drafts: readonly EventDraft[],
  sent: readonly number[],
  refused: Map<number, Refusal>,
  error: AuditError,
  options: SendOptions,
): Promise<Map<number, Refusal>> {
  if (error.code !== 'too_large') throw error
  const [first] = sent
  if (sent.length === 1 && first !== undefined) {
    return refused.set(first, { problems: [{ path: '', message: error.message }] })
  }
  const middle = Math.ceil(sent.length / 2)
  for (const half of [sent.slice(0, middle), sent.slice(middle)]) {
    const answer = await sendDrafts(
      half.map((i) => pick(drafts, i)),
      options,
    )
    for (const [at, refusal] of answer) {
      const index = half[at]
      if (index !== undefined) refused.set(index, refusal)
    }
  }
  return refused
}

function isTooOld(
  draft: EventDraft,
  problems: readonly Problem[],
  error: AuditError,
  nowMs: number,
): boolean {
  return (
    error.facts.retentionDays !== undefined &&
    msOf(draft) < nowMs &&
    problems.every(({ path }) => path === 'occurredAt')
  )
}

/** What is older than something that is too old is so itself: an answer lists 100 faults, a batch may have more. */
function refuseOlder(
  drafts: readonly EventDraft[],
  sent: readonly number[],
  refused: Map<number, Refusal>,
): void {
  let newest: { ms: number; refusal: Refusal } | undefined
  for (const [index, refusal] of refused) {
    const ms = msOf(pick(drafts, index))
    if (refusal.retentionDays !== undefined && ms > (newest?.ms ?? -Infinity)) newest = { ms, refusal }
  }
  if (newest === undefined) return
  for (const index of sent) {
    if (!refused.has(index) && msOf(pick(drafts, index)) <= newest.ms) refused.set(index, newest.refusal)
  }
}

function msOf({ occurredAt = '' }: EventDraft): number {
  const time = toUtcTime(occurredAt)
  return time === undefined ? Number.NaN : timeToMs(time)
}
