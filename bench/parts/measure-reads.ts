import { limitLine, peerLine, type Line, type PartOutcome } from '../benchmark.ts'
import { toFigure } from '../figures.ts'
import type { AuditServer } from '../audit-server.ts'
import { packageVersion } from '../machine.ts'
import type { PartContext } from '../part.ts'
import { postgresSettings } from '../postgres-peer.ts'
import { formatNumber } from '../results-document.ts'
import { copyDataDirectory, provideStoredEvents, type StoredEvents } from '../stored-events.ts'
import type { PostgresLoadResult } from '../workers/postgres-load.ts'
import type { StoredSizes } from '../workers/stored-data.ts'
import { measureColdSearch, type ColdSearch } from './cold-search.ts'
import { addRareEvents, findKnownValues, listReadQueries, timeReads, type ReadQuery } from './warm-reads.ts'

/** What people wait for when they look at a log of this size. */
export async function measureReads(context: PartContext): Promise<PartOutcome> {
  const { testbed, sizes, say } = context
  const stored = await provideStoredEvents(context, sizes.reads.stored)
  const storedSmall = await provideStoredEvents(context, sizes.reads.storedSmall)
  return testbed.withFolder('stored', async (folder) =>
    testbed.withFolder('stored-small', async (smallFolder) => {
      say('copying the stored events')
      const dataDir = await copyDataDirectory(stored, folder)
      const smallDataDir = await copyDataDirectory(storedSmall, smallFolder)
      const sizesOnDisk = await testbed.callWorker<StoredSizes>('stored-data', { dataDir, step: 'sizes' })
      const cold = await measureColdSearch(context, stored, dataDir)
      const warm = await measureWarm(
        context,
        { stored, dataDir },
        { stored: storedSmall, dataDir: smallDataDir },
      )
      return {
        lines: [
          ...warmLines(context, warm),
          ...coldLines(context, cold),
          sizeLine(context, sizesOnDisk, warm.postgres),
        ],
        versions: {
          chdb: packageVersion('chdb'),
          DuckDB: `${cold.duckDbVersion} (@duckdb/node-api ${packageVersion('@duckdb/node-api')})`,
          PostgreSQL: warm.postgres.version,
        },
        conditions: conditionsOf(context, cold, warm, sizesOnDisk),
      }
    }),
  )
}

type Place = { stored: StoredEvents; dataDir: string }

type Warm = {
  queries: ReadQuery[]
  times: Awaited<ReturnType<typeof timeReads>>
  memory: Awaited<ReturnType<AuditServer['memory']>>
  postgres: PostgresLoadResult
}

async function measureWarm(context: PartContext, large: Place, small: Place): Promise<Warm> {
  const { testbed, say } = context
  return testbed.withServer(large.dataDir, async (server) => {
    const { queries, times } = await testbed.withServer(small.dataDir, async (smallServer) => {
      const ofLarge = await prepareQueries(server, large.stored)
      const ofSmall = await prepareQueries(smallServer, small.stored)
      const times = await timeReads(
        context,
        { large: server, small: smallServer },
        { large: ofLarge, small: ofSmall },
      )
      return { queries: ofLarge, times }
    })
    const memory = await server.memory()
    for (const { id, title } of queries) {
      const figure = times.get(id)
      if (figure) say(`${title}: ${formatNumber(toFigure(figure.large).median)} ms`)
    }
    say('giving PostgreSQL the newest events')
    return { queries, times, memory, postgres: await loadPostgres(context, server, large.stored.now) }
  })
}

async function prepareQueries(server: AuditServer, { now }: StoredEvents): Promise<ReadQuery[]> {
  const from = new Date(Date.parse(now) - 30 * 86_400_000).toISOString()
  await addRareEvents(server, now)
  return listReadQueries(await findKnownValues(server, { from, now }), from)
}

async function loadPostgres(
  { testbed, sizes }: PartContext,
  { url, authorization }: AuditServer,
  to: string,
): Promise<PostgresLoadResult> {
  return testbed.withPostgres(postgresSettings, (postgres) =>
    testbed.callWorker<PostgresLoadResult>('postgres-load', {
      connectionString: postgres.connectionString(),
      url,
      authorization,
      to,
      rows: sizes.reads.postgresRows,
    }),
  )
}

function warmLines({ sizes }: PartContext, { queries, times, memory }: Warm): Line[] {
  const { samples, stored, storedSmall } = sizes.reads
  const manner = `${count(stored)} events stored, over HTTP, ${samples} requests one after the other, warm`
  const lines = queries.flatMap(({ id, title, limitMs, meaning }): Line[] => {
    const ofQuery = times.get(id)
    if (ofQuery === undefined) return []
    const ours = toFigure(ofQuery.large)
    const line = { id: `reads.${id}`, title, unit: 'ms' as const, ours, meaning: `${meaning} ${manner}.` }
    if (id !== 'newest') return [limitLine(line, limitMs)]
    const againstSmall = {
      ...line,
      id: 'reads.newest-by-size',
      title: `Newest 100 with ${count(stored)} against ${count(storedSmall)} events`,
      meaning: `The same request to two servers in turn, one with ${count(stored)} and one with ${count(storedSmall)} events: how much slower a log gets as it grows.`,
    }
    const small = toFigure(ofQuery.small)
    return [
      limitLine(line, limitMs),
      peerLine(againstSmall, 'small log', small, { kind: 'at most', ratio: 1.5 }),
    ]
  })
  if (memory === undefined) return lines
  const memoryLine = limitLine(
    {
      id: 'reads.memory',
      title: 'Memory of the server after these reads',
      unit: 'MB',
      ours: toFigure([memory.mostMb]),
      meaning: `The most that the whole process, engine included, ever had resident (VmHWM); at the end it was ${formatNumber(memory.nowMb)} MB (VmRSS).`,
    },
    1200,
  )
  return [...lines, memoryLine]
}

function coldLines({ sizes }: PartContext, cold: ColdSearch): Line[] {
  const manner = cold.isCold ? 'with nothing in the page cache' : 'with a warm page cache'
  const stored = count(sizes.reads.stored)
  const search = {
    unit: 'ms' as const,
    ours: toFigure(cold.oursMs),
    meaning: `A text that does not occur in any of ${stored} events, another one each time, as the first request after a start, ${manner}, over HTTP. It is looked for in names, e-mails, types and every value of data.`,
  }
  return [
    limitLine({ ...search, id: 'reads.substring', title: 'Text without a match, cold' }, 1200),
    peerLine(
      {
        ...search,
        id: 'reads.substring-duckdb',
        title: 'Text without a match, cold, against DuckDB',
        meaning: `${search.meaning} Peer: DuckDB with the same events in its own table, ordered by time, the SQL lower-cased beforehand, 2 threads, a fresh process, searching the SQL alone; only its query is timed.`,
      },
      'DuckDB',
      toFigure(cold.duckDbMs),
      { kind: 'at most', ratio: 0.5 },
    ),
    limitLine(
      {
        id: 'reads.start',
        title: 'From start to ready',
        unit: 'ms',
        ours: toFigure(cold.readyMs),
        meaning: `From starting the process to ready for requests, ${stored} events stored, ${manner}.`,
      },
      4000,
    ),
  ]
}

function sizeLine({ sizes }: PartContext, ours: StoredSizes, postgres: PostgresLoadResult): Line {
  return peerLine(
    {
      id: 'reads.bytes-per-event',
      title: 'Disk per event, against PostgreSQL',
      unit: 'bytes',
      ours: toFigure([ours.bytes / ours.rows]),
      meaning: `Active parts of both tables (events with all that is said of them as JSON, and tables per event) with their indexes and projections, from system.parts, over ${count(ours.rows)} events; the journal, which is bounded, is not counted. Peer: the newest ${count(sizes.reads.postgresRows)} of the same events in PostgreSQL, pg_total_relation_size of all partitions with TOAST and indexes, built after loading and vacuumed; of each byte ${formatNumber(postgres.indexBytes / postgres.bytes)} is index.`,
    },
    'PostgreSQL',
    toFigure([postgres.bytes / postgres.rows]),
    { kind: 'at most', ratio: 1 / 6 },
  )
}

function conditionsOf(context: PartContext, cold: ColdSearch, warm: Warm, onDisk: StoredSizes): string[] {
  const small = warm.queries
    .map(({ id, title }) => ({ title, times: warm.times.get(id)?.small ?? [] }))
    .filter(({ times }) => times.length > 0)
    .map(({ title, times }) => `${title}: ${formatNumber(toFigure(times).median)} ms`)
  return [
    `The stored events lie in ${onDisk.parts} parts: what is older than a day was merged week by week, as the engine leaves a week to which nothing is added any more; the newest day lies as it came in.`,
    `With ${count(context.sizes.reads.storedSmall)} events stored: ${small.join('; ')}.`,
    ...(cold.isCold
      ? []
      : ['The page cache could not be dropped (it needs root on Linux): "cold" means only a fresh process.']),
    ...(warm.memory === undefined
      ? ['Memory is read from /proc, which is not there: it was not measured.']
      : []),
  ]
}

function count(events: number): string {
  return events.toLocaleString('en-US')
}
