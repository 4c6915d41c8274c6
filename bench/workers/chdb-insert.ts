import { readFile } from 'node:fs/promises'
import { createChdbConnection } from 'chdb/connection'
import { limits } from '../../packages/server/src/config.ts'
import { openEmbeddedEngine } from '../../packages/server/src/store/clickhouse/embedded-engine.ts'
import { querySettings } from '../../packages/server/src/store/clickhouse/engine-settings.ts'
import { migrateEngine } from '../../packages/server/src/store/clickhouse/migrate-engine.ts'
import { answerRequests } from '../worker.ts'

/**
 * The bound of every log that stores in this engine: ready-made rows, nothing to read, check or answer. Table, settings
 * and durability are the server's own; the insert is chDB's fastest. Only the inserts are timed,
 * so merges of the background get the time in which files are read, which favours this peer.
 */
const engineMemoryBytesMax = 4_000_000_000

export type ChdbInsertRequest = { folder: string; files: string[]; batchRows: number }
export type ChdbInsertResult = { rowsPerSecond: number; version: string }

answerRequests(async ({ folder, files, batchRows }: ChdbInsertRequest) => {
  const engine = await openEmbeddedEngine({
    path: folder,
    // Its batches are larger than the server's: with the server's memory they would be refused.
    memoryBytesMax: engineMemoryBytesMax,
    queryMemoryBytesMax: limits.search.queryMemoryBytes,
    queryTimeMs: { apply: 120_000, interactive: 120_000, long: 120_000 },
  })
  await migrateEngine(engine)
  const connection = createChdbConnection({ path: folder })
  // What the server leaves to merges, this peer leaves to them as well.
  const { exclude_materialize_skip_indexes_on_insert } = querySettings
  const settings = { exclude_materialize_skip_indexes_on_insert }
  let seconds = 0
  for (const file of files) {
    const values = await readFile(file)
    const startMs = performance.now()
    await connection.chdb.rawInsert({ table: 'events', format: 'JSONEachRow', values, settings })
    seconds += (performance.now() - startMs) / 1000
  }
  const [stored, version = ''] = await engine.queryLines(
    'interactive',
    'SELECT arrayJoin([toString((SELECT count() FROM events)), version()])',
  )
  await connection.close()
  await engine.close()
  const rows = files.length * batchRows
  if (Number(stored) !== rows) throw new Error(`${rows} rows were inserted, ${stored} are there`)
  const result: ChdbInsertResult = { rowsPerSecond: rows / seconds, version }
  return result
})
