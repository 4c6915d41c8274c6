import { chmod, open } from 'node:fs/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import Database from 'libsql'
import { keepFreePages } from './keep-free-pages.ts'
import { migrate } from './migrate.ts'
import type { SettingsTables } from './settings-tables.ts'

export type SettingsDatabase = Kysely<SettingsTables>
export type Settings = { db: SettingsDatabase; close: () => Promise<void> }

export type OpenSettingsOptions = {
  /** The SQLite file; made if it is not there, readable by its owner only. */
  path: string
  now: () => number
}

/** How long a statement waits for another process that is writing, such as the command line. */
const busyTimeoutMs = 5000

/**
 * Opens the settings database and brings its schema up to date.
 * **Promise: what is committed is on the disk (`synchronous=FULL`).**
 * Throws AuditError('conflict') if a newer program has written the file.
 */
export async function openSettings({ path, now }: OpenSettingsOptions): Promise<Settings> {
  // SQLite gives its -wal and -shm files the mode of the database file.
  const file = await open(path, 'a', 0o600)
  await file.close()
  await chmod(path, 0o600)
  const database = new Database(path, { timeout: busyTimeoutMs })
  const db = new Kysely<SettingsTables>({
    dialect: new SqliteDialect({ database: withAuditErrors(database) }),
  })
  try {
    translating(() => {
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      database.pragma('foreign_keys = ON')
    })
    await migrate(db, now)
    translating(() => keepFreePages(database))
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, close: () => db.destroy() }
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
