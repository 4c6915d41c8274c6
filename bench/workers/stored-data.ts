import { join } from 'node:path'
import { openEmbeddedEngine } from '../../packages/server/src/store/clickhouse/embedded-engine.ts'
import { answerRequests } from '../worker.ts'

/**
 * Looks into a data directory that no server is using. `parquet` writes what a peer gets to search: one row per event
 * with its SQL lower-cased, as our rows hold it too, so that the peer need not do it per search.
 */
export type StoredDataRequest = { dataDir: string } & ({ step: 'sizes' } | { step: 'parquet'; path: string })
export type StoredSizes = { rows: number; bytes: number; parts: number }

answerRequests(async (asked: StoredDataRequest) => {
  const engine = await openEmbeddedEngine({
    path: join(asked.dataDir, 'clickhouse'),
    // Not measured: ten million events are written in large groups of rows.
    memoryBytesMax: 12_000_000_000,
    queryMemoryBytesMax: 10_000_000_000,
    queryTimeMs: { apply: 60_000, interactive: 60_000, long: 1_800_000 },
  })
  try {
    if (asked.step === 'parquet') {
      const path = `'${asked.path.replaceAll(/[\\']/g, String.raw`\$&`)}'`
      // In the order of the table, so that it is merged as it is read: ten million rows need not be sorted.
      await engine.command(
        'long',
        `INSERT INTO FUNCTION file(${path}, 'Parquet')
         SELECT
           toString(id) AS id,
           occurred_at,
           type,
           outcome,
           name,
           email,
           application,
           database,
           duration_ms,
           rows,
           lowerUTF8(JSONExtractString(event, 'data', 'sql')) AS sql
         FROM events
         ORDER BY workspace_id, occurred_at, id
         SETTINGS output_format_parquet_row_group_size = 100000`,
      )
      return undefined
    }
    const [line = ''] = await engine.queryLines(
      'interactive',
      `SELECT
         sumIf(rows, table = 'events'),
         sum(bytes_on_disk),
         count()
       FROM system.parts
       WHERE database = currentDatabase()
         AND table IN ('events', 'event_tables')
         AND active`,
    )
    const [rows = 0, bytes = 0, parts = 0] = line.split('\t').map(Number)
    const sizes: StoredSizes = { rows, bytes, parts }
    return sizes
  } finally {
    await engine.close()
  }
})
