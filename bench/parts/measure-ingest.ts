import { peerLine, type PartOutcome } from '../benchmark.ts'
import { toFigure } from '../figures.ts'
import { packageVersion } from '../machine.ts'
import type { PartContext } from '../part.ts'
import {
  connect,
  createEventsTable,
  createIndexes,
  createPartitions,
  postgresSettings,
} from '../postgres-peer.ts'
import type { ChdbInsertResult } from '../workers/chdb-insert.ts'
import type { IngestClientResult } from '../workers/ingest-client.ts'
import type { PostgresInsertResult } from '../workers/postgres-insert.ts'

/**
 * How many events a second are kept for good and can be searched, against what the engine below could take at most and
 * against PostgreSQL. One after the other in each round, each on empty folders, with nothing else running.
 */
export async function measureIngest(context: PartContext): Promise<PartOutcome> {
  const { testbed, say } = context
  const { rounds, chdbBatches, chdbBatchRows } = context.sizes.ingest
  const ours: number[] = []
  const chdb: number[] = []
  const postgres: number[] = []
  const versions: Record<string, string> = { chdb: packageVersion('chdb') }
  await testbed.withFolder('rows', async (folder) => {
    say(`making ${chdbBatches * chdbBatchRows} rows for the raw engine`)
    const request = { folder, batches: chdbBatches, batchRows: chdbBatchRows }
    const files = await testbed.callWorker<string[]>('stored-rows', request)
    for (let round = 1; round <= rounds; round++) {
      ours.push(await ingestIntoOurs(context))
      say(`round ${round}: ours ${Math.round(ours.at(-1) ?? 0)} events/s`)
      const raw = await testbed.withFolder('chdb', (target) =>
        testbed.callWorker<ChdbInsertResult>('chdb-insert', {
          folder: target,
          files,
          batchRows: chdbBatchRows,
        }),
      )
      chdb.push(raw.rowsPerSecond)
      versions['ClickHouse (in chdb)'] = raw.version
      say(`round ${round}: raw chDB ${Math.round(raw.rowsPerSecond)} rows/s`)
      const rows = await ingestIntoPostgres(context, versions)
      postgres.push(rows)
      say(`round ${round}: PostgreSQL ${Math.round(rows)} rows/s`)
    }
  })
  return { lines: toLines(context, ours, chdb, postgres), versions, conditions: [] }
}

async function ingestIntoOurs({ testbed, sizes }: PartContext): Promise<number> {
  const { seconds, clients, pool } = sizes.ingest
  return testbed.withWorker('ingest-client', async (client) => {
    await client.call({ prepare: pool })
    return testbed.withFolder('data', (dataDir) =>
      testbed.withServer(dataDir, async (server) => {
        const startMs = performance.now()
        const { url, authorization } = server
        // The worker's file states its result.
        const { accepted } = (await client.call({
          url,
          authorization,
          seconds,
          clients,
        })) as IngestClientResult
        await server.untilApplied()
        return accepted / ((performance.now() - startMs) / 1000)
      }),
    )
  })
}

async function ingestIntoPostgres(
  { testbed, sizes }: PartContext,
  versions: Record<string, string>,
): Promise<number> {
  const { postgresSeconds, clients, pool } = sizes.ingest
  return testbed.withWorker('postgres-insert', async (worker) => {
    await worker.call({ prepare: pool })
    return testbed.withPostgres(postgresSettings, async (postgres) => {
      const connectionString = postgres.connectionString()
      const client = await connect(connectionString)
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
      versions['PostgreSQL'] = rows[0]?.server_version ?? 'unknown'
      await createEventsTable(client)
      await createPartitions(client, Date.now(), Date.now() + 86_400_000)
      await createIndexes(client)
      await client.end()
      const request = { connectionString, seconds: postgresSeconds, clients }
      // The worker's file states its result.
      const result = (await worker.call(request)) as PostgresInsertResult
      return result.rows / result.seconds
    })
  })
}

function toLines(
  { sizes }: PartContext,
  ours: number[],
  chdb: number[],
  postgres: number[],
): PartOutcome['lines'] {
  const { seconds, clients, postgresSeconds, chdbBatches, chdbBatchRows } = sizes.ingest
  const ourWay =
    `JSON lines over HTTP from ${clients} connections for ${seconds} s, counted until every event was ` +
    'durable and in the event store; the sender is a process of its own on the same machine'
  return [
    peerLine(
      {
        id: 'ingest.raw-chdb',
        title: 'Ingest, against the raw engine',
        unit: 'events/s',
        ours: toFigure(ours),
        meaning: `${ourWay}. Peer: the rows that the server would make, ready-made, inserted into the same table with the same fsync settings by chDB's rawInsert in a process of its own, ${chdbBatches} batches of ${chdbBatchRows} rows; only the inserts are timed. 1 would mean that HTTP, checks, hashing, journal and making of rows cost nothing.`,
      },
      'raw chDB',
      toFigure(chdb),
      { kind: 'at least', ratio: 0.4 },
    ),
    peerLine(
      {
        id: 'ingest.postgres',
        title: 'Ingest, against PostgreSQL',
        unit: 'events/s',
        ours: toFigure(ours),
        meaning: `${ourWay}. Peer: PostgreSQL with weekly partitions, indexes on time, person and type and a trigram index (pg_trgm, GIN) on the SQL, fed by COPY of 10,000 ready-made rows a transaction from ${clients} connections for ${postgresSeconds} s, fsync and synchronous_commit on, shared_buffers a quarter of the memory (at most 4 GB).`,
      },
      'PostgreSQL',
      toFigure(postgres),
      { kind: 'at least', ratio: 3 },
    ),
  ]
}
