import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import { message, type RawClient } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'

const fixture = new GatewayFixture({
  settings: {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.max': '20000',
    'pg_stat_statements.track': 'top',
    log_min_duration_statement: '-1',
    log_min_error_statement: 'error',
  },
})

const rounds = 400
const clients = 6

/** A small generator of random numbers, so that a run can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Goes on when the server has answered this many more times. */
async function answered(client: RawClient, readies: number): Promise<void> {
  await client.ready(readies)
  client.clear()
}

/** One round of what clients do, in an order that differs from client to client. */
async function act(client: RawClient, random: (below: number) => number, table: string): Promise<void> {
  const value = String(random(1000))
  const extended = (sql: string, values: string[] = []): Buffer[] => [
    message.parse('', sql),
    message.bind('', '', values),
    message.execute(''),
  ]
  const acts: (() => Promise<void>)[] = [
    async () => {
      client.send(message.query(`select count(*) from ${table}`))
      await answered(client, 1)
    },
    async () => {
      client.send(
        message.query(`insert into ${table} values (${value}); select max(a) from ${table}; begin; commit`),
      )
      await answered(client, 1)
    },
    async () => {
      client.send(...extended(`insert into ${table} values ($1)`, [value]), message.sync())
      await answered(client, 1)
    },
    async () => {
      const name = `s${random(5)}`
      client.send(message.close('S', name), message.parse(name, `update ${table} set a = $1 where a = $2`))
      for (let i = 0; i < 10; i++)
        client.send(message.bind('', name, [value, String(i)]), message.execute(''))
      client.send(message.sync())
      await answered(client, 1)
    },
    async () => {
      // Pipelined, with a failure in the middle that takes the rest up to Sync with it.
      client.send(...extended(`select a from ${table} limit 3`), message.sync())
      client.send(...extended('select 1/0'), ...extended('select 4'), message.sync())
      client.send(...extended('select 5'), message.sync())
      await answered(client, 3)
    },
    async () => {
      client.send(
        message.query('selec'),
        message.query('table nowhere'),
        message.query(`select 'x'::int; select 1`),
      )
      await answered(client, 3)
    },
    async () => {
      client.send(message.query('begin'), ...extended('select generate_series(1, 30)'), message.sync())
      client.send(
        message.parse('', 'select generate_series(1, 30)'),
        message.bind('p', ''),
        message.execute('p', 20),
      )
      client.send(message.execute('p', 20), message.close('P', 'p'), message.sync(), message.query('commit'))
      await answered(client, 4)
    },
    async () => {
      client.send(message.query(`copy ${table} from stdin`))
      await until(() => (client.types().includes('G') ? true : undefined), 'the answer to COPY')
      client.send(message.copyData(`${value}\n`), message.copyDone())
      await answered(client, 1)
    },
    async () => {
      client.send(message.query(`copy ${table} to stdout`))
      await answered(client, 1)
    },
    async () => {
      client.send(message.query(`prepare q as select $1::int`), message.query(`execute q(${value})`))
      client.send(message.query('deallocate q'))
      await answered(client, 3)
    },
    async () => {
      client.send(message.query(`set statement_timeout = 1; select pg_sleep(5)`))
      client.send(message.query('reset statement_timeout'))
      await answered(client, 2)
    },
  ]
  await acts[random(acts.length)]?.()
}

/** The statements of the ERROR lines of the server's log. */
async function readErrors(): Promise<string[]> {
  const { dataDir } = fixture.server
  const current = await readFile(join(dataDir, 'current_logfiles'), 'utf8')
  const path = /^jsonlog (.+)$/m.exec(current)?.[1] ?? ''
  const lines = (await readFile(join(dataDir, path), 'utf8')).split('\n').filter((line) => line !== '')
  return lines.flatMap((line) => {
    const entry = JSON.parse(line) as Record<string, string>
    return entry['error_severity'] === 'ERROR' ? [`${entry['state_code']} ${entry['statement']}`] : []
  })
}

function counts(keys: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {}
  for (const key of keys.toSorted()) counted[key] = (counted[key] ?? 0) + 1
  return counted
}

test('a mixed load is told statement by statement as pg_stat_statements and the log of the server count it', async () => {
  const admin = new Client({ connectionString: fixture.server.connectionString() })
  await admin.connect()
  await admin.query('create extension pg_stat_statements')
  await admin.query('create table load (a int)')
  const errorsBefore = (await readErrors()).length
  await admin.query('select pg_stat_statements_reset()')

  await Promise.all(
    Array.from({ length: clients }, async (_, seed) => {
      const client = await fixture.signedIn()
      client.clear()
      const random = numbers(seed + 1)
      for (let round = 0; round < rounds; round++) await act(client, random, 'load')
      client.send(message.terminate())
      await client.untilEnd()
      client.close()
    }),
  )
  await fixture.recorder.untilEnded(clients)

  const { rows } = await admin.query<{ query: string; calls: string; rows: string }>(
    `select query, sum(calls)::text as calls, sum(rows)::text as rows from pg_stat_statements
     where query not like '%pg_stat_statements%' group by query`,
  )
  await admin.end()
  const facts = fixture.recorder.facts()
  const succeeded = facts.filter(({ error }) => error === undefined)
  // The extension puts $1 in the place of constants and names, and counts EXECUTE under the text that was prepared,
  // but not the PREPARE.
  const shape = (sql: string): string =>
    sql
      .replace(/'[^']*'|\$?\b\d+\b/g, '?')
      .replace(/^execute q.*$/, 'prepare q as select ?::int')
      .replace(/^deallocate .*$/, 'deallocate ?')
  const told: Record<string, { calls: number; rows: number }> = {}
  for (const { text, executions, rows: touched = 0, tag } of succeeded) {
    if (tag === 'PREPARE') continue
    const sum = (told[shape(text.sql ?? '')] ??= { calls: 0, rows: 0 })
    sum.calls += executions
    sum.rows += touched
  }
  const counted: typeof told = {}
  for (const row of rows) {
    const sum = (counted[shape(row.query)] ??= { calls: 0, rows: 0 })
    sum.calls += Number(row.calls)
    sum.rows += Number(row.rows)
  }
  expect(told).toEqual(counted)
  expect(facts.length).toBeGreaterThan(5000)

  const errors = (await readErrors()).slice(errorsBefore)
  const failed = facts.flatMap(({ error, text }) => (error === undefined ? [] : [{ error, text }]))
  expect(failed.length).toBe(errors.length)
  expect(failed.length).toBeGreaterThan(100)
  // The log has the whole text of a query of several statements, the event the one that failed.
  const whole = (entry: string): string => entry.replace(/(set statement_timeout = 1; |; select 1$)/g, '')
  expect(counts(failed.map(({ error, text }) => `${error.code} ${text.sql}`))).toEqual(
    counts(errors.map(whole)),
  )
})
