import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
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
  return (event.statement?.tables ?? []).map((table) => ({
    workspace_id: event.workspaceId,
    occurred_at: toEngineTime(padMicroseconds(event.occurredAt)),
    id: event.id,
    node: event.position.node,
    sequence: event.position.sequence,
    table_name: table.name.toWellFormed(),
    access: table.access,
    type: event.type,
    email: (event.actor.email ?? '').toWellFormed(),
    tool: (event.attribution?.tool ?? '').toWellFormed(),
  }))
}
