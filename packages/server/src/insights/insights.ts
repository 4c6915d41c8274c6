import type {
  InsightList,
  PeopleUsage,
  PersonDetail,
  QueriesUsage,
  QueryDetail,
  TableDetail,
  TablesUsage,
  ToolsUsage,
} from '@aleph-audit-log/domain/api/insights'
import { AuditError } from '@aleph-audit-log/domain/error'
import { dayStart, timeFromMs } from '@aleph-audit-log/domain/time'
import { restrictToViewer } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { resolveSearch, type ResolvedSearch, type SearchText } from '../search/resolve-search.ts'
import { bucketStart, sortBuckets } from '../store/duration-buckets.ts'
import type { EventStore, ReadOptions } from '../store/event-store.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import type { UsageRequest, UsageRows } from '../store/usage-store.ts'
import { isZone, listDays } from './days.ts'
import { toPersonCount, toPersonUsage, toQueryUsage, toTableUsage, toToolUsage } from './usage-answers.ts'

export type InsightsDependencies = {
  store: EventStore
  now: () => number
  retentionDays: number
  windowDays: number
}

/** What is asked for without `q`: what people do in databases, without what programs send by themselves. */
const insightsQueryDefault = 'type:query -is:noise'

export type ListRequest<List extends InsightList> = SearchText & Omit<UsageRequest<List>, 'of'>

/** Rows of what stands with one person, table or query. */
const detailRows = 20
const dayMs = 86_400_000

/**
 * Who works with what: counted of exactly the events that the same search finds for the same viewer. Each takes a signal
 * that aborts when nobody waits any more. Errors: `invalid` (search, range, zone), `forbidden`, `not_found`.
 */
export class Insights {
  readonly #deps: InsightsDependencies

  constructor(dependencies: InsightsDependencies) {
    this.#deps = dependencies
  }

  async people(viewer: Viewer, request: ListRequest<'people'>, options: ReadOptions): Promise<PeopleUsage> {
    const search = this.#restrict(viewer, request)
    return this.#answer(search, await this.#usage.people(search, request, options), toPersonUsage)
  }

  async tables(viewer: Viewer, request: ListRequest<'tables'>, options: ReadOptions): Promise<TablesUsage> {
    const search = this.#restrict(viewer, request)
    return this.#answer(search, await this.#usage.tables(search, request, options), toTableUsage)
  }

  async queries(
    viewer: Viewer,
    request: ListRequest<'queries'>,
    options: ReadOptions,
  ): Promise<QueriesUsage> {
    const search = this.#restrict(viewer, request)
    return this.#answer(search, await this.#usage.queries(search, request, options), toQueryUsage)
  }

  async tools(viewer: Viewer, request: ListRequest<'tools'>, options: ReadOptions): Promise<ToolsUsage> {
    const search = this.#restrict(viewer, request)
    return this.#answer(search, await this.#usage.tools(search, request, options), toToolUsage)
  }

  /** Events by weekday (Monday first) and hour in an IANA time zone. */
  async activity(
    viewer: Viewer,
    { zone = 'UTC', ...text }: SearchText & { zone?: string | undefined },
    options: ReadOptions,
  ): Promise<{ cells: number[][] }> {
    if (!isZone(zone)) {
      throw new AuditError('invalid', 'The time zone is not known.', {
        problems: [{ path: 'zone', message: 'must be an IANA time zone such as Europe/Berlin' }],
      })
    }
    return { cells: await this.#deps.store.usage.activity(this.#restrict(viewer, text), zone, options) }
  }

  /** One person, with what they did; `not_found` where the viewer may know of nobody by this id. */
  async person(viewer: Viewer, id: string, text: SearchText, options: ReadOptions): Promise<PersonDetail> {
    const search = this.#restrict(viewer, text)
    const of = { person: id }
    const row = await firstFound(['count', 'dormant'] as const, async (sort) =>
      this.#usage.people(search, { sort, limit: 1, of }, options),
    )
    const request = { sort: 'count', limit: detailRows, of } as const
    const days = this.#daysOf(search)
    const tables = await this.#usage.tables(search, request, options)
    const queries = await this.#usage.queries(search, request, options)
    const tools = await this.#usage.tools(search, request, options)
    return {
      usage: toPersonUsage(row, days),
      days,
      tables: tables.rows.map((one) => toTableUsage(one, days)),
      queries: queries.rows.map((one) => toQueryUsage(one, days)),
      tools: tools.rows.map((one) => toToolUsage(one, days)),
    }
  }

  /** One table, with who uses it; `not_found` where the viewer may know of none by this name. */
  async table(viewer: Viewer, name: string, text: SearchText, options: ReadOptions): Promise<TableDetail> {
    const search = this.#restrict(viewer, text)
    const of = { table: name }
    const row = await firstFound(['count', 'unused'] as const, async (sort) =>
      this.#usage.tables(search, { sort, limit: 1, of }, options),
    )
    const what = { table: name, limit: detailRows }
    const days = this.#daysOf(search)
    const readers = await this.#usage.peopleOfTable(search, { ...what, access: 'read' }, options)
    const writers = await this.#usage.peopleOfTable(search, { ...what, access: 'write' }, options)
    const queries = await this.#usage.queries(search, { sort: 'count', limit: detailRows, of }, options)
    return {
      usage: toTableUsage(row, days),
      days,
      readers: readers.map(toPersonCount),
      writers: writers.map(toPersonCount),
      queries: queries.rows.map((one) => toQueryUsage(one, days)),
    }
  }

  /** One query, with who runs it and how it goes; `not_found` where the search finds no execution of it. */
  async query(
    viewer: Viewer,
    fingerprint: string,
    text: SearchText,
    options: ReadOptions,
  ): Promise<QueryDetail> {
    const search = this.#restrict(viewer, text)
    const request = { sort: 'count', limit: detailRows, of: { fingerprint } } as const
    const row = await firstFound(['count'] as const, async (sort) =>
      this.#usage.queries(search, { ...request, sort, limit: 1 }, options),
    )
    const what = { fingerprint, limit: detailRows }
    const days = this.#daysOf(search)
    const people = await this.#usage.people(search, request, options)
    return {
      usage: toQueryUsage(row, days),
      days,
      people: people.rows.map(toPersonCount),
      durations: sortBuckets(row.durations).map(({ bucket, count }) => ({
        fromMs: bucketStart(bucket),
        toMs: bucketStart(bucket + 1),
        count,
      })),
      errors: await this.#usage.errorsOfQuery(search, what, options),
      tables: await this.#usage.tablesOfQuery(search, what, options),
    }
  }

  /** A search as it is understood: with the default where there is none. */
  resolve(text: SearchText): ResolvedSearch {
    const { now, windowDays } = this.#deps
    const { q = insightsQueryDefault, from, to } = text
    const search = resolveSearch({ q, from, to }, now(), windowDays)
    if (from !== undefined || to !== undefined || !startsByDefault(search.from, now(), windowDays))
      return search
    // Whole days: the first of them is as long as the others.
    return { ...search, from: dayStart(search.from.slice(0, 10)) ?? search.from }
  }

  get #usage(): EventStore['usage'] {
    return this.#deps.store.usage
  }

  #answer<Row, Answer>(
    search: RestrictedSearch,
    { rows, total }: UsageRows<Row>,
    toAnswer: (row: Row, days: string[]) => Answer,
  ): { rows: Answer[]; total: number; days: string[] } {
    const days = this.#daysOf(search)
    return { rows: rows.map((row) => toAnswer(row, days)), total, days }
  }

  #restrict(viewer: Viewer, text: SearchText): RestrictedSearch {
    const keptFrom = timeFromMs(this.#deps.now() - this.#deps.retentionDays * dayMs)
    const search = restrictToViewer(viewer, this.resolve(text), keptFrom)
    // Before anything is counted.
    this.#daysOf(search)
    return search
  }

  #daysOf(search: RestrictedSearch): string[] {
    return listDays(search, this.#deps.now())
  }
}

function startsByDefault(from: string, nowMs: number, windowDays: number): boolean {
  return from === timeFromMs(nowMs - windowDays * dayMs)
}

/** The first row of the first list that has one. */
async function firstFound<Sort, Row>(
  sorts: readonly Sort[],
  list: (sort: Sort) => Promise<UsageRows<Row>>,
): Promise<Row> {
  for (const sort of sorts) {
    const [row] = (await list(sort)).rows
    if (row !== undefined) return row
  }
  throw new AuditError('not_found', 'Nothing is known by this name.')
}
