import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { dataNumber } from '../events/event-texts.ts'
import { personIdOf } from '../events/person-id.ts'

/** A run of a query, held against the others. */
export type JudgedRun = {
  event: PublicEvent
  durationMs: number | undefined
  /** How many times as long as usual; absent where either is unknown. */
  ratio: number | undefined
  /** The failed run before it, of the same person, that it repeats. */
  retryOf: PublicEvent | undefined
  /** The next run of the same person, after this one failed. */
  retriedBy: PublicEvent | undefined
}

/** Who runs the same query again within this time after a failure tries again. */
const retryMsMax = 10 * 60_000

/** Runs that are not in the list: all from this time on. */
export type OtherRuns = { events: readonly PublicEvent[]; fromMs: number }

/** When runs may have come by which one of these (newest first) was tried again. */
export function retriesWithin(events: readonly PublicEvent[]): { fromMs: number; toMs: number } | undefined {
  const [newest, oldest] = [events[0], events.at(-1)]
  if (newest === undefined || oldest === undefined) return undefined
  return { fromMs: timeToMs(oldest.occurredAt), toMs: timeToMs(newest.occurredAt) + retryMsMax }
}

/**
 * Holds runs (newest first, all of one query) against what is usual for it and against each other. `others`: runs that the
 * list leaves out, by which a failed one may have been tried again; undefined where nobody knows of them, and nothing is said of that.
 */
export function judgeRuns(
  events: readonly PublicEvent[],
  usualMs: number | undefined,
  others: OtherRuns | undefined,
): JudgedRun[] {
  const judged = events.map((event): JudgedRun => {
    const durationMs = dataNumber(event, 'durationMs')
    const known = durationMs !== undefined && usualMs !== undefined && usualMs > 0
    return {
      event,
      durationMs,
      ratio: known ? durationMs / usualMs : undefined,
      retryOf: undefined,
      retriedBy: undefined,
    }
  })
  if (others !== undefined) pairRetries(judged, others)
  return judged
}

function pairRetries(judged: readonly JudgedRun[], { events, fromMs }: OtherRuns): void {
  const all = [
    ...judged.map((run) => ({ event: run.event, run })),
    ...events.map((event) => ({ event, run: undefined })),
  ]
  all.sort((a, b) => timeToMs(b.event.occurredAt) - timeToMs(a.event.occurredAt))
  const nextOf = new Map<string, (typeof all)[number]>()
  for (const one of all) {
    const person = personIdOf(one.event.actor)
    const next = nextOf.get(person)
    nextOf.set(person, one)
    const atMs = timeToMs(one.event.occurredAt)
    if (next === undefined || one.event.outcome === 'success' || atMs < fromMs) continue
    if (timeToMs(next.event.occurredAt) - atMs > retryMsMax) continue
    if (one.run !== undefined) one.run.retriedBy = next.event
    if (next.run !== undefined) next.run.retryOf = one.event
  }
}

/** `3.2× usual`; nothing where it took about as long as always. */
export function sayRatio(ratio: number | undefined): string | undefined {
  if (ratio === undefined || (ratio > 0.5 && ratio < 1.5)) return undefined
  if (ratio < 0.01) return '< 0.01× usual'
  return `${ratio >= 100 ? Math.round(ratio) : Number(ratio.toPrecision(2))}× usual`
}
