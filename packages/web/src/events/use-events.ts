import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { withTerm } from '@aleph-audit-log/domain/filter/edit-filter'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { fetchEvents, fetchHistogram, type Bucket, type EventQuestion } from '../api/events.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { questionTimes, type TimeRange } from './time-range.ts'
import { useNewEvents } from './use-new-events.ts'

/** The first page is small so that it is there at once, the next ones are large so that scrolling seldom waits. */
const firstPageRows = 100
const nextPageRows = 500

const noEvents: PublicEvent[] = []
const noBuckets: Bucket[] = []

export type EventsState = {
  /** What was asked, for the export: exactly this is on screen. */
  question: EventQuestion
  /** When it was asked, Unix milliseconds by the server's clock. */
  askedAtMs: number
  /** Newest first. While another question is loading: the events of the one before, and `stale` is true. */
  events: PublicEvent[]
  buckets: Bucket[]
  /** How many events of machines are left out; undefined where none are, or until that is known. */
  hiddenCount: number | undefined
  /** How many events match; undefined until the histogram has come. */
  total: number | undefined
  /** Nothing has come yet. */
  loading: boolean
  stale: boolean
  error: unknown
  histogramError: unknown
  hasMore: boolean
  loadingMore: boolean
  moreError: unknown
  loadMore: () => void
  refresh: () => void
  /** Events that came since it was asked; they are not shown until `refresh`. */
  newCount: number
  newCountIsMore: boolean
}

type EventsInput = {
  /** The text that people see. */
  q: string
  /** What machines send by themselves is left out, and counted. */
  hidesNoise: boolean
  range: TimeRange
  valid: boolean
  ownEmail: string
}

/**
 * The events of a search, page by page, with their histogram. A question is fixed at the moment it is asked: what is on
 * screen changes only by `refresh`, another question, or more pages at the end. An invalid text is never sent.
 */
export function useEvents({ q, hidesNoise, range, valid, ownEmail }: EventsInput): EventsState {
  const key = JSON.stringify([q, hidesNoise, range])
  const [asked, setAsked] = useState(() => ({ key, ms: serverNowMs() }))
  if (asked.key !== key) setAsked({ key, ms: serverNowMs() })
  const question = useMemo((): EventQuestion => {
    return { q: hidesNoise ? withTerm(q, '-is:noise') : q, ...questionTimes(range, asked.ms) }
    // `range` is made anew by every render; `key` says whether it is another one.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, asked.ms])

  const pages = useInfiniteQuery({
    queryKey: ['events', question, asked.ms],
    queryFn: ({ pageParam, signal }) =>
      fetchEvents(
        question,
        { limit: pageParam === undefined ? firstPageRows : nextPageRows, cursor: pageParam },
        signal,
      ),
    // The first page has no cursor; the type of a parameter that is a string later must be told.
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    enabled: valid,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    // Comparing 100,000 events with their predecessors at each page would stop the scrolling.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  })
  const histogram = useQuery({
    queryKey: ['histogram', question, asked.ms],
    queryFn: ({ signal }) => fetchHistogram(question, signal),
    enabled: valid,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  })

  const hiddenCount = useHiddenCount({ q, question, askedAtMs: asked.ms, enabled: valid && hidesNoise })

  const events = useMemo(() => pages.data?.pages.flatMap((page) => page.events) ?? noEvents, [pages.data])
  const fresh = useNewEvents({
    question,
    askedAtMs: asked.ms,
    events,
    enabled: valid && pages.isSuccess && !pages.isPlaceholderData && question.to === undefined,
    ownEmail,
  })

  const { fetchNextPage } = pages
  const loadMore = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage])
  const refresh = useCallback(() => setAsked((before) => ({ ...before, ms: serverNowMs() })), [])

  const buckets = histogram.data ?? noBuckets
  return {
    question,
    askedAtMs: asked.ms,
    events,
    buckets,
    hiddenCount,
    total: countOf(histogram.data),
    loading: valid && pages.isPending,
    stale: pages.isPlaceholderData,
    error: pages.isFetchNextPageError ? null : pages.error,
    histogramError: histogram.error,
    hasMore: pages.hasNextPage && !pages.isPlaceholderData,
    loadingMore: pages.isFetchingNextPage,
    moreError: pages.isFetchNextPageError ? pages.error : null,
    loadMore,
    refresh,
    ...fresh,
  }
}

type HiddenInput = { q: string; question: EventQuestion; askedAtMs: number; enabled: boolean }

/** How many events of machines the search would find if it did not leave them out. */
function useHiddenCount({ q, question, askedAtMs, enabled }: HiddenInput): number | undefined {
  const { data } = useQuery({
    queryKey: ['hidden', q, question, askedAtMs],
    queryFn: ({ signal }) => fetchHistogram({ ...question, q: withTerm(q, 'is:noise') }, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
  return enabled ? countOf(data) : undefined
}

function countOf(buckets: Bucket[] | undefined): number | undefined {
  return buckets?.reduce((sum, bucket) => sum + bucket.count, 0)
}
