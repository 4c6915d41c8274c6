import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import { Pool, type PoolClient } from 'pg'
import { endsConnection, toAuditError } from './postgres-errors.ts'
import { settingsLimits } from './settings-limits.ts'

/** Told of each meeting with PostgreSQL, good (`undefined`) or not. */
export type NoteContact = (error: unknown) => void

/** Kysely's way to PostgreSQL, where errors have our codes and a connection that is no good is never used again. */
export function openPostgresDialect(databaseUrl: string, noteContact: NoteContact): PostgresDialect {
  const limits = settingsLimits.postgres
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'aleph-audit-log',
    max: limits.poolConnectionsMax,
    connectionTimeoutMillis: limits.connectMsMax,
    idleTimeoutMillis: limits.poolIdleMs,
    lock_timeout: limits.lockWaitMsMax,
    statement_timeout: limits.statementMsMax,
    query_timeout: limits.answerMsMax,
    idle_in_transaction_session_timeout: limits.idleInTransactionMsMax,
    keepAlive: true,
  })
  // A connection that ends while nobody uses it: the pool makes another one when it is needed.
  pool.on('error', noteContact)
  // The pool listens only while a connection is idle; one that ends between two statements of a transaction must not
  // end the process either.
  pool.on('connect', (client) => client.on('error', noteContact))
  const connect = async (): Promise<PostgresPoolClient> => {
    try {
      return withAuditErrors(await pool.connect(), noteContact)
    } catch (error) {
      noteContact(error)
      throw toAuditError(error)
    }
  }
  const wrapped: PostgresPool = { connect, end: async () => pool.end() }
  return new PostgresDialect({ pool: wrapped })
}

function withAuditErrors(client: PoolClient, noteContact: NoteContact): PostgresPoolClient {
  let ended: Error | undefined
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    // The server has rolled back what a lost connection began; the error that tells of the loss must stay the first.
    if (ended && text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] }
    try {
      const result = await client.query(text, [...values])
      noteContact(undefined)
      return result
    } catch (error) {
      if (endsConnection(error)) {
        ended = error instanceof Error ? error : new Error(String(error))
        noteContact(error)
      }
      throw toAuditError(error)
    }
  }
  return {
    // Cursors are not configured, so Kysely calls it with text and values only.
    query: query as PostgresPoolClient['query'],
    release: () => client.release(ended),
  }
}
