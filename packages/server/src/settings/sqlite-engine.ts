import { chmod, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import Database from 'libsql'
import { keepFreePages } from './keep-free-pages.ts'
import { createTurns } from './run-in-turn.ts'
import type { Lease, LeaseWork, SettingsEngine } from './settings-engine.ts'
import { settingsLimits } from './settings-limits.ts'
import type { SettingsTables } from './settings-tables.ts'

/**
 * Opens the SQLite file, which belongs to this server alone: it lies in the data directory, which is locked.
 * **Promise: what is committed is on the disk (`synchronous=FULL`).**
 */
export async function openSqliteEngine(path: string): Promise<SettingsEngine> {
  // SQLite gives its -wal and -shm files the mode of the database file.
  const file = await open(path, 'a', 0o600)
  await file.close()
  await chmod(path, 0o600)
  const database = new Database(path, { timeout: settingsLimits.sqliteBusyMs })
  const db = new Kysely<SettingsTables>({
    dialect: new SqliteDialect({ database: withAuditErrors(database) }),
  })
  try {
    translating(() => {
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      database.pragma('foreign_keys = ON')
      keepFreePages(database)
    })
  } catch (error) {
    await db.destroy()
    throw error
  }
  const runInTurn = createTurns()
  const never = new AbortController().signal
  return {
    db,
    withExclusive: async (name, work) => runInTurn(name, async () => work(never)),
    lease: (_name, work) => alwaysHeld(work),
    // There is one connection, so transactions run one after the other.
    lockUntilCommit: async () => undefined,
    markTransaction: async () => undefined,
    outcomeOf: async () => 'rolled_back',
    findProblems: () => [],
    close: async () => db.destroy(),
  }
}

function alwaysHeld({ work, onError }: LeaseWork): Lease {
  const closing = new AbortController()
  const { signal } = closing
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await work(signal).catch(onError)
      await sleep(settingsLimits.leaseRetryMs, undefined, { signal }).catch(() => undefined)
    }
  }
  const ended = run()
  return {
    isHeld: () => !signal.aborted,
    close: async () => {
      closing.abort()
      await ended
    },
  }
}

/** The connection as Kysely uses it, where the errors an operator can act on have their codes. */
function withAuditErrors(database: Database.Database): SqliteDatabase {
  return {
    close: () => {
      database.close()
    },
    prepare: (text) => {
      const statement = translating(() => database.prepare(text))
      const translated: SqliteStatement = {
        reader: statement.reader,
        all: (parameters) => translating(() => statement.all(parameters)),
        run: (parameters) => {
          // After some errors SQLite has rolled back by itself; Kysely's own rollback must not hide which.
          if (text === 'rollback' && !database.inTransaction) return { changes: 0, lastInsertRowid: 0 }
          return translating(() => statement.run(parameters))
        },
        iterate: (parameters) => statement.iterate(parameters),
      }
      return translated
    },
  }
}

function translating<T>(call: () => T): T {
  try {
    return call()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'SQLITE_FULL') {
      throw new AuditError('storage_full', 'The disk of the settings database is full.', { cause })
    }
    if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
      throw new AuditError('conflict', 'Somebody else has just made such a change. Look again.', { cause })
    }
    if (code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_SNAPSHOT') {
      throw new AuditError('unavailable', 'Another process is writing to the settings database.', {
        cause,
        facts: { retryAfterSeconds: 1 },
      })
    }
    if (code.startsWith('SQLITE_IOERR')) {
      throw new AuditError('unavailable', 'The disk of the settings database failed.', { cause })
    }
    throw cause
  }
}
