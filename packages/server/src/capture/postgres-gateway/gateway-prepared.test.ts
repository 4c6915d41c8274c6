import { describe, expect, test } from 'vitest'
import { message } from './testing/raw-client.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'

const fixture = new GatewayFixture()

describe('prepared statements', () => {
  test('are told with their name and text each time they are executed', async () => {
    await fixture.connected(async (client) => {
      for (const value of [1, 2])
        await client.query({ name: 'again', text: 'select $1::int', values: [value] })
    })
    await fixture.recorder.untilEnded()
    expect(
      fixture.recorder
        .facts()
        .map(({ text, statementName, bind }) => [text.sql, statementName, bind?.values]),
    ).toEqual([
      ['select $1::int', 'again', ['1']],
      ['select $1::int', 'again', ['2']],
    ])
  })

  test('made by SQL are told with what they execute, until they are deallocated', async () => {
    await fixture.connected(async (client) => {
      await client.query('prepare "My Plan" (int) as select $1 + 1')
      await client.query('execute "My Plan"(1)')
      await client.query('deallocate "My Plan"')
      await client.query('execute "My Plan"(1)').catch(() => undefined)
      await client.query('prepare p as select 1; execute p')
      await client.query('discard all')
      await client.query('prepare p as select 3')
      await client.query('/* by a tool */ execute P')
      await client.query('deallocate all')
    })
    await fixture.recorder.untilEnded()
    const executed = fixture.recorder.facts().filter(({ text }) => /execute/.test(text.sql ?? ''))
    expect(
      executed.map(({ statementName, preparedSql, error }) => [statementName, preparedSql, error?.code]),
    ).toEqual([
      ['My Plan', 'prepare "My Plan" (int) as select $1 + 1', undefined],
      ['My Plan', undefined, '26000'],
      ['p', 'prepare p as select 1', undefined],
      ['p', 'prepare p as select 3', undefined],
    ])
  })

  test('of one name, closed and prepared again in one go, are told with the right text', async () => {
    const client = await fixture.signedIn()
    client.send(
      message.parse('s', 'select 1'),
      message.bind('', 's'),
      message.execute(''),
      message.close('S', 's'),
      message.parse('s', 'select 2'),
      message.bind('', 's'),
      message.execute(''),
      message.sync(),
      message.bind('', 's'),
      message.execute(''),
      message.sync(),
    )
    await client.ready(3)
    expect((await fixture.told(client)).map(({ text }) => text.sql)).toEqual([
      'select 1',
      'select 2',
      'select 2',
    ])
  })

  test('that the server refuses leave the one before in its place', async () => {
    const client = await fixture.signedIn()
    client.send(message.parse('s', 'select 1'), message.sync())
    client.send(message.parse('s', 'select 2'), message.sync())
    client.send(message.bind('', 's'), message.execute(''), message.sync())
    await client.ready(4)
    expect(
      (await fixture.told(client)).map(({ text, error, failedStep }) => [text.sql, error?.code, failedStep]),
    ).toEqual([
      ['select 2', '42P05', 'parse'],
      ['select 1', undefined, undefined],
    ])
  })

  test('beyond what is kept of a session are told as not kept', async () => {
    await fixture.restart({ limits: { preparedBytesMax: 1000 } })
    const long = `select '${'x'.repeat(2000)}'`
    await fixture.connected(async (client) => {
      for (let i = 0; i < 2; i++) await client.query({ name: 'long', text: long })
      await client.query({ name: 'short', text: 'select 1' })
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ text }) => text)).toEqual([
      { sql: long, bytes: long.length, isCut: false },
      { sql: undefined, bytes: long.length, isCut: false },
      { sql: 'select 1', bytes: 8, isCut: false },
    ])
  })
})

test('of more portals than are kept the oldest are forgotten, and what is executed is still told', async () => {
  await fixture.restart({ limits: { portalsMax: 3 } })
  const client = await fixture.signedIn()
  client.send(message.query('begin'), message.parse('s', 'select $1::int'))
  for (let i = 0; i < 6; i++) client.send(message.bind(`p${i}`, 's', [String(i)]))
  client.send(message.bind('', 's', ['9']), message.sync())
  await client.ready(3)
  for (const name of ['', 'p5', 'p0']) client.send(message.execute(name))
  client.send(message.sync())
  await client.ready(4)
  const facts = (await fixture.told(client)).slice(1)
  // The first two are a batch: one statement, executed twice.
  expect(facts.map(({ text, batch, rows }) => [text.sql, batch?.map(({ values }) => values), rows])).toEqual([
    ['select $1::int', [['9'], ['5']], 2],
    [undefined, undefined, 1],
  ])
})

describe('bind values', () => {
  test('in binary are read where their type is known', async () => {
    const client = await fixture.signedIn()
    const int8 = Buffer.alloc(8)
    int8.writeBigInt64BE(-5n)
    const float8 = Buffer.alloc(8)
    float8.writeDoubleBE(1.5)
    const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const timestamp = Buffer.alloc(8)
    timestamp.writeBigInt64BE(1_000_001n)
    client.send(
      message.parse(
        '',
        'select $1::int8, $2::float8, $3::uuid, $4::bool, $5::text, $6::bytea, $7::timestamptz, $8::int4',
        [20, 701, 2950, 16, 25, 17, 1184, 23],
      ),
      message.bind(
        '',
        '',
        [int8, float8, uuid, Buffer.from([1]), 'ü', Buffer.from([0, 255]), timestamp, null],
        [1],
      ),
      message.execute(''),
      message.sync(),
    )
    await client.ready(2)
    const [facts] = await fixture.told(client)
    expect(facts?.error).toBeUndefined()
    expect(facts?.bind?.values).toEqual([
      '-5',
      '1.5',
      '00112233-4455-6677-8899-aabbccddeeff',
      't',
      'ü',
      Buffer.from([0, 255]),
      '2000-01-01 00:00:01.000001',
      null,
    ])
  })

  test('have types that the server tells of a described statement', async () => {
    const client = await fixture.signedIn()
    client.send(message.parse('s', 'select $1::int4'), message.describe('S', 's'), message.sync())
    await client.ready(2)
    client.send(message.bind('', 's', [Buffer.from([0, 0, 1, 0])], [1]), message.execute(''), message.sync())
    await client.ready(3)
    expect((await fixture.told(client))[0]?.bind).toMatchObject({ values: ['256'], types: [23] })
  })

  test('that are too long are left out, and the statement says so', async () => {
    await fixture.connected(async (client) => {
      await client.query('select length($1), $2::int, $3::text', [1, 2, 'x'])
      await client.query('select $1::int, length($2)', [1, 'x'.repeat(200_000)])
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts()[1]?.bind).toMatchObject({ values: ['1'], isComplete: false, count: 2 })
  })
})
