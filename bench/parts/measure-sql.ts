import { limitLine, peerLine, type Line, type PartOutcome } from '../benchmark.ts'
import { quantileFigure, toFigure } from '../figures.ts'
import type { PartContext } from '../part.ts'
import type { IngestClientResult } from '../workers/ingest-client.ts'
import type { SqlReadRequest, SqlReadResult } from '../workers/sql-read.ts'

/** What understanding SQL costs: the reader alone, and ingest with and without SQL to read. */
export async function measureSql(context: PartContext): Promise<PartOutcome> {
  const { testbed, say, sizes } = context
  const { rounds, shapes, statements } = sizes.sql
  const read: SqlReadResult[] = []
  const withSql: number[] = []
  const without: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const request: SqlReadRequest = { shapes, statements }
    const result = await testbed.callWorker<SqlReadResult>('sql-read', request)
    read.push(result)
    say(`round ${round}: ${Math.round(result.statementsPerSecond)} statements/s of known shapes`)
    withSql.push(await ingest(context, true))
    without.push(await ingest(context, false))
    say(
      `round ${round}: ingest ${Math.round(withSql.at(-1) ?? 0)} events/s, ` +
        `${Math.round(without.at(-1) ?? 0)} where nothing is to be read`,
    )
  }
  return {
    lines: toLines(context, read, withSql, without),
    versions: { Node: process.versions.node },
    conditions: [],
  }
}

async function ingest({ testbed, sizes }: PartContext, hasSql: boolean): Promise<number> {
  const { pool, seconds, clients } = sizes.sql
  return testbed.withWorker('ingest-client', async (client) => {
    await client.call({ prepare: pool, ...(hasSql ? {} : { sqlKey: 'text' }) })
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

function toLines(
  { sizes }: PartContext,
  read: SqlReadResult[],
  withSql: number[],
  without: number[],
): Line[] {
  const { shapes, statements, seconds } = sizes.sql
  const workload = `${statements.toLocaleString('en-US')} statements of ${shapes.toLocaleString('en-US')} shapes with changing literals, some 500 characters each`
  return [
    {
      id: 'sql.known-shapes',
      title: 'Reading SQL of known shapes',
      unit: 'statements/s',
      ours: toFigure(read.map(({ statementsPerSecond }) => statementsPerSecond)),
      against: { kind: 'limit', value: 30_000 },
      goal: { kind: 'at least', ratio: 1 },
      meaning: `${workload}: each text is normalised and found among the shapes that were met. By CPU time of the process, on one core.`,
    },
    limitLine(
      {
        id: 'sql.new-shape',
        title: 'Reading SQL of a new shape, median',
        unit: 'ms',
        ours: quantileFigure(
          read.map(({ firstSeenMs }) => firstSeenMs),
          0.5,
        ),
        meaning: `The first text of each of ${shapes.toLocaleString('en-US')} shapes, from the text to its kind, tables, flags and fingerprint.`,
      },
      3,
    ),
    peerLine(
      {
        id: 'sql.ingest',
        title: 'Ingest with SQL to read, against the same without',
        unit: 'events/s',
        ours: toFigure(withSql),
        meaning: `JSON lines over HTTP for ${seconds} s, until every event was durable and in the event store. Peer: the same events with their SQL under another key of \`data\`, so that nothing is read out of it.`,
      },
      'not read',
      toFigure(without),
      { kind: 'at least', ratio: 0.7 },
    ),
  ]
}
