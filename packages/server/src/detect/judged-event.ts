import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchableEvent, type SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { toMicros, type Micros } from './times.ts'

/** An event as rules look at it. */
export type JudgedEvent = {
  searchable: SearchableEvent
  at: Micros
  /** When it came in. */
  receivedAt: Micros
}

/** An event that came in so long after it happened is late: it is judged as any other, and its alert says so. */
const lateMicros = 3_600_000_000

/** `receivedAt` as it is stored. */
export function toJudgedEvent(searchable: SearchableEvent, receivedAt: string): JudgedEvent {
  return {
    searchable,
    at: toMicros(searchable.occurredAt),
    receivedAt: toMicros(padMicroseconds(receivedAt)),
  }
}

/** A stored event as rules look at it. */
export function judgedEventOf(event: StoredEvent): JudgedEvent {
  return toJudgedEvent(toSearchableEvent(event), event.receivedAt)
}

export function isLate({ at, receivedAt }: JudgedEvent): boolean {
  return receivedAt - at > lateMicros
}
