import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { Client } from 'pg'
import { startPostgresServer, type PostgresServer } from '../../testing/postgres-server.ts'

/** An empty settings database of one test's own. */
export type SettingsPlace = {
  /** What `openSettings` opens. */
  where: { path: string } | { databaseUrl: string }
  /** Everything that the database was given to keep: its files, or its rows and the log of its statements. */
  readAll: () => Promise<Buffer>
  /** Changes the closed database as another program would. */
  change: (sql: string) => Promise<void>
  remove: () => Promise<void>
}

export type SettingsEngineForTests = {
  name: 'SQLite' | 'PostgreSQL'
  createPlace: () => Promise<SettingsPlace>
  /** Call it when all tests of a file have run. */
  stop: () => Promise<void>
}

const sqlite: SettingsEngineForTests = {
  name: 'SQLite',
  createPlace: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'audit-settings-'))
    const path = join(folder, 'settings.db')
    return {
      where: { path },
      readAll: async () => {
        const names = await readdir(folder)
        return Buffer.concat(await Promise.all(names.map(async (name) => readFile(join(folder, name)))))
      },
      change: async (sql) => {
        const database = new Database(path)
        database.exec(sql)
        database.close()
      },
      remove: async () => rm(folder, { recursive: true, force: true }),
    }
  },
  stop: async () => undefined,
}

/** One real server for each test file, started when it is needed first; a database for each test. */
function createPostgresEngine(): SettingsEngineForTests {
  let starting: Promise<PostgresServer> | undefined
  let count = 0
  return {
    name: 'PostgreSQL',
    createPlace: async () => {
      starting ??= startPostgresServer()
      const server = await starting
      const name = `settings_${++count}`
      await runSql(server.connectionString(), `create database ${name}`)
      const databaseUrl = server.connectionString(name)
      return {
        where: { databaseUrl },
        readAll: async () => Buffer.from(`${await readRows(databaseUrl)}${await readLogs(server)}`),
        change: async (sql) => void (await runSql(databaseUrl, sql)),
        remove: async () =>
          void (await runSql(server.connectionString(), `drop database ${name} with (force)`)),
      }
    },
    stop: async () => {
      const server = await starting
      starting = undefined
      await server?.stop()
    },
  }
}

/** For `describe.each`: what is promised of the settings holds on both engines. */
export const settingsEngines: readonly SettingsEngineForTests[] = [sqlite, createPostgresEngine()]

/** Runs SQL on a connection of its own, and returns the rows. */
export async function runSql(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    await client.end()
  }
}

async function readRows(databaseUrl: string): Promise<string> {
  const tables = await runSql(
    databaseUrl,
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const rows = await runSql(databaseUrl, `select * from "${String(name)}"`)
    texts.push(JSON.stringify(rows))
  }
  return texts.join('\n')
}

async function readLogs({ dataDir }: PostgresServer): Promise<string> {
  const names = await readdir(join(dataDir, 'log'))
  return (await Promise.all(names.map(async (name) => readFile(join(dataDir, 'log', name), 'utf8')))).join(
    '\n',
  )
}
