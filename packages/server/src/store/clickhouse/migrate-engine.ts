import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { packageFolder } from '../../package-folder.ts'
import type { Engine } from './engine.ts'
import { renderDdl } from './render-ddl.ts'
import { RowBuffer } from './row-buffer.ts'
import { fillFromEvents } from './usage/fill-old-tables.ts'

const migrationsFolder = join(packageFolder, 'migrations', 'events')

const migrationsTable = `CREATE TABLE IF NOT EXISTS schema_migrations {on_cluster} (version UInt32, name String)
ENGINE = {engine:schema_migrations}
ORDER BY version
SETTINGS {durable}`

/** What belongs to a migration and is no plain statement; it may run twice as well. */
const programs: Readonly<Record<number, (engine: Engine) => Promise<void>>> = { 4: fillFromEvents }

/**
 * Brings the event store's tables to the newest version. Statements may run twice after a crash, so each of them must
 * be repeatable. Throws AuditError('conflict') when the tables come from a newer program.
 * Tests stop at an older version to see how its events are read later.
 */
export async function migrateEngine(engine: Engine, versionMax = Infinity): Promise<void> {
  await engine.command('apply', renderDdl(migrationsTable, engine.cluster))
  const [row] = await engine.queryLines('apply', 'SELECT max(version) FROM schema_migrations')
  const current = Number(row ?? '0')
  const migrations = await listMigrations()
  const newest = migrations.at(-1)?.version ?? 0
  if (current > newest) {
    throw new AuditError(
      'conflict',
      `The event store was made by a newer version of this program (schema ${current}, this program knows ${newest}). ` +
        'Start that version, or restore a backup made before the upgrade.',
    )
  }
  for (const { version, name } of migrations) {
    if (version <= current || version > versionMax) continue
    const text = await readFile(join(migrationsFolder, name), 'utf8')
    for (const statement of splitStatements(text))
      await engine.command('apply', renderDdl(statement, engine.cluster))
    await programs[version]?.(engine)
    await engine.insertRows('schema_migrations', RowBuffer.of([{ version, name }]))
  }
}

async function listMigrations(): Promise<{ version: number; name: string }[]> {
  const names = await readdir(migrationsFolder)
  return names
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name }))
}

/** Migrations hold plain statements, ended by a semicolon at the end of a line. */
function splitStatements(text: string): string[] {
  const withoutComments = text.replace(/^--.*$/gm, '')
  return withoutComments
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
