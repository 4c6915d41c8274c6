import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { EventLines } from '../../../store/event-store.ts'
import { toLines } from '../event-lines.ts'
import { parseColumns } from '../export-columns.ts'
import type { ExportOptions } from '../export-options.ts'

/** A stored event; `sequence` makes its id and position. */
export function makeEvent(sequence: number, fields: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: `01930000-0000-7000-8000-${sequence.toString(16).padStart(12, '0')}`,
    idFromSender: false,
    type: 'query',
    occurredAt: '2026-11-22T10:00:00.123456Z',
    receivedAt: '2026-11-22T10:00:00.200000Z',
    actor: { type: 'user', name: 'Ann Lee', email: 'ann@acme.example' },
    outcome: 'success',
    workspaceId: 'w1',
    source: 'api',
    contentHash: '00'.repeat(32),
    position: { node: 'n1', sequence },
    ...fields,
  }
}

/** An event whose Data is this text. */
export function makeQuery(sequence: number, sql: string, fields: Partial<StoredEvent> = {}): StoredEvent {
  return makeEvent(sequence, { data: { sql }, ...fields })
}

const about = {
  workspaceName: 'Acme',
  searchText: 'type:query',
  from: '2026-10-23T00:00:00.000000Z',
  exportedBy: 'Ann Lee <ann@acme.example>',
  exportedAt: '2026-11-22T10:00:00.000000Z',
}

/** Options with these columns; those of the default without a text. */
export function makeOptions(columns?: string, options: Partial<ExportOptions> = {}): ExportOptions {
  return { columns: parseColumns(columns), present: toPublicEvent, about, ...options }
}

export async function* pagesOf(events: readonly StoredEvent[], pageEvents = 100): AsyncGenerator<EventLines> {
  for (let i = 0; i < events.length; i += pageEvents) yield toLines(events.slice(i, i + pageEvents))
}

/** Everything that an encoder yields, as one file. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}
