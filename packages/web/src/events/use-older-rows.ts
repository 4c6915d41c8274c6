import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { fetchEvents, type EventQuestion } from '../api/events.ts'

/** Rows that are loaded page by page, newest first. */
export type PagedRows = {
  events: PublicEvent[]
  hasMore: boolean
  loadingMore: boolean
  moreError: unknown
  loadMore: () => void
}

const noEvents: PublicEvent[] = []
const pageRows = 500

/**
 * What a question finds below the time at which a live list was cut. Nothing is loaded before somebody scrolls there.
 * `question` has a `from` where the server would take another one when it is given a `to`.
 */
export function useOlderRows(
  question: EventQuestion,
  askedAtMs: number,
  cutAt: string | undefined,
): PagedRows {
  const [wantedAt, setWantedAt] = useState<string>()
  const isWanted = cutAt !== undefined && wantedAt === cutAt
  const pages = useInfiniteQuery({
    queryKey: ['older-events', question, askedAtMs, cutAt],
    queryFn: ({ pageParam, signal }) =>
      fetchEvents({ ...question, to: cutAt }, { limit: pageRows, cursor: pageParam }, signal),
    // The first page has no cursor; the type of a parameter that is a string later must be told.
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
  })
  const events = useMemo(() => pages.data?.pages.flatMap((page) => page.events) ?? noEvents, [pages.data])
  const { fetchNextPage, refetch, isSuccess } = pages
  const loadMore = useCallback(() => {
    if (!isWanted) setWantedAt(cutAt)
    else if (isSuccess) void fetchNextPage({ cancelRefetch: false })
    else void refetch({ cancelRefetch: false })
  }, [isWanted, cutAt, isSuccess, fetchNextPage, refetch])
  const hasMore = cutAt !== undefined && (!isSuccess || pages.hasNextPage)
  const loadingMore = isWanted && pages.isFetching
  const moreError = isWanted ? pages.error : null
  return useMemo(
    () => ({ events, hasMore, loadingMore, moreError, loadMore }),
    [events, hasMore, loadingMore, moreError, loadMore],
  )
}
