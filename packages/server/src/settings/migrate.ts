import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { sql, type Kysely } from 'kysely'
import { packageFolder } from '../package-folder.ts'
import type { SettingsTables } from './settings-tables.ts'

type Migration = { version: number; name: string; checksum: string; statements: string[] }

/** `0001_settings.sql`: the version, then what it is about. */
const fileName = /^(\d{4})_[a-z0-9_]+\.sql$/

/**
 * Applies the migrations that the database does not have, in order, each in a transaction of its own, so that a
 * stop in between leaves whole steps only.
 * Throws AuditError('conflict') if the database has a migration that this program does not know, or one whose file
 * has changed since.
 */
export async function migrate(db: Kysely<SettingsTables>, now: () => number): Promise<void> {
  const migrations = await readMigrations(join(packageFolder, 'migrations', 'settings'))
  await db.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('checksum', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .execute()
  const applied = await db
    .selectFrom('schema_migrations')
    .select(['version', 'name', 'checksum'])
    .orderBy('version')
    .execute()
  refuseUnknown(applied, migrations)
  const appliedVersions = new Set(applied.map(({ version }) => version))
  for (const { version, name, checksum, statements } of migrations) {
    if (appliedVersions.has(version)) continue
    await db.transaction().execute(async (transaction) => {
      for (const statement of statements) await sql.raw(statement).execute(transaction)
      const applied_at = new Date(now()).toISOString()
      await transaction
        .insertInto('schema_migrations')
        .values({ version, name, checksum, applied_at })
        .execute()
    })
  }
}

function refuseUnknown(
  applied: readonly { version: number; name: string; checksum: string }[],
  migrations: readonly Migration[],
): void {
  const known = new Map(migrations.map((migration) => [migration.version, migration]))
  const newest = migrations.at(-1)?.version ?? 0
  for (const { version, name, checksum } of applied) {
    const migration = known.get(version)
    if (!migration) {
      throw new AuditError(
        'conflict',
        `The settings database was written by a newer version of this program: it has the schema ${version} ` +
          `(${name}), and this program knows up to ${newest}. Start the newer version, or restore a backup from before the upgrade.`,
      )
    }
    if (migration.checksum !== checksum) {
      throw new AuditError(
        'conflict',
        `The migration ${migration.name} is not the one that was applied to the settings database. ` +
          'Install the program again.',
      )
    }
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => fileName.test(name)).toSorted()
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may have turned the line ends; that is not another migration.
      const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
      return {
        version: Number(name.slice(0, 4)),
        name,
        checksum: createHash('sha256').update(text).digest('hex'),
        statements: splitStatements(text),
      }
    }),
  )
}

/** Our own files only: a statement ends where a line ends with a semicolon. */
function splitStatements(text: string): string[] {
  return text
    .split(/;\n/)
    .map((statement) => statement.replace(/^--.*$/gm, '').trim())
    .filter((statement) => statement !== '')
}
