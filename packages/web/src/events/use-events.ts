import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import type { Bucket, EventQuestion } from '../api/events.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { eventPagesQuery, keyOfWanted, questionOf, type Asked } from './begin-search.ts'
import type { TimeRange } from './time-range.ts'
import { useCounts } from './use-counts.ts'
import { useLiveRows } from './use-live-rows.ts'
import type { PagedRows } from './use-older-rows.ts'

/** What was asked before the page was drawn is taken up within so long; later it is no longer what is there now. */
const begunMsMax = 10_000

const noEvents: PublicEvent[] = []

export type EventsState = {
  /** What was asked, for the export: exactly this is on screen. */
  question: EventQuestion
  /** When it was asked, Unix milliseconds by the server's clock. */
  askedAtMs: number
  /** Another key means that the list begins anew at its top. */
  resultKey: number
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
  /** Events that came in since and are not on screen yet, or more than these. */
  newCount: number
  newCountIsMore: boolean
  showNew: () => void
  /** The question has no end: there are new events to follow. */
  canFollow: boolean
  /** New events cannot be had at the moment. */
  isReconnecting: boolean
}

type EventsInput = {
  /** The text that people see. */
  q: string
  /** What machines send by themselves is left out, and counted. */
  hidesNoise: boolean
  range: TimeRange
  valid: boolean
  ownEmail: string
  /** New events appear by themselves, unless somebody is reading. */
  live: boolean
  isReading: boolean
  /** The text names a time. */
  hasTime: boolean
  /** What was asked before the page was drawn. */
  begun: Asked | undefined
}

/**
 * The events of a search, page by page, with their histogram and with what comes in since. A question is fixed at the
 * moment it is asked: what is on screen changes only by `refresh`, another question, more pages at the end, and by new
 * events when they flow or are shown. An invalid text is never sent.
 */
export function useEvents(input: EventsInput): EventsState {
  const { q, hidesNoise, range, valid, ownEmail, live, isReading, hasTime, begun } = input
  const key = keyOfWanted(input)
  const [asked, setAsked] = useState(() => {
    const isTakenUp = begun?.key === key && serverNowMs() - begun.ms < begunMsMax
    return isTakenUp ? begun : { key, ms: serverNowMs() }
  })
  if (asked.key !== key) setAsked({ key, ms: serverNowMs() })
  const question = useMemo((): EventQuestion => {
    return questionOf({ q, hidesNoise, range }, asked.ms)
    // `range` is made anew by every render; `key` says whether it is another one.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, asked.ms])
  const refresh = useCallback(() => setAsked((before) => ({ ...before, ms: serverNowMs() })), [])

  const pages = usePages(question, asked.ms, valid)
  const isEmpty = pages.loaded.events.length === 0
  const rows = useLiveRows({
    question,
    askedAtMs: asked.ms,
    ...followedTimes(question, asked.ms, hasTime),
    loaded: pages.loaded,
    position: pages.position,
    enabled: valid && pages.isCurrent && question.to === undefined,
    // Where nothing is on screen, nobody is disturbed by the first events: they show themselves.
    flows: (live && !isReading) || isEmpty,
    onLost: refresh,
  })
  const { shown, waiting, tooMany, show, followState, ...list } = rows
  const counts = useCounts({ q, question, askedAtMs: asked.ms, enabled: valid, hidesNoise, shown })
  const [shows, setShows] = useState(0)
  return {
    question,
    askedAtMs: asked.ms,
    resultKey: asked.ms + shows,
    ...list,
    ...counts,
    loading: valid && pages.isPending,
    stale: pages.isStale,
    error: pages.error,
    refresh,
    // What the log records about the reader's own searching is shown with the rest, but not announced: looking would
    // never end.
    newCount: waiting.filter(({ type, actor }) => type !== ownSearch || actor.email !== ownEmail).length,
    newCountIsMore: tooMany,
    showNew: () => {
      if (tooMany) refresh()
      else show()
      setShows(shows + 1)
    },
    canFollow: question.to === undefined,
    isReconnecting: followState === 'waiting',
  }
}

const ownSearch = 'audit_log_searched'

/** The range of a question without an end, as the stream of new events and a page with an end take it. */
function followedTimes(
  { from }: EventQuestion,
  askedAtMs: number,
  hasTime: boolean,
): { followedFrom: string | undefined; boundedFrom: string | undefined } {
  // The server's default is 30 days, or all times where the search text names one.
  if (from === undefined && hasTime) return { followedFrom: undefined, boundedFrom: '0001-01-01' }
  const default30Days = timeFromMs(askedAtMs - 30 * 86_400_000)
  return { followedFrom: from ?? default30Days, boundedFrom: from ?? default30Days }
}

type Pages = {
  loaded: PagedRows
  /** Where the log stood when the first page was asked for. */
  position: string | undefined
  /** What is there is of this question. */
  isCurrent: boolean
  isPending: boolean
  isStale: boolean
  error: unknown
}

function usePages(question: EventQuestion, askedAtMs: number, enabled: boolean): Pages {
  const pages = useInfiniteQuery({
    ...eventPagesQuery(question, askedAtMs),
    enabled,
    // Comparing 100,000 events with their predecessors at each page would stop the scrolling.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  })
  const events = useMemo(() => pages.data?.pages.flatMap((page) => page.events) ?? noEvents, [pages.data])
  const { fetchNextPage } = pages
  const loadMore = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage])
  const hasMore = pages.hasNextPage && !pages.isPlaceholderData
  const loadingMore = pages.isFetchingNextPage
  const moreError = pages.isFetchNextPageError ? pages.error : null
  const loaded = useMemo(
    () => ({ events, hasMore, loadingMore, moreError, loadMore }),
    [events, hasMore, loadingMore, moreError, loadMore],
  )
  return {
    loaded,
    position: pages.isPlaceholderData ? undefined : pages.data?.pages[0]?.position,
    isCurrent: pages.isSuccess && !pages.isPlaceholderData,
    isPending: pages.isPending,
    isStale: pages.isPlaceholderData,
    error: pages.isFetchNextPageError ? null : pages.error,
  }
}
