import { withTerm } from '@aleph-audit-log/domain/filter/edit-filter'
import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { fetchEvents, type EventQuestion } from '../api/events.ts'
import { serverNowMs } from '../api/server-clock.ts'
import type { EventSearchParams } from './event-search.ts'
import { readSearchText, type ReadText } from './read-search-text.ts'
import { questionTimes, readRange, type TimeRange } from './time-range.ts'

/** The first page is small so that it is there at once, the next ones are large so that scrolling seldom waits. */
const firstPageRows = 100
const nextPageRows = 500

/** What the address bar asks for. */
export type Wanted = {
  /** The text that people see. */
  q: string
  read: ReadText
  /** The text can be asked for. */
  valid: boolean
  /** What machines send by themselves is left out, and counted. */
  hidesNoise: boolean
  range: TimeRange
}

/** A question and the moment at which it was asked, Unix milliseconds by the server's clock. */
export type Asked = { key: string; ms: number }

export function readWanted(params: EventSearchParams): Wanted {
  const q = params.q ?? ''
  const read = readSearchText(q)
  const valid = read.problems.length === 0
  const hidesNoise = valid && !read.namesNoise && params.noise !== 'shown'
  return { q, read, valid, hidesNoise, range: readRange(params) }
}

/** The same for whatever is asked in the same words. */
export function keyOfWanted({ q, hidesNoise, range }: Pick<Wanted, 'q' | 'hidesNoise' | 'range'>): string {
  return JSON.stringify([q, hidesNoise, range])
}

export function questionOf(
  { q, hidesNoise, range }: Pick<Wanted, 'q' | 'hidesNoise' | 'range'>,
  askedAtMs: number,
): EventQuestion {
  return { q: hidesNoise ? withTerm(q, '-is:noise') : q, ...questionTimes(range, askedAtMs) }
}

/** The events of a question, page by page. */
export function eventPagesQuery(question: EventQuestion, askedAtMs: number) {
  return infiniteQueryOptions({
    queryKey: ['events', question, askedAtMs],
    queryFn: ({ pageParam, signal }) =>
      fetchEvents(
        question,
        { limit: pageParam === undefined ? firstPageRows : nextPageRows, cursor: pageParam },
        signal,
      ),
    // The first page has no cursor; the type of a parameter that is a string later must be told.
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
}

/** So long the page waits for events that are about to come, so that it is not drawn twice. */
const nearMs = 150

/** Asks for what the address bar names before the page is drawn, so that the server works meanwhile. */
export async function beginSearch(
  queryClient: QueryClient,
  params: EventSearchParams,
): Promise<Asked | undefined> {
  const wanted = readWanted(params)
  if (!wanted.valid) return undefined
  const asked = { key: keyOfWanted(wanted), ms: serverNowMs() }
  // What fails is asked again, and shown, by the page.
  const found = queryClient.prefetchInfiniteQuery(eventPagesQuery(questionOf(wanted, asked.ms), asked.ms))
  await Promise.race([found, new Promise((resolve) => setTimeout(resolve, nearMs))])
  return asked
}
