import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { durationBucket, toSummand } from '../duration-buckets.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import { personOf, readPerson } from '../seen.ts'
import type {
  PersonCounts,
  PersonName,
  QueryCounts,
  TableCounts,
  ToolCounts,
  UsageOf,
} from '../usage-store.ts'
import type { SeenThings } from './seen-things.ts'

export type Row = { event: StoredEvent; searchable: SearchableEvent }

/** Rows of lists from their events. */
export class UsageRowMaker {
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
    return {
      person: this.name(search, id),
      ...outcomesOf(rows),
      tables,
      ...this.#seenAt(search, 'person', id),
    }
  }

  table(search: RestrictedSearch, table: string, rows: Row[]): TableCounts {
    const [reads, writes] = [accessesIn(rows, table, 'read'), accessesIn(rows, table, 'write')]
    const tools = mostFrequent(
      groupBy(rows, ({ searchable }) => [searchable.tool], ''),
      toolsMax,
    )
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
    const lastAt = rows.reduce(
      (last, { searchable }) => (searchable.occurredAt > last ? searchable.occurredAt : last),
      '',
    )
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

export function belongsToTable(name: string, { table }: UsageOf = {}): boolean {
  return table === undefined || name === table
}

/** An event for each time that it accesses a table so. */
export function accessesIn(rows: Row[], table: string, access: 'read' | 'write'): Row[] {
  return rows.flatMap((row) =>
    (row.event.statement?.tables ?? [])
      .filter((one) => one.name.toWellFormed() === table && one.access === access)
      .map(() => row),
  )
}

export function tablesOf(event: StoredEvent): string[] {
  return [...new Set(event.statement?.tables.map(({ name }) => name.toWellFormed()))]
}

/** Rows by each of their names; the empty one is none, unless it is asked for. */
export function groupBy(rows: Row[], namesOf: (row: Row) => string[], ...wanted: ''[]): Map<string, Row[]> {
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

export function mostFrequent(groups: Map<string, Row[]>, limit: number): { name: string; count: number }[] {
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

export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
