import { describe, expect, test } from 'vitest'
import { message } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'

const fixture = new GatewayFixture()

describe('a session', () => {
  test('is told with who, from where and how long, and with each of its statements once', async () => {
    await fixture.connected(
      async (client) => {
        await client.query('select 1')
        await client.query('select generate_series(1, $1::int)', [5])
        await client.query("select 1; select 2 as two; -- the last\n select ';three' -- ; four")
      },
      { application_name: 'some tool' },
    )
    await fixture.recorder.untilEnded()
    const session = expect.objectContaining({
      login: 'postgres',
      database: 'postgres',
      application: 'some tool',
      clientIp: '127.0.0.1',
      clientPort: expect.any(Number),
      isEncrypted: false,
      protocol: '3.0',
      backendPid: expect.any(Number),
      serverPort: expect.any(Number),
    })
    expect(fixture.recorder.started).toEqual([{ session, error: undefined }])
    expect(
      fixture.recorder.facts().map(({ text, protocol, rows, tag }) => [text.sql, protocol, rows, tag]),
    ).toEqual([
      ['select 1', 'simple', 1, 'SELECT 1'],
      ['select generate_series(1, $1::int)', 'extended', 5, 'SELECT 5'],
      ['select 1', 'simple', 1, 'SELECT 1'],
      ['select 2 as two', 'simple', 1, 'SELECT 1'],
      ["-- the last\n select ';three' -- ; four", 'simple', 1, 'SELECT 1'],
    ])
    expect(fixture.recorder.facts()[1]?.bind).toMatchObject({ values: ['5'], isComplete: true, count: 1 })
    expect(fixture.recorder.ended).toEqual([
      {
        session,
        end: expect.objectContaining({ cause: 'client_left', statements: 5, transaction: 'idle' }),
      },
    ])
    expect(fixture.gateway.status()).toMatchObject({ sessions: 0, connections: 0 })
  })

  test('is told by the times of its statements', async () => {
    const before = Date.now()
    await fixture.connected(async (client) => {
      await client.query('select pg_sleep(0.05)')
      await client.query('select 2')
    })
    const slow = await fixture.recorder.statement('select pg_sleep(0.05)')
    expect(slow.durationMs).toBeGreaterThanOrEqual(49)
    expect(slow.firstRowMs).toBeGreaterThanOrEqual(49)
    expect(slow.startedAt).toBeGreaterThan(before - 5)
    const next = await fixture.recorder.statement('select 2')
    expect(next.startedAt).toBeGreaterThanOrEqual(slow.startedAt + slow.durationMs)
  })

  test('that is refused by the server is told with the error', async () => {
    await expect(fixture.connected(async () => undefined, { database: 'nowhere' })).rejects.toThrow(
      'does not exist',
    )
    await expect(
      fixture.connected(async () => undefined, { user: 'nobody', password: 'wrong' }),
    ).rejects.toThrow()
    await until(() => fixture.recorder.started[1], 'the second sign-in')
    expect(fixture.recorder.started.map(({ session, error }) => [session.login, error?.code])).toEqual([
      ['postgres', '3D000'],
      ['nobody', '28P01'],
    ])
    expect(fixture.recorder.ended).toEqual([])
    expect(fixture.gateway.status().counters.signInsFailed).toBe(2)
  })

  test('that an administrator ends is told with the error', async () => {
    await fixture.connected(async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      await fixture.connected(async (other) => other.query('select pg_terminate_backend($1)', [rows[0]?.pid]))
      await fixture.recorder.untilEnded(2)
    })
    expect(fixture.recorder.ended.find(({ end }) => end.error !== undefined)?.end).toMatchObject({
      cause: 'server_left',
      error: { code: '57P01', severity: 'FATAL' },
    })
  })

  test('has the name of its application as it was when a statement ran', async () => {
    await fixture.connected(async (client) => {
      await client.query(`set application_name = 'dbt'`)
      await client.query('select 1')
      await client.query(`set application_name = ''`)
      await client.query('select 2')
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ application }) => application)).toEqual([
      undefined,
      'dbt',
      'dbt',
      undefined,
    ])
  })

  test('tells whether a transaction is open after a statement', async () => {
    await fixture.connected(async (client) => {
      await client.query('begin')
      await client.query('select 1')
      await client.query('select 1/0').catch(() => undefined)
      await client.query('select 1').catch(() => undefined)
      await client.query('rollback')
      await client.query('begin; select 1; commit')
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ transaction, error }) => [transaction, error?.code])).toEqual([
      ['in_transaction', undefined],
      ['in_transaction', undefined],
      ['failed', '22012'],
      ['failed', '25P02'],
      ['idle', undefined],
      ['in_transaction', undefined],
      ['in_transaction', undefined],
      ['idle', undefined],
    ])
  })
})

describe('what is between statements', () => {
  test('notices and notifications disturb nothing', async () => {
    const heard: string[] = []
    await fixture.connected(async (client) => {
      client.on('notification', ({ payload }) => heard.push(payload ?? ''))
      client.on('notice', ({ message: text }) => heard.push(text ?? ''))
      await client.query('listen news')
      await client.query(`do $$ begin raise notice 'careful'; end $$`)
      await client.query(`notify news, 'first'`)
      await fixture.connected(async (other) => other.query(`select pg_notify('news', 'second')`))
      await until(() => (heard.length === 3 ? true : undefined), 'three messages')
    })
    await fixture.recorder.untilEnded(2)
    expect(heard).toEqual(['careful', 'first', 'second'])
    expect(fixture.recorder.sql()).toHaveLength(4)
  })

  test('an empty query is told as nothing done', async () => {
    await fixture.connected(async (client) => {
      await client.query('')
      await client.query('; ;')
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ text, tag, rows }) => [text.sql, tag, rows])).toEqual([
      ['', undefined, undefined],
      ['; ;', undefined, undefined],
    ])
  })

  test('a function call of the old kind is told with its number', async () => {
    const client = await fixture.signedIn()
    client.send(message.functionCall(1598, []))
    await client.ready(2)
    expect(await fixture.told(client)).toEqual([
      expect.objectContaining({ protocol: 'function_call', functionOid: 1598 }),
    ])
  })

  test('cursors of SQL are statements like any other', async () => {
    await fixture.connected(async (client) => {
      await client.query(
        'begin; declare c cursor for select generate_series(1, 9); fetch 4 from c; close c; commit',
      )
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ rows, tag }) => [rows, tag])).toEqual([
      [undefined, 'BEGIN'],
      [undefined, 'DECLARE CURSOR'],
      [4, 'FETCH 4'],
      [undefined, 'CLOSE CURSOR'],
      [undefined, 'COMMIT'],
    ])
  })

  test('a routine with a body of statements is one statement', async () => {
    await fixture.connected(async (client) => {
      await client.query(
        `create or replace function two() returns int language sql begin atomic select case when true then 1 end; select 2; end; select two()`,
      )
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ tag }) => tag)).toEqual(['CREATE FUNCTION', 'SELECT 1'])
    expect(fixture.recorder.sql()[1]).toBe('select two()')
  })

  test('what a rule makes of a statement is still one', async () => {
    await fixture.connected(async (client) => {
      await client.query(
        `create table if not exists ruled (a int); create or replace rule r as on insert to ruled do also (notify x; notify y)`,
      )
      await client.query('insert into ruled values (1); select 5')
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.sql().slice(-2)).toEqual(['insert into ruled values (1)', 'select 5'])
  })
})
