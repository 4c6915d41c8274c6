import { migrate } from './migrate.ts'
import { openPostgresEngine } from './postgres-engine.ts'
import { toStartError } from './postgres-errors.ts'
import type { SettingsDatabase, SettingsEngine } from './settings-engine.ts'
import { openSqliteEngine } from './sqlite-engine.ts'

export type { SettingsDatabase }
export type Settings = SettingsEngine

export type OpenSettingsOptions = {
  now: () => number
} & (
  | {
      /** The SQLite file; made if it is not there, readable by its owner only. */
      path: string
    }
  | {
      /** `postgres://user:password@host:port/database`; the database must be there. Several servers may share it. */
      databaseUrl: string
    }
)

/**
 * Opens the settings database and brings its schema up to date; servers that start at the same time do so one after
 * the other.
 * Throws AuditError('conflict') if a newer program has written to it, and 'unavailable' if PostgreSQL cannot be used.
 */
export async function openSettings(options: OpenSettingsOptions): Promise<Settings> {
  if ('path' in options) return bringUpToDate(await openSqliteEngine(options.path), options.now)
  try {
    return await bringUpToDate(await openPostgresEngine(options.databaseUrl), options.now)
  } catch (error) {
    throw toStartError(error, options.databaseUrl)
  }
}

async function bringUpToDate(engine: SettingsEngine, now: () => number): Promise<Settings> {
  try {
    await engine.withExclusive('migrations', async () => migrate(engine.db, now))
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}
