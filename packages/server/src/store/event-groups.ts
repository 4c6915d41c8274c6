import { toPathKey } from '@aleph-audit-log/domain/data-path'
import type { EventField, NumberPath } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'

/** By what the events of a search are grouped, and what is told of each group. */
export type GroupQuestion = {
  /** Each another one. An event is in a group for each of its values; without a value of one of them it is in none. */
  fields: readonly EventField[]
  /** Groups are those of each so long time, too: it divides a day, or is one. */
  bucketMs?: number
  sum?: NumberPath
  /** Groups: at least 1. */
  limit: number
  /** Of these nodes only events up to these positions; of all others every event. */
  upTo?: readonly Position[]
}

export type EventGroup = {
  values: string[]
  /** Canonical time at which the bucket begins. */
  start?: string
  count: number
  /** Of the numbers that were asked for, see `numberOf`; 0 where none were. */
  sum: number
  /** Canonical times. */
  firstAt: string
  lastAt: string
  /** Of equal times the one with the lowest position, and the one with the highest. */
  firstId: string
  lastId: string
}

/** In the order of `firstAt`. `hasMore`: there are other groups, and these are not the whole answer. */
export type EventGroups = { groups: EventGroup[]; hasMore: boolean }

const summedMax = 1e15

/** A number as it is summed up: one below 0 counts as 0, so that sums only grow, and one above 1e15 as that. */
function summedNumber(value: number): number {
  return Math.min(Math.max(value, 0), summedMax)
}

/** What an event adds to a sum. */
export function numberOf(path: NumberPath, event: SearchableEvent): number {
  if (path === 'rows') return summedNumber(event.rows ?? 0)
  if (path === 'duration') return summedNumber(event.durationMs ?? 0)
  const key = toPathKey(path.path)
  return event.numberValues.reduce(
    (sum, value, i) => (event.numberPaths[i] === key ? sum + summedNumber(value) : sum),
    0,
  )
}
