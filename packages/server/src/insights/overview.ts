import {
  overviewLimits,
  overviewQuery,
  type Overview,
  type OverviewNumber,
  type OverviewQuery,
  type SourceHealth,
  type StorageHealth,
} from '@aleph-audit-log/domain/api/overview'
import { AuditError } from '@aleph-audit-log/domain/error'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { restrictToViewer } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { fillBuckets, histogramIntervals } from '../search/histogram-buckets.ts'
import { resolveSearch } from '../search/resolve-search.ts'
import type { EventStore, ReadOptions } from '../store/event-store.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import type { QueryCounts } from '../store/usage-store.ts'
import { toPersonCount, toQueryUsage } from './usage-answers.ts'

export type OverviewDependencies = {
  store: EventStore
  now: () => number
  retentionDays: number
  /** For admins and auditors: where events come from, with what is known of its state. */
  sources: (viewer: Viewer) => Promise<Omit<SourceHealth, 'events'>[]>
  storage: () => Promise<StorageHealth>
}

const dayMs = 86_400_000
/** Up to so long a period is shown by hours. */
const hoursMsMax = 3 * dayMs
/**
 * Without an end it ends so long ago: what is recorded is found within a second, and a number must lead to the events
 * that it has counted.
 */
const settleMs = 2000
/** So many characters of a query are a line. */
const normalizedShown = 300

/**
 * What happened in a period, beside the period before. Everything is counted of the same restricted search, so each
 * number is exactly what the log shows for it. Errors: `invalid` (range), `forbidden`.
 */
export async function makeOverview(
  deps: OverviewDependencies,
  viewer: Viewer,
  asked: { from?: string | undefined; to?: string | undefined },
  options: ReadOptions,
): Promise<Overview> {
  const { store } = deps
  const { search, before } = periodsOf(deps, viewer, asked)
  // Two at a time: so many connections there are for people who wait, and others wait as well.
  const [[counted, lists], then, health] = await Promise.all([
    inTurn(
      async () => countPeriod(store, search, options),
      async () => readLists(store, search, options),
    ),
    before &&
      reachesBack(deps, viewer, before, options).then(async (isKnown) =>
        isKnown ? countPeriod(store, before, options) : undefined,
      ),
    readHealth(deps, viewer, search, options),
  ])
  const numberOf = (field: keyof PeriodCounts): OverviewNumber => ({
    now: counted.counts[field],
    ...(then && { before: then.counts[field] }),
  })
  return {
    from: search.from,
    to: search.before,
    hasEvents: counted.counts.tables > 0 || (await hasEvents(deps, viewer, options)),
    events: numberOf('events'),
    failed: numberOf('failed'),
    denied: numberOf('denied'),
    people: numberOf('people'),
    tables: numberOf('tables'),
    activePeople: counted.people,
    activeTables: counted.tables,
    ...lists,
    ...health,
  }
}

async function inTurn<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  return [await first(), await second()]
}

type Periods = { search: RestrictedSearch; before: RestrictedSearch | undefined }

function periodsOf(
  { now, retentionDays }: OverviewDependencies,
  viewer: Viewer,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Periods {
  const nowMs = now()
  const end = to ?? timeFromMs(nowMs - settleMs)
  // Reads `to`, and tells where it cannot be read.
  const { before: endTime } = resolveSearch({ from: '0001-01-01', to: end }, nowMs, 1)
  const start = from ?? timeFromMs(timeToMs(endTime) - dayMs)
  const asked = resolveSearch({ q: overviewQuery, from: start, to: end }, nowMs, 1)
  const keptFrom = timeFromMs(nowMs - retentionDays * dayMs)
  const search = restrictToViewer(viewer, asked, keptFrom)
  const spanMs = timeToMs(search.before) - timeToMs(search.from)
  if (spanMs > overviewLimits.daysMax * dayMs) {
    throw new AuditError('invalid', 'The time range is too long.', {
      problems: [{ path: 'from', message: `must be at most ${overviewLimits.daysMax} days before "to"` }],
    })
  }
  const beforeFrom = timeFromMs(timeToMs(search.from) - spanMs)
  const isKept = spanMs > 0 && beforeFrom >= keptFrom
  return {
    search,
    before: isKept
      ? restrictToViewer(viewer, { filter: asked.filter, from: beforeFrom, before: search.from }, keptFrom)
      : undefined,
  }
}

type PeriodCounts = Record<'events' | 'failed' | 'denied' | 'people' | 'tables', number>
type CountedPeriod = {
  counts: PeriodCounts
  people: Overview['activePeople']
  tables: Overview['activeTables']
}

async function countPeriod(
  store: EventStore,
  search: RestrictedSearch,
  options: ReadOptions,
): Promise<CountedPeriod> {
  const limit = overviewLimits.rowsMax
  const outcomes = await store.countByField(search, 'outcome', 3, options)
  const people = await store.usage.people(search, { sort: 'count', limit }, options)
  const tables = await store.usage.tables(search, { sort: 'count', limit }, options)
  const of = (outcome: string): number => outcomes.values.find(({ value }) => value === outcome)?.count ?? 0
  return {
    counts: {
      events: outcomes.values.reduce((sum, { count }) => sum + count, outcomes.other),
      failed: of('failure'),
      denied: of('denied'),
      people: people.total,
      tables: tables.total,
    },
    people: people.rows.map((row) => ({ ...toPersonCount(row), failed: row.failed, denied: row.denied })),
    tables: tables.rows.map(({ table, count, reads, writes }) => ({ table, count, reads, writes })),
  }
}

type Lists = Pick<Overview, 'slowest' | 'failing' | 'newTables' | 'interval' | 'buckets'>

async function readLists(store: EventStore, search: RestrictedSearch, options: ReadOptions): Promise<Lists> {
  const limit = overviewLimits.rowsMax
  const slowest = await store.usage.queries(search, { sort: 'slowest', limit }, options)
  const failing = await store.usage.queries(search, { sort: 'failed', limit }, options)
  return {
    slowest: slowest.rows.map(toQuery).filter(({ p95Ms }) => p95Ms !== undefined),
    failing: failing.rows.map(toQuery).filter(({ failed }) => failed > 0),
    ...(search.sees !== 'part' && { newTables: await store.newTables(search, limit, options) }),
    ...(await readBuckets(store, search, options)),
  }
}

function toQuery(row: QueryCounts): OverviewQuery {
  const { fingerprint, normalized, kind, count, failed, p95Ms } = toQueryUsage(row, [])
  return {
    fingerprint,
    normalized: Array.from(normalized.slice(0, 2 * normalizedShown))
      .slice(0, normalizedShown)
      .join(''),
    kind,
    count,
    failed,
    ...(p95Ms !== undefined && { p95Ms }),
  }
}

async function readBuckets(
  store: EventStore,
  search: RestrictedSearch,
  options: ReadOptions,
): Promise<Pick<Overview, 'interval' | 'buckets'>> {
  const endMs = timeToMs(search.before)
  const interval = endMs - timeToMs(search.from) <= hoursMsMax ? '1h' : '1d'
  const ms = histogramIntervals[interval]
  const counted = await store.countByTime(search, ms, options)
  return { interval, buckets: fillBuckets(counted, search.from, endMs, ms) }
}

/** Whether the viewer's part of the log is older than this search: a log that is younger cannot be compared with. */
async function reachesBack(
  { store, now, retentionDays }: OverviewDependencies,
  viewer: Viewer,
  { from }: RestrictedSearch,
  options: ReadOptions,
): Promise<boolean> {
  const keptFrom = timeFromMs(now() - retentionDays * dayMs)
  const older = { filter: parseFilter(''), from: keptFrom, before: from }
  const page = await store.searchEvents(
    restrictToViewer(viewer, older, keptFrom),
    { limit: 1, bytesMax: 1 },
    options,
  )
  return page.events.length > 0
}

/** Whether there is anything but what was done in this product itself, or by machines, over all that is kept. */
async function hasEvents(
  { store, now, retentionDays }: OverviewDependencies,
  viewer: Viewer,
  options: ReadOptions,
): Promise<boolean> {
  const keptFrom = timeFromMs(now() - retentionDays * dayMs)
  const asked = resolveSearch({ q: '-source:app', from: '0001-01-01' }, now(), 1)
  const page = await store.searchEvents(
    restrictToViewer(viewer, asked, keptFrom),
    { limit: 1, bytesMax: 1 },
    options,
  )
  return page.events.length > 0
}

/** How many sources are looked for: integrations, those that were deleted, and two more. */
const sourcesMax = 1000

async function readHealth(
  { store, sources, storage }: OverviewDependencies,
  viewer: Viewer,
  search: RestrictedSearch,
  options: ReadOptions,
): Promise<Pick<Overview, 'sources' | 'storage'>> {
  if (viewer.via !== 'session' || (viewer.role !== 'admin' && viewer.role !== 'auditor')) return {}
  const { values } = await store.countByField(search, 'source', sourcesMax, options)
  const counts = new Map(values.map(({ value, count }) => [value, count]))
  const known = await sources(viewer)
  return {
    sources: known.map((source) => ({ ...source, events: counts.get(source.id) ?? 0 })),
    storage: await storage(),
  }
}
