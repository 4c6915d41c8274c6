import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StatementFacts } from './protocol/statement-facts.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import { MixedSession, seededRandom, tablesOf } from './testing/mixed-session.ts'
import { message, RawClient } from './testing/raw-client.ts'

/** How many statements are compared; `GATEWAY_STATEMENTS=100000` for a thorough look. */
const total = Number(process.env['GATEWAY_STATEMENTS'] ?? 5000)
const seed = Number(process.env['GATEWAY_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const sessions = 6

const fixture = new GatewayFixture({
  settings: {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.max': '10000',
    log_min_duration_statement: '-1',
  },
})

/** The last mark of a text: what SQL prepares or declares has one of its own behind that of the command. */
function markOf(sql: string | undefined): string | undefined {
  return sql?.match(/\/\*m:[^*]*\*\//g)?.at(-1)
}

type Counted = [mark: string | undefined, calls: number, rows: number]

/** Calls and rows, by mark. */
function sum(counted: Iterable<Counted>): Record<string, string> {
  const sums = new Map<string, [number, number]>()
  for (const [mark = 'without a mark', calls, rows] of counted) {
    const [callsBefore, rowsBefore] = sums.get(mark) ?? [0, 0]
    sums.set(mark, [callsBefore + calls, rowsBefore + rows])
  }
  const lines = [...sums].map(([mark, [calls, rows]]) => [mark, `${calls} calls, ${rows} rows`] as const)
  return Object.fromEntries(lines.toSorted(([a], [b]) => a.localeCompare(b)))
}

/**
 * What the server counts as calls and rows: PREPARE is none, EXECUTE is one of what it executes, and COMMIT is counted
 * before it can fail.
 */
function countedOf({ text, preparedSql, tag, error, executions, rows = 0 }: StatementFacts): Counted[] {
  const mark = markOf(preparedSql ?? text.sql)
  if (tag === 'PREPARE' || text.sql === '') return []
  if (error !== undefined && mark !== '/*m:commit*/') return []
  // What SHOW shows is no row to the server.
  return [[mark, executions, tag === 'SHOW' ? 0 : rows]]
}

type LoggedError = { pid: number; code: string; message: string; statement?: string }

/** The ERROR lines of the server's log, in their order. The server has ended, so they are all there. */
async function readErrors(dataDir: string): Promise<LoggedError[]> {
  const folder = join(dataDir, 'log')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
  const files = await Promise.all(names.map(async (name) => readFile(join(folder, name), 'utf8')))
  return files
    .flatMap((file) => file.split('\n').filter((line) => line.includes('"ERROR"')))
    .map((line) => {
      // Lines of jsonlog, as PostgreSQL's documentation says.
      const logged = JSON.parse(line) as {
        pid: number
        state_code: string
        message: string
        statement?: string
      }
      return { ...logged, code: logged.state_code }
    })
}

test(
  'of mixed statements each is told once, as the server itself counts and logs them',
  async () => {
    const { recorder } = fixture
    const admin = await RawClient.signedIn(fixture.server.port)
    const ask = async (sql: string): Promise<string[]> => {
      admin.clear()
      admin.send(message.query(sql))
      await admin.ready()
      expect(admin.errors()).toEqual([])
      return admin.messages().flatMap(({ type, body }) => (type === 'D' ? [body.toString('utf8', 6)] : []))
    }
    await ask(Array.from({ length: sessions }, (_, n) => tablesOf(n)).join(';'))
    await ask('create extension pg_stat_statements')
    await ask('select pg_stat_statements_reset()')

    const work = Array.from({ length: sessions }, async (_, n) => {
      const session = await MixedSession.open(n, fixture.port, seededRandom(seed + n))
      while (session.statements < total / sessions) await session.step()
      await session.close()
    })
    await Promise.all(work)
    await recorder.untilEnded(sessions)

    const told = recorder.facts()
    const counted = await ask(
      `select concat_ws(' ', calls, rows, query) from pg_stat_statements where query like '%/*m:%'`,
    )
    expect(sum(told.flatMap(countedOf)), `seed ${seed}`).toEqual(
      sum(
        counted.map((row) => {
          const [calls, rows] = row.split(' ')
          return [markOf(row), Number(calls), Number(rows)]
        }),
      ),
    )

    admin.close()
    await fixture.server.halt()
    const logged = await readErrors(fixture.server.dataDir)
    for (const { session } of recorder.started) {
      const failed = recorder.statements.filter((one) => one.session.id === session.id && one.statement.error)
      const lines = logged.filter(({ pid }) => pid === session.backendPid)
      expect(
        failed.map(({ statement: { error } }) => [error?.code, error?.message]),
        `seed ${seed}`,
      ).toEqual(lines.map((line) => [line.code, line.message]))
      for (const [i, { statement }] of failed.entries()) {
        // The log has the whole text of a query, the gateway the statement that failed; at Sync it has none.
        const { statement: text } = lines[i] ?? {}
        if (text !== undefined) expect(text, `seed ${seed}`).toContain(statement.text.sql)
      }
    }
    expect(told.length).toBeGreaterThan(total / 4)
  },
  60_000 + total * 10,
)
