import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { EventDraft } from '../../packages/domain/src/event.ts'
import {
  connect,
  copyStoredSql,
  createEventsTable,
  createIndexes,
  createPartitions,
  toStoredCopyLine,
} from '../postgres-peer.ts'
import { readLines } from '../read-lines.ts'
import { answerRequests } from '../worker.ts'

/**
 * Loads the newest events of a server, as its download gives them, and tells what they take on the disk. Indexes are
 * built after the rows and everything is vacuumed, which makes PostgreSQL's table as small as it gets.
 */
export type PostgresLoadRequest = {
  connectionString: string
  url: string
  authorization: string
  /** RFC 3339; the partitions reach 60 days back from here. */
  to: string
  rows: number
}
export type PostgresLoadResult = { rows: number; bytes: number; indexBytes: number; version: string }

const dayMs = 86_400_000

answerRequests(async ({ connectionString, url, authorization, to, rows }: PostgresLoadRequest) => {
  const client = await connect(connectionString)
  await createEventsTable(client)
  await createPartitions(client, Date.parse(to) - 400 * dayMs, Date.parse(to) + dayMs)
  const lines = Readable.from(readEvents(url, authorization, to, rows))
  await pipeline(lines, client.query(copyFrom(copyStoredSql)))
  await createIndexes(client)
  await client.query('VACUUM (FREEZE, ANALYZE) events')
  const sizes = await client.query<{ loaded: string; bytes: string; index_bytes: string; version: string }>(
    `SELECT
       (SELECT count(*) FROM events) AS loaded,
       sum(pg_total_relation_size(relid)) AS bytes,
       sum(pg_indexes_size(relid)) AS index_bytes,
       current_setting('server_version') AS version
     FROM pg_partition_tree('events')
     WHERE isleaf`,
  )
  await client.end()
  const row = sizes.rows[0]
  const result: PostgresLoadResult = {
    rows: Number(row?.loaded),
    bytes: Number(row?.bytes),
    indexBytes: Number(row?.index_bytes),
    version: row?.version ?? 'unknown',
  }
  return result
})

async function* readEvents(
  url: string,
  authorization: string,
  to: string,
  rows: number,
): AsyncGenerator<string> {
  const params = new URLSearchParams({
    format: 'jsonl',
    from: new Date(Date.parse(to) - 400 * dayMs + dayMs).toISOString(),
    to,
  })
  const response = await fetch(`${url}/api/v1/events/export?${params.toString()}`, {
    headers: { authorization },
  })
  if (!response.ok || response.body === null) throw new Error(`the download was refused: ${response.status}`)
  let read = 0
  let gathered = ''
  for await (const line of readLines(response.body)) {
    // A line of the download is an event as it was sent, with what the server added.
    gathered += toStoredCopyLine(JSON.parse(line) as EventDraft & { id: string; occurredAt: string })
    read++
    if (gathered.length > 65_536) {
      yield gathered
      gathered = ''
    }
    if (read === rows) break
  }
  yield gathered
}
