import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { fetchEvents, type EventQuestion } from '../api/events.ts'

/** How often the page looks for events that came since; it does not while nobody looks at it. */
const checkIntervalMs = 5_000
const checkRows = 100

type NewEventsInput = {
  question: EventQuestion
  askedAtMs: number
  events: PublicEvent[]
  enabled: boolean
  ownEmail: string
}

/**
 * Counts the events that came after the newest one on screen, up to 100. What the log records about the reader's own
 * searching does not count: looking would never end.
 */
export function useNewEvents({ question, askedAtMs, events, enabled, ownEmail }: NewEventsInput): {
  newCount: number
  newCountIsMore: boolean
} {
  const newest = events[0]
  const since = newest?.occurredAt ?? question.from
  const check = useQuery({
    queryKey: ['new-events', question, askedAtMs, since],
    queryFn: ({ signal }) => fetchEvents({ ...question, from: since }, { limit: checkRows }, signal),
    enabled,
    refetchInterval: checkIntervalMs,
    refetchOnWindowFocus: 'always',
    initialDataUpdatedAt: askedAtMs,
    retry: false,
    gcTime: 0,
  })
  return useMemo(() => {
    const found = enabled ? (check.data?.events ?? []) : []
    const shown = new Set(events.slice(0, 2 * checkRows).map((event) => event.id))
    const fresh = found.filter(
      (event) =>
        !shown.has(event.id) && !(event.type === 'audit_log_searched' && event.actor.email === ownEmail),
    )
    return {
      newCount: fresh.length,
      newCountIsMore: fresh.length > 0 && check.data?.nextCursor !== undefined,
    }
  }, [check.data, events, enabled, ownEmail])
}
