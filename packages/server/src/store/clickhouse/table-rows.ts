import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { isNoiseEvent } from '@aleph-audit-log/domain/searchable-event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { personOf } from '../seen.ts'
import type { Engine } from './engine.ts'
import { toEngineTime } from './event-row.ts'
import { RowBuffer, type Row } from './row-buffer.ts'

/** A rebuild inserts rows when they have so many bytes. */
const insertBytesMax = 32 * 1024 * 1024

/** Inserts a row for each table of the events, all of one week, into `table`, which is like `event_tables`. */
export async function insertTableRows(
  engine: Engine,
  table: string,
  events: readonly StoredEvent[],
): Promise<void> {
  const rows = new RowBuffer()
  for (const event of events) {
    for (const row of toTableRows(event)) rows.add(row)
    if (rows.length >= insertBytesMax) {
      await engine.insertRows(table, rows)
      rows.clear()
    }
  }
  if (rows.length > 0) await engine.insertRows(table, rows)
}

/** The rows of `event_tables` for an event. */
export function toTableRows(event: StoredEvent): Row[] {
  const tables = event.statement?.tables ?? []
  if (tables.length === 0) return []
  const person = personOf(event)
  const noise = isNoiseEvent(event) ? 1 : 0
  const tool = toSearchText(event.attribution?.tool ?? '')
  const names = tables.map((table) => table.name.toWellFormed())
  return tables.map((table, i) => ({
    workspace_id: event.workspaceId,
    occurred_at: toEngineTime(padMicroseconds(event.occurredAt)),
    id: event.id,
    node: event.position.node,
    sequence: event.position.sequence,
    table_name: names[i],
    access: table.access,
    type: event.type,
    email: (event.actor.email ?? '').toWellFormed(),
    tool,
    person,
    noise,
    is_first: names.indexOf(names[i] ?? '') === i ? 1 : 0,
  }))
}
