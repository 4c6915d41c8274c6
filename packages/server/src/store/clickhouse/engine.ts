import type { RowBuffer } from './row-buffer.ts'

/** Who may wait for whom: each lane has its own connections, so that a long export never delays a person. */
export type Lane = 'apply' | 'interactive' | 'long'

export type QueryParams = Record<string, unknown>

/**
 * A ClickHouse engine, embedded or a server: the few things that differ between them.
 * Errors: AuditError('too_large') when a query exceeds its time or memory, AuditError('storage_full') when the disk is
 * full; others as the engine throws them.
 */
export type Engine = {
  /** Runs a query and returns its rows as lines of JSON (one value, array or object a line). */
  queryLines(lane: Lane, sql: string, params?: QueryParams): Promise<string[]>
  command(lane: Lane, sql: string, params?: QueryParams): Promise<void>
  /** Inserts rows into the columns that they name; durable when it resolves. Leave the buffer alone until then. */
  insertRows(table: string, rows: RowBuffer): Promise<void>
  close(): Promise<void>
}
