import { describe, expect, test } from 'vitest'
import { message, RawClient } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'

const fixture = new GatewayFixture()

describe('failures', () => {
  test.each([
    ['a syntax error', 'selec 1', '42601'],
    ['an unknown table', 'select * from nowhere', '42P01'],
    ['a division by zero', 'select 1/0', '22012'],
    ['a missing right', `set role pg_monitor; select * from pg_authid`, '42501'],
  ])('of %s are told with their code', async (_, sql, code) => {
    await fixture.connected(async (client) => client.query(sql).catch(() => undefined))
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().at(-1)?.error?.code).toBe(code)
  })

  test('in a text of several statements belong to the one that failed, and none follows', async () => {
    await fixture.connected(async (client) => {
      await client.query('select 1; select 1/0; select 3').catch(() => undefined)
      await client.query('select 1; selec 2').catch(() => undefined)
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ text, error }) => [text.sql, error?.code])).toEqual([
      ['select 1', undefined],
      ['select 1/0', '22012'],
      ['select 1; selec 2', '42601'],
    ])
  })

  test('in the extended protocol take with them what was sent up to Sync, and nothing else', async () => {
    const client = await fixture.signedIn()
    const run = (sql: string): Buffer[] => [message.parse('', sql), message.bind('', ''), message.execute('')]
    client.send(
      ...run('select 1'),
      ...run('select 1/0'),
      ...run('select 3'),
      message.query('select 4'),
      message.sync(),
      ...run('select 5'),
      message.sync(),
    )
    await client.ready(3)
    expect((await fixture.told(client)).map(({ text, error }) => [text.sql, error?.code])).toEqual([
      ['select 1', undefined],
      ['select 1/0', '22012'],
      ['select 5', undefined],
    ])
  })

  test.each([
    [
      'parse',
      [message.parse('', 'selec'), message.bind('', ''), message.execute(''), message.sync()],
      '42601',
    ],
    [
      'bind',
      [message.parse('', 'select $1::int'), message.bind('', '', ['x']), message.execute(''), message.sync()],
      '22P02',
    ],
    ['describe', [message.describe('S', 'nothing'), message.sync()], '26000'],
    [undefined, [message.execute('nothing'), message.sync()], '34000'],
  ])('in the step %s are told as statements that were not executed', async (step, messages, code) => {
    const client = await fixture.signedIn()
    client.send(...messages)
    await client.ready(2)
    expect(await fixture.told(client)).toEqual([
      expect.objectContaining(step === undefined ? {} : { failedStep: step, executions: 0 }),
    ])
    expect(fixture.recorder.facts()[0]?.error?.code).toBe(code)
  })

  test('of the commit at Sync are told with the statement before', async () => {
    await fixture.connected(async (client) =>
      client.query(
        'create table parent (id int primary key); create table child (id int references parent deferrable initially deferred)',
      ),
    )
    fixture.recorder.clear()
    const client = await fixture.signedIn()
    client.send(
      message.parse('', 'insert into child values (1)'),
      message.bind('', ''),
      message.execute(''),
      message.sync(),
    )
    await client.ready(2)
    expect(
      (await fixture.told(client)).map(({ text, error, failedStep }) => [text.sql, error?.code, failedStep]),
    ).toEqual([
      ['insert into child values (1)', undefined, undefined],
      ['insert into child values (1)', '23503', 'sync'],
    ])
  })

  test('by a cancel request are told as such', async () => {
    await fixture.connected(async (client) => {
      const waiting = client.query('select pg_sleep(60)').catch((error: unknown) => error)
      await until(() => (client as unknown as { processID?: number }).processID ?? undefined, 'a process id')
      await fixture.connected(async (other) => {
        for (let isRunning = false; !isRunning;) {
          const { rowCount } = await other.query(
            `select 1 from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`,
          )
          isRunning = rowCount === 1
        }
      })
      const { processID: pid, secretKey } = client as unknown as { processID: number; secretKey: number }
      const key = Buffer.alloc(4)
      key.writeInt32BE(secretKey)
      const canceller = await RawClient.open(fixture.port)
      canceller.send(message.cancel(pid, key))
      await canceller.untilEnd()
      canceller.close()
      await waiting
    })
    expect((await fixture.recorder.statement('select pg_sleep(60)')).error?.code).toBe('57014')
    expect(fixture.gateway.status().counters.cancelRequests).toBe(1)
  })
})
