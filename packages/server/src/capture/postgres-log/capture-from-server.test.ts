import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { Client, type ClientConfig } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../../testing/postgres-server.ts'
import { checkLogPath } from './check-log-path.ts'
import { readCurrentLogFile } from './log-files.ts'
import type { PostgresLogCapture } from './postgres-log-capture.ts'
import { AuditLogForDrafts } from './testing/audit-log-for-drafts.ts'
import { startTestCapture, type SavedPosition } from './testing/start-test-capture.ts'

let server: PostgresServer
let log: AuditLogForDrafts
let saved: SavedPosition
let capture: PostgresLogCapture

beforeAll(async () => {
  server = await startPostgresServer({ settings: { compute_query_id: 'on' } })
})
afterAll(async () => server.stop())
beforeEach(() => {
  log = new AuditLogForDrafts()
  saved = { json: undefined }
  capture = startTestCapture(server.dataDir, { into: log, saved, settings: { logins } })
})
afterEach(async () => capture.close())

const logins = [{ login: 'ann', name: 'Ann Lee', email: 'ann@acme.com' }]

async function connected<T>(config: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.connectionString(), ...config })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const run = async (sql: string): Promise<void> =>
  void (await connected({}, async (client) => client.query(sql)))
const fails = async (client: Client, sql: string, values?: unknown[]): Promise<void> =>
  void (await client.query(sql, values).catch((error: unknown) => error))

/** A mark that no other test uses. */
let marks = 0
const mark = (): string => `mark ${process.pid} ${++marks}`

/** Runs a statement that makes everything before it complete in the log, and waits until it is recorded. */
async function settle(): Promise<void> {
  const sql = `select '${mark()}'`
  await run(sql)
  await log.untilSql(sql)
}

/** The events of the session that has this application name, in order. */
const sessionOf = (application: string): EventDraft[] =>
  log.drafts.filter((draft) => draft.context?.application === application)

test('the path of a running server passes its check', async () => {
  await checkLogPath(server.dataDir)
  await checkLogPath(join(server.dataDir, 'log'))
})

describe('statements', () => {
  test('a session, its simple and extended queries and its end are one event each', async () => {
    const application = mark()
    await connected({ application_name: application }, async (client) => {
      await client.query('select 1')
      await client.query('select $1::int, $2::text, $3::text', [42, null, "it's \n ü 😀"])
      await client.query({ name: 'named', text: 'select $1::int as again', values: [1] })
      await client.query({ name: 'named', text: 'select $1::int as again', values: [2] })
      await client.query('select 1; select 2')
    })
    await log.until(({ type, context }) => type === 'session_ended' && context?.application === application)
    const events = sessionOf(application)
    expect(events.map(({ type, data }) => [type, data?.['sql'], data?.['bind']])).toEqual([
      ['session_started', undefined, undefined],
      ['query', 'select 1', undefined],
      [
        'query',
        'select $1::int, $2::text, $3::text',
        [{ type: 'text', length: 2 }, { type: 'null' }, { type: 'text', length: 10 }],
      ],
      ['query', 'select $1::int as again', [{ type: 'text', length: 1 }]],
      ['query', 'select $1::int as again', [{ type: 'text', length: 1 }]],
      ['query', 'select 1; select 2', undefined],
      ['session_ended', undefined, undefined],
    ])
    expect(events[0]?.data).toMatchObject({
      authentication: { identity: 'postgres', method: 'scram-sha-256' },
    })
    expect(events[1]).toMatchObject({
      outcome: 'success',
      actor: { type: 'user', id: 'postgres', name: 'postgres' },
      data: { dialect: 'postgres', database: 'postgres', login: 'postgres', durationMs: expect.any(Number) },
      context: { ip: '127.0.0.1' },
    })
    expect(events[6]?.data).toMatchObject({ durationMs: expect.any(Number) })
    expect(new Set(events.map(({ context }) => context?.sessionId)).size).toBe(1)
  })

  test('the query id is the one that the server tells', async () => {
    const sql = `select query_id::text as id from pg_stat_activity where pid = pg_backend_pid()`
    const id = await connected({}, async (client) => (await client.query<{ id: string }>(sql)).rows[0]?.id)
    expect(await log.untilSql(sql)).toMatchObject({ data: { queryId: id } })
  })

  test('a syntax error, an error while running and a cancelled statement are failures with their codes', async () => {
    const application = mark()
    await connected({ application_name: application }, async (client) => {
      await fails(client, 'selec 1')
      await fails(client, 'select $1::int/0', [1])
      await fails(client, `set statement_timeout = 20; select pg_sleep(10)`)
    })
    await settle()
    const failed = sessionOf(application).filter(({ outcome }) => outcome === 'failure')
    expect(failed.map(({ data }) => [data?.['sql'], data?.['error']])).toEqual([
      ['selec 1', { code: '42601', message: 'syntax error at or near "selec"' }],
      ['select $1::int/0', { code: '22012', message: 'division by zero' }],
      [
        'set statement_timeout = 20; select pg_sleep(10)',
        { code: '57014', message: 'canceling statement due to statement timeout' },
      ],
    ])
  })

  test('what a role may not do is denied, and a wrong password is a denied sign-in, with the person behind the login', async () => {
    await run("create role ann login password 'right'; create table salaries (amount int)")
    const connectionString = server.connectionString('postgres', 'ann', 'right')
    await connected({ connectionString }, async (client) => fails(client, 'select * from salaries'))
    const wrong = { connectionString: server.connectionString('postgres', 'ann', 'wrong') }
    await expect(connected(wrong, async () => undefined)).rejects.toMatchObject({ code: '28P01' })
    const nowhere = { connectionString: server.connectionString('nowhere') }
    await expect(connected(nowhere, async () => undefined)).rejects.toMatchObject({ code: '3D000' })
    await settle()
    const actor = { type: 'user', id: 'ann', name: 'Ann Lee', email: 'ann@acme.com' }
    expect(await log.untilSql('select * from salaries')).toMatchObject({
      actor,
      outcome: 'denied',
      data: { error: { code: '42501', message: 'permission denied for table salaries' } },
    })
    const denied = log.ofType('session_started').filter(({ outcome }) => outcome !== 'success')
    expect(denied).toMatchObject([
      { actor, outcome: 'denied', data: { error: { code: '28P01' } }, context: { ip: '127.0.0.1' } },
      { outcome: 'failure', data: { database: 'nowhere', error: { code: '3D000' } } },
    ])
  })

  test('a session that an administrator ends tells why', async () => {
    const application = mark()
    await connected({ application_name: application }, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      await run(`select pg_terminate_backend(${rows[0]?.pid})`)
      await log.until(({ type, context }) => type === 'session_ended' && context?.application === application)
    })
    const end = sessionOf(application).at(-1)
    expect(end).toMatchObject({
      type: 'session_ended',
      outcome: 'failure',
      data: { error: { code: '57P01' } },
    })
  })

  test('a function cannot forge lines with RAISE LOG', async () => {
    await run(`do $$ begin
      raise log 'duration: 1.0 ms  statement: drop table forged';
      raise log 'statement: drop table forged';
      raise log 'connection authorized: user=eve database=forged';
    end $$`)
    await settle()
    expect(log.sql().filter((sql) => sql.startsWith('drop table forged'))).toEqual([])
  })

  test('every text comes through unchanged, also one of a megabyte as far as it fits', async () => {
    const awkward = `select 'a''b', E'\\n\\'', $x$ "quoted" \\ $x$, 'Zoë 漢字 😀 \u0001 \u2028' -- end\n/* done */`
    await run(awkward)
    await log.untilSql(awkward)
    const large = `select length('${'ü'.repeat(500_000)}') as large`
    await run(large)
    const draft = await log.until(({ data }) => data?.['sqlTruncatedBytes'] !== undefined)
    const sql = typeof draft.data?.['sql'] === 'string' ? draft.data['sql'] : ''
    expect(large.startsWith(sql)).toBe(true)
    expect(Buffer.byteLength(sql) + Number(draft.data?.['sqlTruncatedBytes'])).toBe(Buffer.byteLength(large))
  })
})

describe('passwords', () => {
  test('never leave the reader, whatever the statement and however it fails', async () => {
    const statements = [
      `create role r1 login password 'hunter2'`,
      `alter role r1 encrypted password E'hunter2\\''`,
      `alter user r1 with password $pw$hunter2$pw$ valid until '2030-01-01'; select 1`,
      `do $$ begin execute format('alter role %I password %L', 'r1', 'hunter2'); end $$`,
      `do $$ begin create role r2 password 'hunter2'; end $$`,
      // These fail.
      `create role r1 password 'hunter2'`,
      `alter role r1 password hunter2`,
      `alter role r1 password "hunter2"`,
      `alter role r1 password 'it's hunter2'`,
      `alter role r1 password 'hunter2`,
      `alter role r1 pasword 'hunter2'`,
      `do $$ begin raise exception 'alter role r1 password %', quote_literal('hunter2'); end $$`,
    ]
    await connected({}, async (client) => {
      for (const sql of statements) await fails(client, sql)
      await fails(client, `select $1::text as "create role x password"`, ['hunter2'])
    })
    await settle()
    expect(JSON.stringify(log.drafts)).not.toContain('hunter2')
    expect(saved.json).not.toContain('hunter2')
    const masked = log.sql().filter((sql) => sql.includes('«redacted:password:'))
    expect(masked.length).toBeGreaterThanOrEqual(statements.length - 1)
  })
})

describe('other settings', () => {
  test.each([
    ["log_statement = 'all'", 'log_min_duration_statement = 0', true],
    ["log_statement = 'all'", 'log_min_duration_statement = -1', false],
    ["log_statement = 'all'", 'log_min_duration_statement = -1; set log_duration = on', true],
    ["log_statement = 'ddl'", 'log_min_duration_statement = 0', true],
  ])('%s with %s: one event for each statement', async (first, second, hasDuration) => {
    const application = mark()
    await connected({ application_name: application }, async (client) => {
      await client.query(`set ${first}; set ${second}`)
      await client.query('select 1 as simple')
      await client.query('select $1::int as extended', [1])
      await fails(client, 'select 1/0')
      await fails(client, 'select 1/$1', [0])
      await fails(client, 'selec')
      await client.query('create table if not exists settings_test (a int)')
      await client.query('select 2 as last')
    })
    await log.until(({ type, context }) => type === 'session_ended' && context?.application === application)
    // Whether the settings themselves are logged depends on them.
    const queries = sessionOf(application).filter(
      ({ type, data }) => type === 'query' && !String(data?.['sql']).startsWith('set log_'),
    )
    expect(queries.map(({ outcome, data }) => [outcome, data?.['sql']])).toEqual([
      ['success', 'select 1 as simple'],
      ['success', 'select $1::int as extended'],
      ['failure', 'select 1/0'],
      ['failure', 'select 1/$1'],
      ['failure', 'selec'],
      ['success', 'create table if not exists settings_test (a int)'],
      ['success', 'select 2 as last'],
    ])
    expect(queries[0]?.data?.['durationMs'] !== undefined).toBe(hasDuration)
    expect(queries.filter(({ data }) => data?.['endNotLogged'] !== undefined)).toEqual([])
  })

  test('when the time zone of the log is changed, sessions from before and after it have the right times', async () => {
    const change = async (sql: string): Promise<void> => {
      await run(sql)
      await run('select pg_reload_conf()')
    }
    const isRightNow = async (sql: string): Promise<void> => {
      const { occurredAt = '' } = await log.untilSql(sql)
      expect(Math.abs(Date.parse(occurredAt) - Date.now())).toBeLessThan(60_000)
    }
    await connected({}, async (old) => {
      await old.query("select 'before'")
      await change("alter system set log_timezone = 'Asia/Shanghai'")
      const path = (await readCurrentLogFile(server.dataDir)) ?? ''
      await expect.poll(async () => readFile(path, 'utf8')).toContain(' CST"')
      // A session takes the setting over before its next statement.
      await expect
        .poll(async () => (await old.query('show log_timezone')).rows)
        .toEqual([{ log_timezone: 'Asia/Shanghai' }])
      await old.query("select 'old session'")
      await isRightNow("select 'old session'")
      await run("select 'new session'")
      await isRightNow("select 'new session'")
      await change('alter system reset log_timezone')
    })
    await settle()
    expect(capture.counts()).toMatchObject({ malformedLines: 0, gaps: 0 })
  })
})

describe('files', () => {
  const countSelects = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => `select ${from + i} as n`)

  test('rotation loses nothing, also in the middle of a load', async () => {
    const statements = countSelects(0, 300)
    await connected({}, async (client) => {
      for (const [i, sql] of statements.entries()) {
        await client.query(sql)
        // Names of log files hold seconds: a rotation in the same second goes on in the same file.
        if (i % 100 === 50) await client.query(`select pg_sleep(1.01), pg_rotate_logfile()`)
      }
    })
    await settle()
    expect(log.sql().filter((sql) => sql.endsWith(' as n'))).toEqual(statements)
    expect(capture.counts()).toMatchObject({ malformedLines: 0, gaps: 0 })
  })

  test('a log that is truncated under the server is read on', async () => {
    await settle()
    const path = (await readCurrentLogFile(server.dataDir)) ?? ''
    await truncate(path)
    await settle()
    await settle()
    expect(capture.status()).toMatchObject({ state: 'running' })
  })

  test('a reader that is killed and started anew, again and again, keeps each event once', async () => {
    const statements = countSelects(1000, 1400)
    const load = connected({}, async (client) => {
      for (const sql of statements) {
        await client.query(sql)
        await sleep(2)
      }
    })
    let kills = 0
    let isDone = false
    const finished = load.finally(() => {
      isDone = true
    })
    while (!isDone) {
      await capture.close()
      let isKilled = false
      const ingest = async (drafts: EventDraft[]): Promise<void> => {
        await log.ingest(drafts)
        isKilled = true
        // As if the process had ended here: kept, but the position not saved.
        throw new Error('killed')
      }
      const killed = startTestCapture(server.dataDir, { into: log, saved, settings: { logins }, ingest })
      await Promise.race([killed.ended, finished])
      await killed.close()
      if (isKilled) kills++
      capture = startTestCapture(server.dataDir, { into: log, saved, settings: { logins } })
      await sleep(30)
    }
    await settle()
    expect(log.sql().filter((sql) => /^select 1\d{3} as n$/.test(sql))).toEqual(statements)
    expect(kills).toBeGreaterThan(2)
    expect(log.repeats).toBeGreaterThan(0)
  })

  test('lines that somebody removed from the log are missed', async () => {
    const application = mark()
    await connected({ application_name: application }, async (client) => {
      for (const sql of ['select 1', "select 'the theft'", 'select 3']) await client.query(sql)
    })
    await settle()
    await capture.close()
    const path = (await readCurrentLogFile(server.dataDir)) ?? ''
    const text = await readFile(path, 'utf8')
    const forged = join(server.dataDir, 'forged.json')
    await writeFile(
      forged,
      text
        .split('\n')
        .filter((line) => !line.includes('the theft'))
        .join('\n'),
    )
    log = new AuditLogForDrafts()
    capture = startTestCapture(forged, { into: log })
    const gap = await log.until(({ type }) => type === 'log_gap_detected')
    expect(gap).toMatchObject({
      actor: { type: 'system' },
      outcome: 'failure',
      data: {
        reason: 'lines_missing',
        from: 5,
        to: 5,
        sessionId: gap.data?.['sessionId'],
        login: 'postgres',
      },
    })
    expect(log.ofType('log_gap_detected')).toHaveLength(1)
  })
})
