import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import { Kysely, sql } from 'kysely'
import { createPostgresExclusive } from './postgres-exclusive.ts'
import { PostgresLease } from './postgres-lease.ts'
import { openPostgresDialect, type NoteContact } from './postgres-pool.ts'
import { lockKey } from './postgres-session.ts'
import type { Lease, SettingsDatabase, SettingsEngine, TransactionOutcome } from './settings-engine.ts'
import { settingsLimits } from './settings-limits.ts'
import type { SettingsTables } from './settings-tables.ts'

/** The oldest PostgreSQL whose functions are all used here (`idle_session_timeout` came with 14). */
const versionMin = 140_000

/**
 * Opens PostgreSQL, which several servers may share. `databaseUrl` is used as it is and never quoted: it holds a
 * password. **Promise: what is committed is as durable as the server's own settings make it** (`synchronous_commit`).
 * Throws AuditError('unavailable') if it cannot be used.
 */
export async function openPostgresEngine(databaseUrl: string): Promise<SettingsEngine> {
  let isAway = false
  const noteContact: NoteContact = (error) => {
    isAway = error !== undefined
  }
  const db = new Kysely<SettingsTables>({ dialect: openPostgresDialect(databaseUrl, noteContact) })
  const exclusive = createPostgresExclusive(databaseUrl, noteContact)
  const leases = new Set<Lease>()
  try {
    await checkServer(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return {
    db,
    withExclusive: exclusive.withExclusive,
    lease: (name, work) => {
      const lease = new PostgresLease(databaseUrl, noteContact, name, work)
      leases.add(lease)
      return lease
    },
    lockUntilCommit: async (transaction, name) => {
      const [before = '', after = ''] = lockKey.split('$1')
      const key = sql`${sql.raw(before)}${`transaction ${name}`}${sql.raw(after)}`
      await sql`select pg_advisory_xact_lock(${key})`.execute(transaction)
    },
    markTransaction: async (transaction) => {
      const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(transaction)
      return rows[0]?.id
    },
    outcomeOf: async (mark) => (mark === undefined ? 'rolled_back' : readOutcome(db, mark)),
    findProblems: () => (isAway ? ['The settings database cannot be reached.'] : []),
    close: async () => {
      await Promise.all([...leases].map(async (lease) => lease.close()))
      await exclusive.close()
      await db.destroy()
    },
  }
}

async function checkServer(db: SettingsDatabase): Promise<void> {
  const { rows } = await sql<{ version: number; schema: string | null; encoding: string }>`
    select
      current_setting('server_version_num')::integer as version,
      current_schema() as schema,
      current_setting('server_encoding') as encoding`.execute(db)
  const [{ version, schema, encoding } = { version: 0, schema: null, encoding: '' }] = rows
  const problem =
    version < versionMin
      ? `is older than PostgreSQL ${versionMin / 10_000}`
      : schema === null
        ? 'gives its user no schema to write in: see search_path'
        : encoding === 'UTF8'
          ? undefined
          : `has the encoding ${encoding} instead of UTF8`
  if (problem !== undefined) throw new AuditError('unavailable', `it ${problem}`)
}

/**
 * What PostgreSQL remembers of a transaction: it does so for two billion transactions. Asked again while it is away
 * (as when it restarts) and while the transaction is still ending.
 */
async function readOutcome(db: SettingsDatabase, id: string): Promise<TransactionOutcome> {
  const { outcomeMsMax, outcomeRetryMs } = settingsLimits.postgres
  const start = performance.now()
  for (;;) {
    const status = await sql<{ status: string | null }>`select pg_xact_status(${id}::xid8) as status`
      .execute(db)
      .then(
        ({ rows }) => rows[0]?.status,
        () => undefined,
      )
    if (status === 'committed') return 'committed'
    if (status === 'aborted') return 'rolled_back'
    if (performance.now() - start > outcomeMsMax) return 'unknown'
    await sleep(outcomeRetryMs)
  }
}
