import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { quantileOf } from '../duration-buckets.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import { personOf, type SeenKind } from '../seen.ts'
import type {
  Activity,
  PersonCount,
  PersonCounts,
  QueryCounts,
  TableCounts,
  ToolCounts,
  UsageOf,
  UsageRequest,
  UsageRows,
  UsageStore,
} from '../usage-store.ts'
import type { SeenThings } from './seen-things.ts'
import {
  accessesIn,
  belongsToTable,
  compareBytes,
  groupBy,
  mostFrequent,
  tablesOf,
  UsageRowMaker,
  type Row,
} from './usage-row-maker.ts'

/** The plain meaning of every list about usage: all events are looked at one by one. */
export class MemoryUsage implements UsageStore {
  readonly #select: (search: RestrictedSearch) => Row[]
  readonly #seen: SeenThings
  readonly #listed: UsageRowMaker

  constructor(select: (search: RestrictedSearch) => Row[], seen: SeenThings) {
    this.#select = select
    this.#seen = seen
    this.#listed = new UsageRowMaker(seen)
  }

  async people(search: RestrictedSearch, request: UsageRequest<'people'>): Promise<UsageRows<PersonCounts>> {
    const groups = groupBy(this.#rows(search, request.of), ({ event }) => [personOf(event)])
    const ids =
      request.sort === 'dormant'
        ? this.#unseen(search, 'person', groups).filter((id) => id === (request.of?.person ?? id))
        : [...groups.keys()]
    const rows = ids.map((id) => this.#listed.person(search, id, groups.get(id) ?? [], request.of))
    const by = { ...bySeen, ...byOutcome, tables: (row: PersonCounts) => row.tables }
    const namesOf = ({ person }: PersonCounts): string[] => [person.id]
    const textsOf = ({ person }: PersonCounts): string[] => [person.id, person.name ?? '', person.email ?? '']
    return firstOf(rows, request, by[request.sort], namesOf, textsOf)
  }

  async tables(search: RestrictedSearch, request: UsageRequest<'tables'>): Promise<UsageRows<TableCounts>> {
    const groups = groupBy(this.#rows(search, request.of), ({ event }) => tablesOf(event))
    const names = request.sort === 'unused' ? this.#unseen(search, 'table', groups) : [...groups.keys()]
    const rows = names
      .filter((name) => belongsToTable(name, request.of))
      .map((name) => this.#listed.table(search, name, groups.get(name) ?? []))
    const by = {
      ...bySeen,
      count: (row: TableCounts) => row.count,
      reads: (row: TableCounts) => row.reads,
      writes: (row: TableCounts) => row.writes,
      readers: (row: TableCounts) => row.readers,
      writers: (row: TableCounts) => row.writers,
    }
    const namesOf = ({ table }: TableCounts): string[] => [table]
    return firstOf(rows, request, by[request.sort], namesOf, namesOf)
  }

  async queries(search: RestrictedSearch, request: UsageRequest<'queries'>): Promise<UsageRows<QueryCounts>> {
    const groups = groupBy(this.#rows(search, request.of), ({ event }) => [
      event.statement?.fingerprint ?? '',
    ])
    const rows = [...groups].map(([fingerprint, group]) => this.#listed.query(search, fingerprint, group))
    const by = {
      ...bySeen,
      ...byOutcome,
      slowest: (row: QueryCounts) => quantileOf(row.durations, 0.95) ?? -1,
      totalMs: (row: QueryCounts) => row.totalMs,
      rows: (row: QueryCounts) => row.rows,
      people: (row: QueryCounts) => row.people,
    }
    const namesOf = ({ fingerprint }: QueryCounts): string[] => [fingerprint]
    return firstOf(rows, request, by[request.sort], namesOf, ({ normalized }) => [normalized])
  }

  async tools(search: RestrictedSearch, request: UsageRequest<'tools'>): Promise<UsageRows<ToolCounts>> {
    const keyOf = ({ event, searchable: { tool, login } }: Row): string =>
      JSON.stringify([tool, login, (event.context?.application ?? '').toWellFormed()])
    const groups = groupBy(this.#rows(search, request.of), (row) => [keyOf(row)])
    // Written above.
    const rows = [...groups].map(([key, group]) =>
      this.#listed.tool(JSON.parse(key) as [string, string, string], group),
    )
    const by = { ...byOutcome, people: (row: ToolCounts) => row.people }
    const namesOf = ({ tool, login, application }: ToolCounts): string[] => [tool, login, application]
    return firstOf(rows, request, by[request.sort], namesOf, namesOf)
  }

  async activity(search: RestrictedSearch, zone: string): Promise<Activity> {
    return activityOf(this.#rows(search), zone)
  }

  async peopleOfTable(
    search: RestrictedSearch,
    { table, access, limit }: { table: string; access: 'read' | 'write'; limit: number },
  ): Promise<PersonCount[]> {
    const rows = accessesIn(this.#rows(search), table, access)
    return mostFrequent(
      groupBy(rows, ({ event }) => [personOf(event)]),
      limit,
    ).map(({ name, count }) => ({ person: this.#listed.name(search, name), count }))
  }

  async errorsOfQuery(
    search: RestrictedSearch,
    { fingerprint, limit }: { fingerprint: string; limit: number },
  ): Promise<{ error: string; count: number }[]> {
    const rows = this.#rows(search, { fingerprint })
    return mostFrequent(
      groupBy(rows, ({ searchable }) => searchable.errors.slice(0, 1)),
      limit,
    ).map(({ name, count }) => ({ error: name, count }))
  }

  async tablesOfQuery(
    search: RestrictedSearch,
    { fingerprint, limit }: { fingerprint: string; limit: number },
  ): Promise<{ table: string; count: number }[]> {
    const rows = this.#rows(search, { fingerprint })
    return mostFrequent(
      groupBy(rows, ({ event }) => tablesOf(event)),
      limit,
    ).map(({ name, count }) => ({ table: name, count }))
  }

  #rows(search: RestrictedSearch, of: UsageOf = {}): Row[] {
    return this.#select(search).filter((row) => belongsTo(row, of))
  }

  #unseen(search: RestrictedSearch, kind: SeenKind, groups: ReadonlyMap<string, unknown>): string[] {
    return [...this.#seen.visible(search, kind).keys()].filter((name) => !groups.has(name))
  }
}

function belongsTo({ event }: Row, { person, table, fingerprint }: UsageOf): boolean {
  return (
    (person === undefined || personOf(event) === person) &&
    (table === undefined || tablesOf(event).includes(table)) &&
    (fingerprint === undefined || event.statement?.fingerprint === fingerprint)
  )
}

type ByTime = { lastSeenAt?: string }

function microsOf(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(`${time.slice(0, 23)}Z`) * 1000 + Number(time.slice(23, 26))
}

/** The greater comes first: what was seen last, or, of what is not used, what was seen longest ago. */
const bySeen = {
  lastSeenAt: ({ lastSeenAt }: ByTime) => microsOf(lastSeenAt),
  dormant: ({ lastSeenAt }: ByTime) => -microsOf(lastSeenAt),
  unused: ({ lastSeenAt }: ByTime) => -microsOf(lastSeenAt),
}

const byOutcome = {
  count: ({ count }: { count: number }) => count,
  failed: ({ failed }: { failed: number }) => failed,
}

function firstOf<Row>(
  rows: Row[],
  { limit, contains = '' }: { limit: number; contains?: string | undefined },
  by: (row: Row) => number,
  nameOf: (row: Row) => string[],
  textsOf: (row: Row) => string[],
): UsageRows<Row> {
  const wanted = toSearchText(contains)
  const found = rows.filter((row) => textsOf(row).some((text) => toSearchText(text).includes(wanted)))
  const sorted = found.toSorted((a, b) => by(b) - by(a) || compareNames(nameOf(a), nameOf(b)))
  return { rows: sorted.slice(0, limit), total: found.length }
}

function compareNames(a: string[], b: string[]): number {
  for (const [i, name] of a.entries()) {
    const order = compareBytes(name, b[i] ?? '')
    if (order !== 0) return order
  }
  return 0
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function activityOf(rows: Row[], zone: string): number[][] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  const cells = weekdays.map(() => Array.from({ length: 24 }, () => 0))
  for (const { event } of rows) {
    const parts = format.formatToParts(new Date(padMicroseconds(event.occurredAt).slice(0, 23).concat('Z')))
    const valueOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
    const day = cells[weekdays.indexOf(valueOf('weekday'))]
    const hour = Number(valueOf('hour'))
    if (day) day[hour] = (day[hour] ?? 0) + 1
  }
  return cells
}
