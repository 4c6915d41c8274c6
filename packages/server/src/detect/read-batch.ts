import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { EventStore } from '../store/event-store.ts'
import type { ChangingEvent } from './judge-rule-changes.ts'
import { judgedEventOf, toJudgedEvent } from './judged-event.ts'
import { mayChangeRules, ruleChangeOf } from './rule-change.ts'

/** An event as it came in, as whoever follows the log has it in memory. */
type NewEvent = {
  sequence: number
  workspaceId: string
  searchable: SearchableEvent
  receivedAt: string
  /** What the API shows of it; there of everything that the product itself records. */
  json: string | undefined
}

/** What comes into the log: see RecentEvents. */
export type NewEvents = {
  join: (who: 'server') => void
  leave: (who: 'server') => void
  positions: () => Promise<{ node: string; sequence: number }[]>
  firstOf: (node: string) => number
  readonly settled: readonly { node: string; sequence: number }[]
  take: (
    node: string,
    after: number,
    max: { events: number; bytes: number },
  ) => { events: readonly NewEvent[]; upTo: number } | undefined
  readonly version: number
  changed: (since: number, ms: number, signal: AbortSignal) => Promise<void>
}

export type Batch = {
  node: string
  upTo: number
  events: readonly ({ workspaceId: string } & ChangingEvent)[]
}

export type BatchLimits = {
  batchEventsMax: number
  batchBytesMax: number
  batchPositionsMax: number
}

type From = { newEvents: NewEvents; store: Pick<EventStore, 'readAllBehind'>; limits: BatchLimits }

/** The next events of a node, from memory, or from the store if that has them no more. */
export async function readBatch(
  { newEvents, store, limits }: From,
  { node, after, settled }: { node: string; after: number; settled: number },
): Promise<Batch> {
  const taken = newEvents.take(node, after, { events: limits.batchEventsMax, bytes: limits.batchBytesMax })
  if (taken !== undefined) {
    const events = taken.events.map(({ workspaceId, searchable, receivedAt, json }) => ({
      workspaceId,
      event: toJudgedEvent(searchable, receivedAt),
      change: json !== undefined && mayChangeRules(searchable) ? ruleChangeOf(JSON.parse(json)) : undefined,
    }))
    return { node, upTo: taken.upTo, events }
  }
  const range = { node, after, upTo: Math.min(settled, after + limits.batchPositionsMax) }
  const page = { limit: limits.batchEventsMax, bytesMax: limits.batchBytesMax }
  const { events, hasMore } = await store.readAllBehind(range, page)
  const upTo = hasMore ? (events.at(-1)?.position.sequence ?? range.upTo) : range.upTo
  const judged = events.map((event) => ({
    workspaceId: event.workspaceId,
    event: judgedEventOf(event),
    change: mayChangeRules(event) ? ruleChangeOf(event) : undefined,
  }))
  return { node, upTo, events: judged }
}
