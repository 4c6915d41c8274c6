import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import type { Engine } from './engine.ts'
import { toEngineTime, toEventRow } from './event-row.ts'
import { RowBuffer, type Row } from './row-buffer.ts'

/** An insert takes rows until they have so many bytes; a row is at most some 15 MB. */
const insertBytesMax = 32 * 1024 * 1024
/** Making rows is work: other requests get their turn after so many. */
const rowsPerTurn = 500

/** Inserts events of one week into `events`. */
export async function insertEventRows(engine: Engine, events: readonly StoredEvent[]): Promise<void> {
  await insertRows(engine, 'events', events, (event) => [toEventRow(event)])
}

/** Inserts a row for each table of the events, all of one week, into `table`, which is like `event_tables`. */
export async function insertTableRows(
  engine: Engine,
  table: string,
  events: readonly StoredEvent[],
): Promise<void> {
  await insertRows(engine, table, events, toTableRows)
}

async function insertRows(
  engine: Engine,
  table: string,
  events: readonly StoredEvent[],
  toRows: (event: StoredEvent) => Row[],
): Promise<void> {
  const rows = new RowBuffer()
  for (const [i, event] of events.entries()) {
    for (const row of toRows(event)) rows.add(row)
    if (rows.length >= insertBytesMax) {
      await engine.insertRows(table, rows)
      rows.clear()
    }
    if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn()
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
