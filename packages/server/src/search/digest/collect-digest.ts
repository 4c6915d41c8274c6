import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { withTerm } from '@aleph-audit-log/domain/filter/edit-filter'
import type { Viewer } from '../../access/viewer.ts'
import type { Facet } from '../../store/event-store.ts'
import type { SearchText } from '../resolve-search.ts'
import type { Search } from '../search-events.ts'

/** What happened in a period, in numbers: of the events that a viewer may see and that a search finds. */
export type Digest = {
  events: number
  failures: number
  denied: number
  /** Different actors; `isMore`: there are more than these. */
  people: { count: number; isMore: boolean }
  topPeople: Counted[]
  topTables: Counted[]
  topFailures: FailingQuery[]
  /** Only so many of the newest failures were looked at for `topFailures`; undefined: all of them. */
  failuresLookedAt: number | undefined
}

export type Counted = { value: string; count: number }

/** Statements of one shape that failed: the shape with how often, and the newest error. */
export type FailingQuery = { fingerprint: string; text: string; count: number; error: string }

export type DigestLimits = {
  topMax: number
  peopleMax: number
  failuresMax: number
  failurePageEvents: number
}

/** Counts what a digest tells. Errors: those of `Search`. */
export async function collectDigest(
  search: Search,
  viewer: Viewer,
  text: SearchText,
  limits: DigestLimits,
  signal?: AbortSignal,
): Promise<Digest> {
  const count = async (field: Parameters<Search['countValues']>[2], most: number): Promise<Facet> =>
    search.countValues(viewer, text, field, most, signal)
  const outcomes = await count('outcome', 10)
  const people = await count('actor', limits.peopleMax)
  const tables = await count('table', limits.topMax)
  const of = (outcome: string): number => outcomes.values.find(({ value }) => value === outcome)?.count ?? 0
  return {
    // Every event has an outcome.
    events: outcomes.values.reduce((sum, { count: one }) => sum + one, outcomes.other),
    failures: of('failure'),
    denied: of('denied'),
    people: { count: people.values.length, isMore: people.other > 0 },
    topPeople: people.values.slice(0, limits.topMax),
    topTables: tables.values,
    ...(await collectFailures(search, viewer, text, limits, signal)),
  }
}

/** No count of the store is by fingerprint: the newest failures are read, as many as is bearable. */
async function collectFailures(
  search: Search,
  viewer: Viewer,
  text: SearchText,
  { topMax, failuresMax, failurePageEvents }: DigestLimits,
  signal?: AbortSignal,
): Promise<Pick<Digest, 'topFailures' | 'failuresLookedAt'>> {
  const q = withTerm(withTerm(text.q ?? '', 'outcome:failure'), 'type:query')
  const shapes = new Map<string, FailingQuery>()
  let looked = 0
  let cursor: string | undefined
  do {
    const page = { ...text, q, limit: failurePageEvents, cursor }
    const { events, nextCursor } = await search.searchEvents(viewer, page, signal, 'long')
    for (const event of events) countFailure(shapes, event)
    looked += events.length
    cursor = nextCursor
  } while (cursor !== undefined && looked < failuresMax)
  const topFailures = [...shapes.values()].sort((a, b) => b.count - a.count).slice(0, topMax)
  return { topFailures, failuresLookedAt: cursor === undefined ? undefined : looked }
}

function countFailure(shapes: Map<string, FailingQuery>, { statement, data }: StoredEvent): void {
  if (statement === undefined) return
  const known = shapes.get(statement.fingerprint)
  if (known) {
    known.count++
    return
  }
  // The newest comes first, so this is the newest error.
  shapes.set(statement.fingerprint, {
    fingerprint: statement.fingerprint,
    text: statement.normalized,
    count: 1,
    error: errorText(data?.['error']),
  })
}

function errorText(error: unknown): string {
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null) return ''
  const { code, message } = error as { code?: unknown; message?: unknown }
  return [code, message].filter((part) => typeof part === 'string' || typeof part === 'number').join(': ')
}
