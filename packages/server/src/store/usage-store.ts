import type { insightSorts, InsightList } from '@aleph-audit-log/domain/api/insights'
import type { ReadOptions } from './event-store.ts'
import type { RestrictedSearch } from './restricted-search.ts'

/** Counts only what belongs to one of these, beside what the search says. */
export type UsageOf = { person?: string; table?: string; fingerprint?: string }

export type UsageRequest<List extends InsightList> = {
  sort: (typeof insightSorts)[List][number]
  /** At least 1. */
  limit: number
  /** Only rows whose names have this in them, in any case. */
  contains?: string | undefined
  of?: UsageOf
}

/** The first rows, and how many there are in all. */
export type UsageRows<Row> = { rows: Row[]; total: number }

/** Events by day (`2026-11-22`); days without any are left out. */
export type CountsByDay = Readonly<Record<string, number>>

/** Canonical times; absent where the viewer may not know them, or nothing was ever seen. */
export type Seen = { firstSeenAt?: string; lastSeenAt?: string }

type Outcomes = { count: number; failed: number; denied: number; perDay: CountsByDay }

export type PersonName = { id: string; name?: string; email?: string; actorType?: string }
export type PersonCounts = Outcomes & Seen & { person: PersonName; tables: number }

export type TableCounts = Seen & {
  table: string
  /** Events; one that reads and writes the table is one. */
  count: number
  reads: number
  writes: number
  readers: number
  writers: number
  /** The most frequent first. */
  tools: { tool: string; count: number }[]
  perDay: CountsByDay
}

/** Executions by the logarithm of their duration: see `duration-buckets.ts`. */
export type DurationCounts = Readonly<Record<string, number>>

export type QueryCounts = Outcomes &
  Seen & {
    fingerprint: string
    /** Of a long text only so many characters, `normalizedMax`, and one more. */
    normalized: string
    kind: string
    durations: DurationCounts
    totalMs: number
    rows: number
    people: number
  }

export type ToolCounts = Outcomes & {
  tool: string
  login: string
  application: string
  people: number
  lastAt: string
}

export type PersonCount = { person: PersonName; count: number }

/** Events by weekday (Monday first) and hour. */
export type Activity = number[][]

/** A person's `id`: the lower-cased e-mail, else the actor's id, else the name. */
export type UsageStore = {
  /**
   * Lists of who and what stands in the events that a search finds: sorted as asked, equal ones by their names. With
   * `dormant` and `unused` those are listed that were seen at some time and have no event in the search.
   */
  people(
    search: RestrictedSearch,
    request: UsageRequest<'people'>,
    options?: ReadOptions,
  ): Promise<UsageRows<PersonCounts>>
  tables(
    search: RestrictedSearch,
    request: UsageRequest<'tables'>,
    options?: ReadOptions,
  ): Promise<UsageRows<TableCounts>>
  queries(
    search: RestrictedSearch,
    request: UsageRequest<'queries'>,
    options?: ReadOptions,
  ): Promise<UsageRows<QueryCounts>>
  tools(
    search: RestrictedSearch,
    request: UsageRequest<'tools'>,
    options?: ReadOptions,
  ): Promise<UsageRows<ToolCounts>>

  /** Events by weekday and hour in an IANA time zone. */
  activity(search: RestrictedSearch, zone: string, options?: ReadOptions): Promise<Activity>

  /** Who read or wrote a table most. */
  peopleOfTable(
    search: RestrictedSearch,
    what: { table: string; access: 'read' | 'write'; limit: number },
    options?: ReadOptions,
  ): Promise<PersonCount[]>

  /** The most frequent errors of a query: codes, or messages where there is no code. */
  errorsOfQuery(
    search: RestrictedSearch,
    what: { fingerprint: string; limit: number },
    options?: ReadOptions,
  ): Promise<{ error: string; count: number }[]>

  /** The tables of a query. */
  tablesOfQuery(
    search: RestrictedSearch,
    what: { fingerprint: string; limit: number },
    options?: ReadOptions,
  ): Promise<{ table: string; count: number }[]>
}
