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

/** Holds runs (newest first, all of one query) against what is usual for it and against each other. */
export function judgeRuns(events: readonly PublicEvent[], usualMs: number | undefined): JudgedRun[] {
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
  const nextOf = new Map<string, JudgedRun>()
  for (const run of judged) {
    const person = personIdOf(run.event.actor)
    const next = nextOf.get(person)
    nextOf.set(person, run)
    if (next === undefined || run.event.outcome === 'success') continue
    if (timeToMs(next.event.occurredAt) - timeToMs(run.event.occurredAt) > retryMsMax) continue
    run.retriedBy = next.event
    next.retryOf = run.event
  }
  return judged
}

/** `3.2× usual`; nothing where it took about as long as always. */
export function sayRatio(ratio: number | undefined): string | undefined {
  if (ratio === undefined || (ratio > 0.5 && ratio < 1.5)) return undefined
  if (ratio < 0.01) return '< 0.01× usual'
  return `${ratio >= 100 ? Math.round(ratio) : Number(ratio.toPrecision(2))}× usual`
}
