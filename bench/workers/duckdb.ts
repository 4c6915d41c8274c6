import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { answerRequests } from '../worker.ts'

/**
 * DuckDB over the same events. `build` makes the table from Parquet, whose order (by time)
 * DuckDB keeps. `search` opens the database with
 * two threads, as our engine has, and asks for the newest 100 rows whose SQL holds a text; only the query is timed.
 */
export type DuckDbRequest = { databasePath: string } & (
  | { step: 'build'; parquetPath: string }
  | { step: 'search'; needle: string }
)
export type DuckDbSearchResult = { ms: number; found: number; rows: number; version: string }

answerRequests(async (asked: DuckDbRequest) => {
  const instance = await DuckDBInstance.create(asked.databasePath, { threads: '2' })
  const connection = await instance.connect()
  try {
    if (asked.step === 'build') {
      await connection.run('CREATE TABLE events AS SELECT * FROM read_parquet($path)', {
        path: asked.parquetPath,
      })
      await connection.run('CHECKPOINT')
      return undefined
    }
    const startMs = performance.now()
    const found = await connection.runAndReadAll(
      `SELECT *
       FROM events
       WHERE contains(sql, $needle)
       ORDER BY occurred_at DESC, id DESC
       LIMIT 100`,
      { needle: asked.needle },
    )
    const ms = performance.now() - startMs
    const result: DuckDbSearchResult = {
      ms,
      found: found.currentRowCount,
      rows: Number(await readOne(connection, 'SELECT count(*) FROM events')),
      version: String(await readOne(connection, 'SELECT version()')),
    }
    return result
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
})

async function readOne(connection: DuckDBConnection, sql: string): Promise<unknown> {
  return (await connection.runAndReadAll(sql)).getRows()[0]?.[0]
}
