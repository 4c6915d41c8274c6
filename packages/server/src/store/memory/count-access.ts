import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { AccessCount, AccessCounts, AccessQuestion, ShownValues } from '../access-counts.ts'
import { personOf } from '../seen.ts'

type Row = { event: StoredEvent; searchable: SearchableEvent }

/** What `EventStore.countAccess` counts, said plainly. */
export function countAccessOf(
  rows: readonly Row[],
  { tables, linesMax, valuesMax }: AccessQuestion,
): AccessCounts {
  const groups = new Map<string, { table: string; person: string; rows: Row[] }>()
  for (const row of rows) {
    for (const table of new Set(tablesOf(row))) {
      if (!tables.includes(table)) continue
      const person = personOf(row.event)
      const key = JSON.stringify([table, person])
      const group = groups.get(key) ?? { table, person, rows: [] }
      group.rows.push(row)
      groups.set(key, group)
    }
  }
  const lines = [...groups.values()].map((group) => toLine(group, valuesMax))
  lines.sort(
    (a, b) => compareBytes(a.table, b.table) || b.count - a.count || compareBytes(a.person, b.person),
  )
  return { lines: lines.slice(0, linesMax), total: lines.length }
}

function tablesOf({ event }: Row, access?: 'read' | 'write'): string[] {
  const tables = event.statement?.tables ?? []
  return tables
    .filter((table) => access === undefined || table.access === access)
    .map(({ name }) => name.toWellFormed())
}

function toLine(
  { table, person, rows }: { table: string; person: string; rows: Row[] },
  valuesMax: number,
): AccessCount {
  const byPlace = rows.toSorted(
    (a, b) =>
      compareBytes(a.searchable.occurredAt, b.searchable.occurredAt) ||
      compareBytes(a.event.position.node, b.event.position.node) ||
      a.event.position.sequence - b.event.position.sequence,
  )
  const newest = byPlace.at(-1)
  const count = (isCounted: (row: Row) => boolean): number => rows.filter(isCounted).length
  return {
    table,
    person,
    name: (newest?.event.actor.name ?? '').toWellFormed(),
    email: (newest?.event.actor.email ?? '').toWellFormed(),
    count: rows.length,
    reads: count((row) => tablesOf(row, 'read').includes(table)),
    writes: count((row) => tablesOf(row, 'write').includes(table)),
    failed: count(({ event }) => event.outcome === 'failure'),
    denied: count(({ event }) => event.outcome === 'denied'),
    firstAt: byPlace[0]?.searchable.occurredAt ?? '',
    lastAt: newest?.searchable.occurredAt ?? '',
    tools: shown(rows, ({ event }) => toSearchText(event.attribution?.tool ?? ''), valuesMax),
    logins: shown(rows, ({ searchable }) => searchable.login, valuesMax),
    applications: shown(rows, ({ event }) => (event.context?.application ?? '').toWellFormed(), valuesMax),
  }
}

function shown(rows: readonly Row[], valueOf: (row: Row) => string, valuesMax: number): ShownValues {
  const values = [...new Set(rows.map(valueOf))].filter((value) => value !== '').sort(compareBytes)
  return { values: values.slice(0, valuesMax), total: values.length }
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
