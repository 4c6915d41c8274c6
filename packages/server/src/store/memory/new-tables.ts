import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { NewTable } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { UsageRows } from '../usage-store.ts'
import type { SeenThings } from './seen-things.ts'

/** What `EventStore.newTables` lists, said plainly. */
export function newTablesOf(
  search: RestrictedSearch,
  rows: readonly { event: StoredEvent }[],
  seen: SeenThings,
  limit: number,
): UsageRows<NewTable> {
  const counts = new Map<string, number>()
  for (const { event } of rows) {
    const names = new Set(event.statement?.tables.map(({ name }) => name.toWellFormed()))
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const tables = [...seen.visible(search, 'table')].flatMap(([table, { first }]) => {
    const count = counts.get(table)
    return count === undefined || first < search.from ? [] : [{ table, count, firstSeenAt: first }]
  })
  tables.sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.table), Buffer.from(b.table)))
  return { rows: tables.slice(0, limit), total: tables.length }
}
