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
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { dayStart, timeFromMs } from '@aleph-audit-log/domain/time'
import { restrictToViewer } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { resolveSearch, type ResolvedSearch, type SearchText } from '../search/resolve-search.ts'
import { bucketStart, sortBuckets } from '../store/duration-buckets.ts'
import type { EventStore, ReadOptions } from '../store/event-store.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import type { UsageRequest, UsageRows } from '../store/usage-store.ts'
import { listDays, readZone } from './days.ts'
import { toPersonCount, toPersonUsage, toQueryUsage, toTableUsage, toToolUsage } from './usage-answers.ts'

export type InsightsDependencies = {
  store: EventStore
  now: () => number
  retentionDays: number
  windowDays: number
}

/** What is asked for without `q`: what people do in databases, without what programs send by themselves. */
const insightsQueryDefault = 'type:query -is:noise'

/** A search as it was understood at a time, which decides its default range and its last day. */
export type AskedSearch = ResolvedSearch & { askedMs: number }

export type ListRequest<List extends InsightList> = Omit<UsageRequest<List>, 'of'> & {
  /** At most so many rows by days, so that fewer rows than `limit` come of a long range. */
  cellsMax?: number | undefined
}

/** What the viewer may see of a search, with the days that are counted. */
type Counted = { search: RestrictedSearch; days: string[] }

/** Rows of what stands with one person, table or query. */
const detailRows = 20
/** Names that have a name in them, among which the same one is looked for in other letters. */
const namesLookedAt = 100
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

  async people(
    viewer: Viewer,
    asked: AskedSearch,
    request: ListRequest<'people'>,
    options: ReadOptions,
  ): Promise<PeopleUsage> {
    const { search, days } = this.#restrict(viewer, asked)
    return answer(await this.#usage.people(search, limitCells(request, days), options), days, toPersonUsage)
  }

  async tables(
    viewer: Viewer,
    asked: AskedSearch,
    request: ListRequest<'tables'>,
    options: ReadOptions,
  ): Promise<TablesUsage> {
    const { search, days } = this.#restrict(viewer, asked)
    return answer(await this.#usage.tables(search, limitCells(request, days), options), days, toTableUsage)
  }

  async queries(
    viewer: Viewer,
    asked: AskedSearch,
    request: ListRequest<'queries'>,
    options: ReadOptions,
  ): Promise<QueriesUsage> {
    const { search, days } = this.#restrict(viewer, asked)
    return answer(await this.#usage.queries(search, limitCells(request, days), options), days, toQueryUsage)
  }

  async tools(
    viewer: Viewer,
    asked: AskedSearch,
    request: ListRequest<'tools'>,
    options: ReadOptions,
  ): Promise<ToolsUsage> {
    const { search, days } = this.#restrict(viewer, asked)
    return answer(await this.#usage.tools(search, limitCells(request, days), options), days, toToolUsage)
  }

  /** Events by weekday (Monday first) and hour in an IANA time zone. */
  async activity(
    viewer: Viewer,
    { zone = 'UTC', ...text }: SearchText & { zone?: string | undefined },
    options: ReadOptions,
  ): Promise<{ cells: number[][] }> {
    const knownZone = readZone(zone)
    if (knownZone === undefined) {
      throw new AuditError('invalid', 'The time zone is not known.', {
        problems: [{ path: 'zone', message: 'must be an IANA time zone such as Europe/Berlin' }],
      })
    }
    const { search } = this.#restrict(viewer, this.resolve(text))
    return { cells: await this.#usage.activity(search, knownZone, options) }
  }

  /** One person, with what they did; `not_found` where the viewer may know of nobody by this id. */
  async person(viewer: Viewer, id: string, text: SearchText, options: ReadOptions): Promise<PersonDetail> {
    const { search, days } = this.#restrict(viewer, this.resolve(text))
    const row = await firstFound(
      ['count', 'dormant'] as const,
      async (sort) => this.#usage.people(search, { sort, limit: 1, of: { person: id } }, options),
      async (sort) => this.#usage.people(search, { sort, limit: namesLookedAt, contains: id }, options),
      ({ person }) => isSameName(person.id, id),
    )
    const of = { person: row.person.id }
    const request = { sort: 'count', limit: detailRows, of } as const
    const tables = await this.#usage.tables(search, request, options)
    const queries = await this.#usage.queries(search, request, options)
    const tools = await this.#usage.tools(search, request, options)
    return {
      usage: toPersonUsage(row, days),
      days,
      tables: tables.rows.map((one) => toTableUsage(one, days)),
      queries: queries.rows.map((one) => toQueryUsage(one, days)),
      tools: tools.rows.map((one) => toToolUsage(one, days)),
      totals: { tables: tables.total, queries: queries.total, tools: tools.total },
    }
  }

  /** One table, with who uses it; `not_found` where the viewer may know of none by this name. */
  async table(viewer: Viewer, name: string, text: SearchText, options: ReadOptions): Promise<TableDetail> {
    const { search, days } = this.#restrict(viewer, this.resolve(text))
    const row = await firstFound(
      ['count', 'unused'] as const,
      async (sort) => this.#usage.tables(search, { sort, limit: 1, of: { table: name } }, options),
      async (sort) => this.#usage.tables(search, { sort, limit: namesLookedAt, contains: name }, options),
      ({ table }) => isSameName(table, name),
    )
    const of = { table: row.table }
    const what = { ...of, limit: detailRows }
    const readers = await this.#usage.peopleOfTable(search, { ...what, access: 'read' }, options)
    const writers = await this.#usage.peopleOfTable(search, { ...what, access: 'write' }, options)
    const queries = await this.#usage.queries(search, { sort: 'count', limit: detailRows, of }, options)
    const usage = toTableUsage(row, days)
    return {
      usage,
      days,
      readers: readers.map(toPersonCount),
      writers: writers.map(toPersonCount),
      queries: queries.rows.map((one) => toQueryUsage(one, days)),
      totals: { readers: usage.readers, writers: usage.writers, queries: queries.total },
    }
  }

  /** One query, with who runs it and how it goes; `not_found` where the search finds no execution of it. */
  async query(
    viewer: Viewer,
    fingerprint: string,
    text: SearchText,
    options: ReadOptions,
  ): Promise<QueryDetail> {
    const { search, days } = this.#restrict(viewer, this.resolve(text))
    const request = { sort: 'count', limit: detailRows, of: { fingerprint } } as const
    const row = await firstFound(['count'] as const, async (sort) =>
      this.#usage.queries(search, { ...request, sort, limit: 1 }, options),
    )
    const what = { fingerprint, limit: detailRows }
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
      totals: { people: people.total },
    }
  }

  /** A search as it is understood now: with the default where there is none. */
  resolve(text: SearchText): AskedSearch {
    const { now, windowDays } = this.#deps
    const { q = insightsQueryDefault, from, to } = text
    // Asked once: the default range is told by the moment at which it begins.
    const askedMs = now()
    const search = { ...resolveSearch({ q, from, to }, askedMs, windowDays), askedMs }
    if (from !== undefined || to !== undefined || !startsByDefault(search.from, askedMs, windowDays))
      return search
    // Whole days: the first of them is as long as the others.
    return { ...search, from: dayStart(search.from.slice(0, 10)) ?? search.from }
  }

  get #usage(): EventStore['usage'] {
    return this.#deps.store.usage
  }

  #restrict(viewer: Viewer, asked: AskedSearch): Counted {
    const keptFrom = timeFromMs(asked.askedMs - this.#deps.retentionDays * dayMs)
    const search = restrictToViewer(viewer, asked, keptFrom)
    return { search, days: listDays(search, asked.askedMs) }
  }
}

function limitCells<Request extends { limit: number; cellsMax?: number | undefined }>(
  { cellsMax, ...request }: Request,
  days: string[],
): Omit<Request, 'cellsMax'> {
  if (cellsMax === undefined) return request
  return { ...request, limit: Math.min(request.limit, Math.max(1, Math.floor(cellsMax / days.length))) }
}

function answer<Row, Answer>(
  { rows, total }: UsageRows<Row>,
  days: string[],
  toAnswer: (row: Row, days: string[]) => Answer,
): { rows: Answer[]; total: number; days: string[] } {
  return { rows: rows.map((row) => toAnswer(row, days)), total, days }
}

function startsByDefault(from: string, nowMs: number, windowDays: number): boolean {
  return from === timeFromMs(nowMs - windowDays * dayMs)
}

function isSameName(one: string, other: string): boolean {
  return toSearchText(one) === toSearchText(other)
}

/**
 * The first row of the first list that has one; else the first one of `others` that is the same in other letters, because
 * rules and searches know no case and some databases do.
 */
async function firstFound<Sort, Row>(
  sorts: readonly Sort[],
  list: (sort: Sort) => Promise<UsageRows<Row>>,
  others?: (sort: Sort) => Promise<UsageRows<Row>>,
  isSame: (row: Row) => boolean = () => false,
): Promise<Row> {
  for (const sort of sorts) {
    const [row] = (await list(sort)).rows
    if (row !== undefined) return row
  }
  for (const sort of others === undefined ? [] : sorts) {
    const row = (await others?.(sort))?.rows.find(isSame)
    if (row !== undefined) return row
  }
  throw new AuditError('not_found', 'Nothing is known by this name.')
}
