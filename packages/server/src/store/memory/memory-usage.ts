import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { durationBucket, quantileOf, toSummand } from '../duration-buckets.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import { personOf, readPerson } from '../seen.ts'
import type {
  PersonCounts,
  PersonName,
  QueryCounts,
  TableCounts,
  ToolCounts,
  UsageOf,
  UsageRows,
  UsageStore,
} from '../usage-store.ts'
import type { SeenThings } from './seen-things.ts'

type Row = { event: StoredEvent; searchable: SearchableEvent }

/** The plain meaning of every list about usage: all events are looked at one by one. */
export function createMemoryUsage(select: (search: RestrictedSearch) => Row[], seen: SeenThings): UsageStore {
  const rowsOf = (search: RestrictedSearch, of: UsageOf = {}): Row[] =>
    select(search).filter((row) => belongsTo(row, of))
  const listed = new Listed(seen)
  return {
    people: async (search, request) => {
      const groups = groupBy(rowsOf(search, request.of), ({ event }) => [personOf(event)])
      const rows = [...groups].map(([id, group]) => listed.person(search, id, group, request.of))
      const unseen = (): PersonCounts[] =>
        [...seen.visible(search, 'person').keys()]
          .filter((id) => !groups.has(id) && id === (request.of?.person ?? id))
          .map((id) => listed.person(search, id, []))
      const nameOf = ({ person }: PersonCounts): string[] => [person.id]
      const keys = { count: (row: PersonCounts) => row.count, failed: (row: PersonCounts) => row.failed }
      const by = { ...keys, tables: (row: PersonCounts) => row.tables, ...bySeen<PersonCounts>() }
      return firstOf(request.sort === 'dormant' ? unseen() : rows, request, by[request.sort], nameOf, ({ person }) => [
        person.id,
        person.name ?? '',
        person.email ?? '',
      ])
    },
    tables: async (search, request) => {
      const groups = groupBy(rowsOf(search, request.of), ({ event }) => tablesOf(event))
      const names = new Set([...groups.keys()].filter((name) => belongsToTable(name, request.of)))
      const rows = [...names].map((name) => listed.table(search, name, groups.get(name) ?? []))
      const unseen = (): TableCounts[] =>
        [...seen.visible(search, 'table').keys()]
          .filter((name) => !groups.has(name) && belongsToTable(name, request.of))
          .map((name) => listed.table(search, name, []))
      const nameOf = ({ table }: TableCounts): string[] => [table]
      const by = {
        count: (row: TableCounts) => row.count,
        reads: (row: TableCounts) => row.reads,
        writes: (row: TableCounts) => row.writes,
        readers: (row: TableCounts) => row.readers,
        writers: (row: TableCounts) => row.writers,
        ...bySeen<TableCounts>(),
      }
      return firstOf(request.sort === 'unused' ? unseen() : rows, request, by[request.sort], nameOf, ({ table }) => [table])
    },
    queries: async (search, request) => {
      const groups = groupBy(rowsOf(search, request.of), ({ event }) => [event.statement?.fingerprint ?? ''])
      const rows = [...groups].map(([fingerprint, group]) => listed.query(search, fingerprint, group))
      const by = {
        count: (row: QueryCounts) => row.count,
        failed: (row: QueryCounts) => row.failed,
        slowest: (row: QueryCounts) => quantileOf(row.durations, 0.95) ?? -1,
        totalMs: (row: QueryCounts) => row.totalMs,
        rows: (row: QueryCounts) => row.rows,
        people: (row: QueryCounts) => row.people,
        ...bySeen<QueryCounts>(),
      }
      return firstOf(rows, request, by[request.sort], ({ fingerprint }) => [fingerprint], ({ normalized }) => [normalized])
    },
    tools: async (search, request) => {
      const keyOf = ({ event, searchable: { tool, login } }: Row): string =>
        JSON.stringify([tool, login, (event.context?.application ?? '').toWellFormed()])
      const groups = groupBy(rowsOf(search, request.of), (row) => [keyOf(row)])
      const rows = [...groups].map(([key, group]) => listed.tool(JSON.parse(key) as [string, string, string], group))
      const nameOf = ({ tool, login, application }: ToolCounts): string[] => [tool, login, application]
      const by = {
        count: (row: ToolCounts) => row.count,
        failed: (row: ToolCounts) => row.failed,
        people: (row: ToolCounts) => row.people,
      }
      return firstOf(rows, request, by[request.sort], nameOf, ({ tool, login, application }) => [
        tool,
        login,
        application,
      ])
    },
    activity: async (search, zone) => activityOf(rowsOf(search), zone),
    peopleOfTable: async (search, { table, access, limit }) => {
      const rows = accessesIn(rowsOf(search), table, access)
      return mostFrequent(groupBy(rows, ({ event }) => [personOf(event)]), limit).map(({ name, count }) => ({
        person: listed.name(search, name),
        count,
      }))
    },
    errorsOfQuery: async (search, { fingerprint, limit }) => {
      const groups = groupBy(rowsOf(search, { fingerprint }), ({ searchable }) => searchable.errors.slice(0, 1))
      return mostFrequent(groups, limit).map(({ name, count }) => ({ error: name, count }))
    },
    tablesOfQuery: async (search, { fingerprint, limit }) => {
      const groups = groupBy(rowsOf(search, { fingerprint }), ({ event }) => tablesOf(event))
      return mostFrequent(groups, limit).map(({ name, count }) => ({ table: name, count }))
    },
  }
}

/** Rows of lists from their events. */
class Listed {
  readonly #seen: SeenThings

  constructor(seen: SeenThings) {
    this.#seen = seen
  }

  name(search: RestrictedSearch, id: string): PersonName {
    return readPerson(id, this.#seen.described(search, 'person', id)?.latest[1] ?? '')
  }

  person(search: RestrictedSearch, id: string, rows: Row[], of?: UsageOf): PersonCounts {
    const touched = rows.flatMap(({ event }) => tablesOf(event))
    const tables = new Set(touched.filter((name) => name !== '' && belongsToTable(name, of))).size
    return { person: this.name(search, id), ...outcomesOf(rows), tables, ...this.#seenAt(search, 'person', id) }
  }

  table(search: RestrictedSearch, table: string, rows: Row[]): TableCounts {
    const [reads, writes] = [accessesIn(rows, table, 'read'), accessesIn(rows, table, 'write')]
    const tools = mostFrequent(groupBy(rows, ({ searchable }) => [searchable.tool], ''), toolsMax)
    return {
      table,
      count: rows.length,
      reads: reads.length,
      writes: writes.length,
      readers: peopleIn(reads),
      writers: peopleIn(writes),
      tools: tools.map(({ name, count }) => ({ tool: name, count })),
      perDay: daysOf(rows),
      ...this.#seenAt(search, 'table', table),
    }
  }

  query(search: RestrictedSearch, fingerprint: string, rows: Row[]): QueryCounts {
    const durations: Record<string, number> = {}
    let [totalMs, sumRows] = [0, 0]
    for (const { searchable } of rows) {
      sumRows += toSummand(searchable.rows ?? 0)
      if (searchable.durationMs === undefined) continue
      totalMs += toSummand(searchable.durationMs)
      const bucket = durationBucket(searchable.durationMs)
      durations[bucket] = (durations[bucket] ?? 0) + 1
    }
    const text = this.#seen.described(search, 'query', fingerprint)?.text ?? '\n'
    const end = text.indexOf('\n')
    return {
      fingerprint,
      kind: text.slice(0, end),
      normalized: text.slice(end + 1),
      ...outcomesOf(rows),
      durations,
      totalMs,
      rows: sumRows,
      people: peopleIn(rows),
      ...this.#seenAt(search, 'query', fingerprint),
    }
  }

  tool([tool, login, application]: [string, string, string], rows: Row[]): ToolCounts {
    const lastAt = rows.reduce((last, { searchable }) => (searchable.occurredAt > last ? searchable.occurredAt : last), '')
    return { tool, login, application, ...outcomesOf(rows), people: peopleIn(rows), lastAt }
  }

  #seenAt(
    search: RestrictedSearch,
    kind: 'person' | 'table' | 'query',
    name: string,
  ): { firstSeenAt?: string; lastSeenAt?: string } {
    const entry = this.#seen.visible(search, kind).get(name)
    return entry === undefined ? {} : { firstSeenAt: entry.first, lastSeenAt: entry.last }
  }
}

/** So many tools stand with a table. */
const toolsMax = 10

function belongsTo({ event }: Row, { person, table, fingerprint }: UsageOf): boolean {
  return (
    (person === undefined || personOf(event) === person) &&
    (table === undefined || tablesOf(event).includes(table)) &&
    (fingerprint === undefined || event.statement?.fingerprint === fingerprint)
  )
}

function belongsToTable(name: string, { table }: UsageOf = {}): boolean {
  return table === undefined || name === table
}

/** An event for each time that it accesses a table so. */
function accessesIn(rows: Row[], table: string, access: 'read' | 'write'): Row[] {
  return rows.flatMap((row) =>
    (row.event.statement?.tables ?? [])
      .filter((one) => one.name.toWellFormed() === table && one.access === access)
      .map(() => row),
  )
}

function tablesOf(event: StoredEvent): string[] {
  return [...new Set(event.statement?.tables.map(({ name }) => name.toWellFormed()))]
}

/** Rows by each of their names; the empty one is none, unless it is asked for. */
function groupBy(rows: Row[], namesOf: (row: Row) => string[], ...wanted: ''[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    for (const name of namesOf(row)) {
      if (name === '' && wanted.length === 0) continue
      const group = groups.get(name)
      if (group) group.push(row)
      else groups.set(name, [row])
    }
  }
  return groups
}

function mostFrequent(groups: Map<string, Row[]>, limit: number): { name: string; count: number }[] {
  return [...groups]
    .map(([name, rows]) => ({ name, count: rows.length }))
    .sort((a, b) => b.count - a.count || compareBytes(a.name, b.name))
    .slice(0, limit)
}

function outcomesOf(rows: Row[]): Pick<ToolCounts, 'count' | 'failed' | 'denied' | 'perDay'> {
  const withOutcome = (outcome: string): number =>
    rows.filter(({ searchable }) => searchable.outcome === outcome).length
  return {
    count: rows.length,
    failed: withOutcome('failure'),
    denied: withOutcome('denied'),
    perDay: daysOf(rows),
  }
}

function daysOf(rows: Row[]): Record<string, number> {
  const days: Record<string, number> = {}
  for (const { searchable } of rows) {
    const day = searchable.occurredAt.slice(0, 10)
    days[day] = (days[day] ?? 0) + 1
  }
  return days
}

function peopleIn(rows: Row[]): number {
  return new Set(rows.map(({ event }) => personOf(event)).filter((person) => person !== '')).size
}

type ByTime = { lastSeenAt?: string }

/** The greater comes first: what was seen last, or, of what is not used, what was seen longest ago. */
function bySeen<Row extends ByTime>(): Record<'lastSeenAt' | 'dormant' | 'unused', (row: Row) => number> {
  const micros = (time: string | undefined): number =>
    time === undefined ? 0 : Date.parse(`${time.slice(0, 23)}Z`) * 1000 + Number(time.slice(23, 26))
  return {
    lastSeenAt: (row) => micros(row.lastSeenAt),
    dormant: (row) => -micros(row.lastSeenAt),
    unused: (row) => -micros(row.lastSeenAt),
  }
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

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
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
