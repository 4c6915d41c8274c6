import { describe, expect, test } from 'vitest'
import { extended, message, RawClient } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'

const fixture = new GatewayFixture({}, { mode: 'enforce' })

/** How often the server executed this. */
async function countRows(): Promise<number> {
  const client = await RawClient.signedIn(fixture.server.port)
  client.send(message.query('select count(*) from recorded'))
  await client.ready(2)
  const row = client.messages().find(({ type }) => type === 'D')
  client.close()
  return Number(row?.body.toString('utf8', 6))
}

async function withTable(): Promise<RawClient> {
  const client = await fixture.signedIn()
  client.send(message.query('drop table if exists recorded; create table recorded (a int)'))
  await client.ready(2)
  client.clear()
  return client
}

const refuse = async (): Promise<void> => Promise.reject(new Error('the journal is full'))
const insert = (value: number): Buffer[] => extended(`insert into recorded values (${value})`)

describe('in enforce mode', () => {
  test('a statement waits for its intent, which is told with its text and values', async () => {
    const client = await withTable()
    let admit = (): void => undefined
    fixture.recorder.onAdmit = async () => new Promise((resolve) => (admit = resolve))
    client.send(
      message.parse('s', 'insert into recorded select $1::int returning a'),
      message.bind('', 's', ['7']),
      message.execute(''),
      message.sync(),
    )
    await until(() => fixture.recorder.intents[1], 'the intent')
    expect(await countRows()).toBe(0)
    expect(client.types()).toBe('')
    expect(fixture.recorder.intents[1]).toMatchObject({
      protocol: 'extended',
      text: { sql: 'insert into recorded select $1::int returning a' },
      statementName: 's',
      bind: { values: ['7'] },
    })
    expect(fixture.recorder.intents[1]?.startedAt).toBeGreaterThan(Date.now() - 60_000)
    admit()
    await client.ready(1)
    expect(await countRows()).toBe(1)
    const facts = await fixture.told(client)
    expect(facts.at(-1)).toMatchObject({ intent: 2, rows: 1 })
  })

  test('BEGIN, COMMIT, ROLLBACK and SET need no intent, but a role does', async () => {
    await fixture.connected(async (client) => {
      for (const sql of [
        'begin',
        'SET search_path = public',
        'Commit;',
        ' start transaction read only',
        'rollback',
      ]) {
        await client.query(sql)
      }
      await client.query('set role pg_monitor')
      await client.query('reset role')
      await client.query('begin; select 1; commit')
    })
    expect(fixture.recorder.intents.map(({ text }) => text.sql)).toEqual([
      'set role pg_monitor',
      'reset role',
      'begin; select 1; commit',
    ])
  })

  test('a name that stands for another statement needs an intent, whatever it is to stand for', async () => {
    const client = await fixture.signedIn()
    client.send(message.parse('s', 'select 7'), message.sync())
    await client.ready(2)
    // The server refuses this, because there is one already, and executes that.
    client.send(message.parse('s', 'begin'), message.sync())
    client.send(message.bind('', 's'), message.execute(''), message.sync())
    await client.ready(4)
    const facts = await fixture.told(client)
    expect(facts.at(-1)).toMatchObject({ text: { sql: 'select 7' }, tag: 'SELECT 1', intent: 1 })
    expect(fixture.recorder.intents.at(-1)).toMatchObject({ statementName: 's' })
  })

  test.each([
    ['by SQL', ['/***/ deallocate s', '/***/ prepare s as select 7'], 'prepare s as select 7'],
    [
      'by SQL that cannot be read',
      ['/* /* */ */ deallocate s', '/* /* */ */ prepare s as select 7'],
      undefined,
    ],
    [
      'in a block',
      ["do $$ begin execute 'deallocate s'; execute 'prepare s as select 7'; end $$"],
      undefined,
    ],
  ])('a name that was given to another statement %s is not told as the one before', async (_, texts, sql) => {
    const client = await fixture.signedIn()
    client.send(message.parse('s', 'begin'), message.sync())
    await client.ready(2)
    for (const [i, text] of texts.entries()) {
      client.send(message.query(text))
      await client.ready(3 + i)
    }
    for (const time of [1, 2]) {
      client.send(message.bind('', 's'), message.execute(''), message.sync())
      await client.ready(2 + texts.length + time)
    }
    const facts = (await fixture.told(client)).slice(texts.length)
    expect(
      facts.map(({ text, tag, rows }) => [text.sql?.replace(/^.* prepare/, 'prepare'), tag, rows]),
    ).toEqual([
      [sql, 'SELECT 1', 1],
      [sql, 'SELECT 1', 1],
    ])
    // From when on it is known that the name stands for something else.
    expect(facts.at(-1)?.intent).toBeGreaterThan(0)
  })

  test('statements of one chunk are admitted together', async () => {
    const client = await withTable()
    const calls: number[] = []
    fixture.recorder.onAdmit = async (intents) => void calls.push(intents.length)
    client.send(...insert(1), ...insert(2), message.sync(), message.query('select 1'))
    await client.ready(2)
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(calls.length).toBeLessThan(3)
    client.close()
  })

  test('a simple query that is refused is not executed, and the session goes on', async () => {
    const client = await withTable()
    fixture.recorder.onAdmit = refuse
    client.send(message.query('insert into recorded values (1)'))
    await client.ready(1)
    expect(client.types()).toBe('EZ')
    expect(client.errors()[0]).toMatchObject({
      S: 'ERROR',
      C: '58000',
      M: expect.stringContaining('cannot record'),
    })
    expect(client.state()).toBe('I')
    fixture.recorder.onAdmit = async () => undefined
    client.send(message.query('select 1'))
    await client.ready(2)
    expect(await countRows()).toBe(0)
    const facts = await fixture.told(client)
    expect(facts.slice(2).map(({ text, isRefused, error }) => [text.sql, isRefused, error?.code])).toEqual([
      ['insert into recorded values (1)', true, '58000'],
      ['select 1', undefined, undefined],
    ])
    expect(fixture.gateway.status().counters.statementsRefused).toBe(1)
  })

  test('a refusal inside of a transaction leaves it failed, as any error does', async () => {
    const client = await withTable()
    client.send(message.query('begin'), message.query('insert into recorded values (1)'))
    await client.ready(2)
    fixture.recorder.onAdmit = refuse
    client.send(message.query('insert into recorded values (2)'))
    await client.ready(3)
    expect(client.state()).toBe('E')
    client.send(message.query('commit'))
    await client.ready(4)
    expect(client.state()).toBe('I')
    expect(await countRows()).toBe(0)
    client.close()
  })

  test('a refused execution takes back what stands before it up to Sync, and nothing behind it is done', async () => {
    const client = await withTable()
    client.send(...insert(1), message.flush())
    await until(() => (client.types() === '12C' ? true : undefined), 'the first insert')
    fixture.recorder.onAdmit = refuse
    client.send(...insert(2), ...insert(3), message.sync())
    await client.ready(1)
    expect(client.types()).toBe('12C1EZ')
    expect(client.errors()[0]?.['C']).toBe('58000')
    fixture.recorder.onAdmit = async () => undefined
    client.send(...insert(4), message.sync())
    await client.ready(2)
    expect(client.types()).toBe('12C1EZ12CZ')
    expect(await countRows()).toBe(1)
    client.close()
  })

  test('a portal that was refused is not there, and one that nobody knows needs an intent', async () => {
    const client = await withTable()
    client.send(message.query('begin'), message.query('savepoint a'))
    await client.ready(2)
    fixture.recorder.onAdmit = refuse
    client.send(message.parse('', 'insert into recorded values (1)'), message.bind('p', ''), message.sync())
    await client.ready(3)
    client.send(message.query('rollback to a'), message.execute('p'), message.sync())
    await client.ready(5)
    client.send(message.query('rollback to a'), message.query('commit'))
    await client.ready(7)
    expect(client.errors().map(({ C }) => C)).toEqual(['58000', '58000'])
    expect(await countRows()).toBe(0)
    client.close()
  })

  test('a portal that is bound and never executed has an intent all the same', async () => {
    const client = await withTable()
    client.send(message.parse('', 'select 1'), message.bind('', ''), message.sync())
    await client.ready(1)
    expect(fixture.recorder.intents.at(-1)?.text.sql).toBe('select 1')
    expect(await fixture.told(client)).toHaveLength(2)
  })

  test('a function call that is refused is not made', async () => {
    const client = await withTable()
    fixture.recorder.onAdmit = refuse
    client.send(message.functionCall(1598, []))
    await client.ready(1)
    expect(client.types()).toBe('EZ')
    client.close()
  })

  test('a statement that comes byte by byte is held back as a whole', async () => {
    const client = await withTable()
    fixture.recorder.onAdmit = refuse
    for (const byte of Buffer.concat([
      message.query('insert into recorded values (1)'),
      ...insert(2),
      message.sync(),
    ])) {
      client.send(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await client.ready(2)
    expect(client.types()).toBe('EZ1EZ')
    expect(await countRows()).toBe(0)
    client.close()
  })

  test('a statement that is longer than what is read of one is refused as a whole', async () => {
    await fixture.restart({ mode: 'enforce', limits: { statementBytesMax: 1000 } })
    const client = await withTable()
    fixture.recorder.onAdmit = refuse
    const long = `insert into recorded select 1 where 'x' <> '${'y'.repeat(3_000_000)}'`
    client.send(message.query(long))
    await client.ready(1)
    expect(client.types()).toBe('EZ')
    expect(fixture.recorder.intents.at(-1)?.text).toMatchObject({ isCut: true, bytes: long.length })
    fixture.recorder.onAdmit = async () => undefined
    client.send(message.query(long))
    await client.ready(2)
    expect(client.types()).toBe('EZCZ')
    expect(await countRows()).toBe(1)
    client.close()
  })

  test('what is executed where the server refuses a new meaning of a name is in the intent', async () => {
    const client = await withTable()
    client.send(message.parse('s', 'insert into recorded values (1)'), message.sync())
    await client.ready(1)
    client.send(
      message.parse('s', 'select 1'),
      message.sync(),
      message.bind('', 's'),
      message.execute(''),
      message.sync(),
    )
    await client.ready(3)
    expect(fixture.recorder.intents.at(-1)).toMatchObject({
      text: { sql: 'select 1' },
      before: { sql: 'insert into recorded values (1)' },
    })
    expect((await fixture.told(client)).at(-1)?.text.sql).toBe('insert into recorded values (1)')
  })

  test('slices of a portal need one intent', async () => {
    const client = await withTable()
    client.send(message.query('begin'))
    client.send(message.parse('', 'select generate_series(1, 9)'), message.bind('p', ''))
    for (let i = 0; i < 3; i++) client.send(message.execute('p', 4))
    client.send(message.sync())
    await client.ready(2)
    expect(fixture.recorder.intents).toHaveLength(2)
    client.close()
  })

  test('COPY data flow without waiting once their statement is admitted', async () => {
    const client = await withTable()
    client.send(message.query('copy recorded from stdin'))
    await until(() => (client.types().endsWith('G') ? true : undefined), 'the answer to COPY')
    for (let i = 0; i < 1000; i++) client.send(message.copyData(`${i}\n`))
    client.send(message.copyDone())
    await client.ready(1)
    expect(await countRows()).toBe(1000)
    expect(fixture.recorder.intents).toHaveLength(2)
    client.close()
  })

  test('a client that leaves while its statement waits does not have it executed', async () => {
    const client = await withTable()
    let admit = (): void => undefined
    fixture.recorder.onAdmit = async () => new Promise((resolve) => (admit = resolve))
    client.send(message.query('insert into recorded values (1)'))
    await until(() => fixture.recorder.intents[1], 'the intent')
    client.socket.resetAndDestroy()
    await fixture.gateway.close()
    admit()
    expect(await countRows()).toBe(0)
  })
})

describe('in buffer mode', () => {
  test('sessions wait before they pass on what the client sends, while there is no room', async () => {
    await fixture.restart({ mode: 'buffer' })
    const client = await withTable()
    let makeRoom = (): void => undefined
    fixture.recorder.room = new Promise((resolve) => (makeRoom = resolve))
    client.send(message.query('insert into recorded values (1)'))
    const { asked } = fixture.recorder
    await until(() => (fixture.recorder.asked > asked ? true : undefined), 'a look for room')
    expect(await countRows()).toBe(0)
    fixture.recorder.room = undefined
    makeRoom()
    await client.ready(1)
    expect(await countRows()).toBe(1)
    client.close()
  })

  test('a session ends where there will be no room', async () => {
    await fixture.restart({ mode: 'buffer' })
    const client = await withTable()
    fixture.recorder.room = Promise.reject(new Error('the log is closed'))
    fixture.recorder.room.catch(() => undefined)
    client.send(message.query('insert into recorded values (1)'))
    await client.untilEnd()
    expect(client.errors()[0]).toMatchObject({ S: 'FATAL', C: '58000' })
    expect(await countRows()).toBe(0)
    client.close()
  })
})

test('in observe mode nobody is asked', async () => {
  await fixture.restart({ mode: 'observe' })
  await fixture.connected(async (client) => client.query('select 1'))
  expect(fixture.recorder.asked).toBe(0)
  expect(fixture.recorder.intents).toEqual([])
})

test('a recorder that fails ends no session', async () => {
  await fixture.restart({ mode: 'observe' })
  fixture.recorder.statementFinished = () => {
    throw new Error('broken')
  }
  await fixture.connected(async (client) => {
    await client.query('select 1')
    await client.query('select 2')
  })
  expect(fixture.gateway.status().counters.internalErrors).toBe(2)
})
