import type { Buffer } from 'node:buffer'
import type { RowBuffer } from './row-buffer.ts'

/** Who may wait for whom: each lane has its own connections, so that a long export never delays a person. */
export type Lane = 'apply' | 'interactive' | 'long'

export type QueryParams = Record<string, unknown>

export type QueryOptions = {
  /** When it aborts, nobody waits for the answer any more: the engine stops the query. */
  signal?: AbortSignal | undefined
  /** For what a server takes for a change although it changes nothing, such as CHECK TABLE. */
  mayChange?: boolean
}

/**
 * A ClickHouse engine, embedded or a server: the few things that differ between them.
 * Errors: AuditError('too_large') when a query exceeds its time or memory, AuditError('storage_full') when the disk is
 * full, AuditError('invalid') for a row that is refused, AuditError('unavailable') when the engine cannot be reached or
 * the signal aborted, AuditError('overloaded') when too many wait for a lane; others as the engine throws them.
 */
export type Engine = {
  /** The cluster whose replicas hold the tables; undefined: the tables are of this one engine alone. */
  readonly cluster: string | undefined
  /**
   * Runs a query and returns its rows as lines of JSON (one value, array or object a line). When the signal aborts, the
   * caller is told at once, the query is stopped in the engine, and its connection of the lane is free again as soon as
   * the engine has let go of it.
   */
  queryLines(lane: Lane, sql: string, params?: QueryParams, options?: QueryOptions): Promise<string[]>
  /** The same as bytes, each row with a line feed behind it. */
  queryBytes(lane: Lane, sql: string, params?: QueryParams, options?: QueryOptions): Promise<Buffer>
  command(lane: Lane, sql: string, params?: QueryParams): Promise<void>
  /**
   * Inserts rows into the columns that they name; durable when it resolves. When it rejects, they may be there. Leave
   * the buffer alone until then.
   */
  insertRows(table: string, rows: RowBuffer): Promise<void>
  /**
   * Makes certain what became of earlier inserts: when it resolves, none of them is still running, and this engine
   * shows everything that any replica has taken. Ask it before asking what is there.
   */
  settleInserts(tables: readonly string[]): Promise<void>
  close(): Promise<void>
}
