import { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { beforeEach, describe, expect, test } from 'vitest'
import { message, RawClient } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'

const fixture = new GatewayFixture()

describe('rows', () => {
  test('are counted as sent, else as the server says', async () => {
    await fixture.connected(async (client) => {
      await client.query('create temp table t (a int)')
      await client.query('insert into t select generate_series(1, 7)')
      await client.query('update t set a = 0 where a > 4')
      await client.query('delete from t where a = 0 returning a')
      await client.query('select * from t where false')
      await client.query('create temp table t2 as select * from t')
      await client.query('table t')
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ rows, tag }) => [rows, tag])).toEqual([
      [undefined, 'CREATE TABLE'],
      [7, 'INSERT 0 7'],
      [3, 'UPDATE 3'],
      [3, 'DELETE 3'],
      [0, 'SELECT 0'],
      [4, 'SELECT 4'],
      [4, 'SELECT 4'],
    ])
    expect(fixture.recorder.facts()[6]?.bytes).toBe(4 * (2 + 4 + 1))
  })

  test('reach a client that does not read for a while as they were sent', async () => {
    // First as many as fit between the two, then one at a time.
    const sql = `select n, repeat(md5(n::text), 256), case when n > 300 then pg_sleep(0.001) end
      from generate_series(1, 2500) n`
    const rowsOf = async (port: number, waitMs: number): Promise<Buffer> => {
      const client = await RawClient.signedIn(port)
      const before = client.bytes.length
      client.send(message.query(sql))
      client.socket.pause()
      await sleep(waitMs)
      client.socket.resume()
      const end = Buffer.from('Z\0\0\0\u0005I')
      await until(
        () => (client.bytes.subarray(before).subarray(-6).equals(end) ? true : undefined),
        'all rows',
      )
      client.close()
      return client.bytes.subarray(before)
    }
    const direct = await rowsOf(fixture.server.port, 0)
    expect(direct.length).toBeGreaterThan(20_000_000)
    expect((await rowsOf(fixture.port, 4000)).equals(direct)).toBe(true)
  })

  test('of a portal that is fetched in slices are summed, and the time of the client does not count', async () => {
    const client = await fixture.signedIn()
    client.send(message.query('begin'))
    await client.ready(2)
    client.send(
      message.parse('', 'select generate_series(1, 25)'),
      message.bind('slices', ''),
      message.execute('slices', 10),
      message.sync(),
    )
    await client.ready(3)
    client.send(message.execute('slices', 10), message.sync())
    await client.ready(4)
    client.send(message.execute('slices', 10), message.sync())
    await client.ready(5)
    const [, slices] = await fixture.told(client)
    expect(slices).toMatchObject({ text: { sql: 'select generate_series(1, 25)' }, rows: 25, executions: 1 })
    expect(slices?.isPartial).toBeUndefined()
    expect(fixture.recorder.facts()).toHaveLength(2)
  })

  test.each([
    ['closed', (): Buffer[] => [message.close('P', 'slices'), message.sync()]],
    ['given up with the transaction', (): Buffer[] => [message.query('commit')]],
    [
      'replaced by another one',
      (): Buffer[] => [message.close('P', 'slices'), message.bind('slices', ''), message.sync()],
    ],
  ])('of a portal that is %s before its end are told as a part', async (_, ending) => {
    const client = await fixture.signedIn()
    client.send(message.query('begin'))
    client.send(
      message.parse('', 'select generate_series(1, 25)'),
      message.bind('slices', ''),
      message.execute('slices', 10),
      message.sync(),
    )
    await client.ready(3)
    client.send(...ending())
    await client.ready(4)
    const facts = await fixture.told(client)
    const parts = facts.filter(({ text }) => text.sql?.startsWith('select'))
    expect(parts).toEqual([expect.objectContaining({ rows: 10, isPartial: true })])
  })

  test('of a driver that fetches in portions are summed', async () => {
    await fixture.connected(async (client) => {
      const query = { text: 'select generate_series(1, $1::int)', values: [95], rows: 10 }
      const result = await client.query(query)
      expect(result.rows).toHaveLength(95)
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ rows: 95, protocol: 'extended' })])
  })
})

describe('batches', () => {
  test('of one prepared statement up to Sync are one, with the number of executions and all values', async () => {
    await fixture.connected(async (client) =>
      client.query('create table if not exists batch (a int, b text)'),
    )
    fixture.recorder.clear()
    const client = await fixture.signedIn()
    const executions = Array.from({ length: 500 }, (_, i) => [
      message.bind('', 's', [String(i), `text ${i}`]),
      message.execute(''),
    ]).flat()
    client.send(message.parse('s', 'insert into batch values ($1, $2)'), ...executions, message.sync())
    client.send(message.bind('', 's', ['9', 'nine']), message.execute(''), message.sync())
    await client.ready(3)
    const facts = await fixture.told(client)
    expect(facts.map(({ executions: count, rows }) => [count, rows])).toEqual([
      [500, 500],
      [1, 1],
    ])
    expect(facts[0]?.batch).toHaveLength(500)
    expect(facts[0]?.batch?.[499]?.values).toEqual(['499', 'text 499'])
  })

  test('of 30,000 executions pass, though so many answers may not be pending', async () => {
    await fixture.connected(async (client) => client.query('create table if not exists many (a int)'))
    fixture.recorder.clear()
    const client = await fixture.signedIn()
    client.send(message.parse('s', 'insert into many values ($1)'))
    const bound = Array.from({ length: 30_000 }, (_, i) => [
      message.bind('', 's', [String(i)]),
      message.execute(''),
    ])
    client.send(...bound.flat(), message.sync())
    await client.ready(2)
    const facts = await fixture.told(client)
    expect(facts.map(({ executions, rows }) => [executions, rows])).toEqual([[30_000, 30_000]])
  })

  test('of 30,000 executions that the server passes over after a failure end at Sync', async () => {
    const client = await fixture.signedIn()
    client.send(message.parse('s', 'select 1 / $1::int'))
    const bound = Array.from({ length: 30_000 }, () => [message.bind('', 's', ['0']), message.execute('')])
    client.send(...bound.flat(), message.sync(), message.query('select 2'))
    await client.ready(3)
    const facts = await fixture.told(client)
    expect(facts.map(({ text, error }) => [text.sql, error?.code])).toEqual([
      ['select 1 / $1::int', '22012'],
      ['select 2', undefined],
    ])
  })
})

describe('COPY', () => {
  beforeEach(async () => {
    await fixture.connected(async (client) =>
      client.query('drop table if exists copied; create table copied (a int, b text)'),
    )
    fixture.recorder.clear()
  })

  test('both ways is told with direction, rows and bytes', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${i}\tline ${i}\n`).join('')
    let got = 0
    await fixture.connected(async (client) => {
      await pipeline(Readable.from([lines]), client.query(copyFrom('copy copied from stdin')))
      const sink = new Writable({
        write(chunk: Buffer, _, done): void {
          got += chunk.length
          done()
        },
      })
      await pipeline(client.query(copyTo('copy copied to stdout')), sink)
    })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ copy, rows, bytes }) => [copy, rows, bytes])).toEqual([
      ['in', 5000, lines.length],
      ['out', 5000, lines.length],
    ])
    expect(got).toBe(lines.length)
  })

  test('that the client or bad data end is a failure', async () => {
    const client = await fixture.signedIn()
    client.send(message.query('copy copied from stdin'))
    await until(() => (client.types().endsWith('G') ? true : undefined), 'the answer to COPY')
    client.send(message.copyData('1\tone\n'), message.copyFail('no more'))
    await client.ready(2)
    client.send(message.query('copy copied from stdin'))
    await until(() => (client.types().endsWith('G') ? true : undefined), 'the answer to COPY')
    client.send(message.copyData('x\tone\n'), message.copyDone())
    await client.ready(3)
    client.send(message.query('select 1'))
    await client.ready(4)
    expect(
      (await fixture.told(client)).map(({ text, copy, error }) => [text.sql, copy, error?.code]),
    ).toEqual([
      ['copy copied from stdin', 'in', '57014'],
      ['copy copied from stdin', 'in', '22P02'],
      ['select 1', undefined, undefined],
    ])
  })

  test('stays in step with Sync inside of it and a CopyFail that nobody needs', async () => {
    const client = await fixture.signedIn()
    client.send(
      message.parse('', 'copy copied from stdin'),
      message.bind('', ''),
      message.execute(''),
      message.sync(),
    )
    await until(() => (client.types().endsWith('G') ? true : undefined), 'the answer to COPY')
    client.send(
      message.copyData('1\tone\n'),
      message.sync(),
      message.copyData('2\ttwo\n'),
      message.copyDone(),
    )
    client.send(message.copyFail('too late'), message.sync(), message.copyFail('later still'))
    await client.ready(2)
    client.send(message.query('select 1; select 2'), message.query('select 3'))
    await client.ready(4)
    expect((await fixture.told(client)).map(({ text, rows, bytes }) => [text.sql, rows, bytes])).toEqual([
      ['copy copied from stdin', 2, 12],
      ['select 1', 1, 7],
      ['select 2', 1, 7],
      ['select 3', 1, 7],
    ])
  })
})
