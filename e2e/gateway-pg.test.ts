import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Client, DatabaseError, Pool, Query, type QueryConfig } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../packages/server/src/capture/postgres-gateway/testing/make-certificate.ts'
import { clientConfig, GatewayAndDirect, withClient, type Way } from './gateway-and-direct.ts'

/** The driver of most programs for Node, directly and through the gateway: its results have to be the same. */

const ways = new GatewayAndDirect()

type Told = Record<string, unknown>
type AnyQuery = string | (QueryConfig & { rowMode?: 'array' })

/** What a client learns of a query, without what is another number each time. */
async function outcomeOf(query: Promise<unknown>): Promise<unknown> {
  try {
    return resultOf(await query)
  } catch (error) {
    if (!(error instanceof DatabaseError)) return String(error)
    const { code, message, severity, detail, hint, position, constraint, column, table } = error
    return { code, message, severity, detail, hint, position, constraint, column, table }
  }
}

function resultOf(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(resultOf)
  // What `query` resolves with.
  const { command, rowCount, rows, fields } = result as Told & { fields: Told[] }
  return {
    command,
    rowCount,
    rows,
    fields: fields.map(({ name, dataTypeID, format }) => [name, dataTypeID, format]),
  }
}

async function outcomesOf(client: Client, queries: AnyQuery[]): Promise<unknown[]> {
  const outcomes: unknown[] = []
  for (const query of queries) outcomes.push(await outcomeOf(client.query(query)))
  return outcomes
}

describe('a client of pg', () => {
  test('gets the same results and errors', async () => {
    const queries: AnyQuery[] = [
      'create table person (id serial primary key, name text not null unique, at timestamptz, data jsonb)',
      `insert into person (name, data) values ('Ada', '{"a": 1}'), ('Grüße, 世界', null) returning id, name`,
      { text: 'insert into person (name, at) values ($1, $2)', values: ['Bob', new Date(0)] },
      'select * from person order by id',
      { text: 'select * from person where name = any ($1) order by id', values: [['Ada', 'Bob']] },
      { text: 'select name from person order by id', rowMode: 'array' },
      {
        text: 'select 1.5::numeric, 2::bigint, null, true, array[1, 2], $1::bytea',
        values: [Buffer.from([0, 255])],
      },
      `select 1 as one; select 'two' as two; update person set data = '[]'`,
      `select 1; select nothing; select 3`,
      `insert into person (name) values ('Ada')`,
      { text: 'insert into person (name) values ($1)', values: [null] },
      { text: 'select $1::int', values: ['no number'] },
      { text: 'select $1', values: [1, 2] },
      'selec 1',
      '',
      { text: 'select length($1)', values: ['x'.repeat(5_000_000)] },
      "select repeat('y', 3000000) as long",
      { name: 'kept', text: 'select name from person where id = $1', values: [1] },
      { name: 'kept', text: 'select name from person where id = $1', values: [2] },
      { name: 'broken', text: 'select 1 / $1::int', values: [0] },
      { name: 'broken', text: 'select 1 / $1::int', values: [1] },
      'begin',
      'select 1 / 0',
      'select 1',
      'rollback',
      'select count(*)::int from person',
    ]
    const outcomes = await ways.expectSame(async (way) =>
      withClient(way, async (client) => outcomesOf(client, queries)),
    )
    expect(outcomes[1]).toMatchObject({ command: 'INSERT', rowCount: 2 })
    expect(outcomes[9]).toMatchObject({ code: '23505', constraint: 'person_name_key' })
  })

  test('gets results in binary', async () => {
    await ways.expectSame(async (way) =>
      withClient(
        way,
        async (client) =>
          outcomesOf(client, [
            { text: 'select $1::int as n, $2::text as t, 1.5::float8 as f', values: [1, 'x'] },
          ]),
        { binary: true } as object,
      ),
    )
  })

  test('sends queries without waiting, and each failure is that of its own query', async () => {
    const outcomes = await ways.expectSame(async (way) =>
      withClient(
        way,
        async (client) =>
          Promise.all(
            Array.from({ length: 200 }, async (_, n) =>
              outcomeOf(client.query({ text: 'select 100 / ($1::int % 7) as n', values: [n] })),
            ),
          ),
        { pipeline: true },
      ),
    )
    expect(outcomes[7]).toMatchObject({ code: '22012' })
    expect(outcomes[8]).toMatchObject({ rows: [{ n: 100 }] })
  })

  test('fetches a result in portions', async () => {
    const rows = await ways.expectSame(async (way) =>
      withClient(way, async (client) => {
        const got: unknown[] = []
        // The type does not tell of the option.
        const portions = {
          text: 'select g from generate_series(1, $1) g',
          values: [100],
          rows: 7,
        } as QueryConfig
        const query = client.query(new Query(portions))
        await new Promise<void>((resolve, reject) => {
          query.on('row', (row) => got.push(row))
          query.on('end', () => resolve())
          query.on('error', reject)
        })
        return got
      }),
    )
    expect(rows).toHaveLength(100)
  })

  test('hears notices and notifications', async () => {
    const heard = await ways.expectSame(async (way) =>
      withClient(way, async (listener) => {
        const told: unknown[] = []
        listener.on('notice', ({ message }) => told.push(message))
        listener.on('notification', ({ channel, payload }) => told.push([channel, payload]))
        await listener.query('listen news')
        await listener.query(`do $$ begin raise notice 'a notice'; end $$`)
        await withClient(way, async (other) => {
          for (let n = 0; n < 20; n++) await other.query(`select pg_notify('news', $1)`, [`number ${n}`])
        })
        while (told.length < 21) await listener.query('select 1')
        return told
      }),
    )
    expect(heard.at(-1)).toEqual(['news', 'number 19'])
  })

  test('copies both ways', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `${n}\tline ${n} ${'x'.repeat(n % 100)}\n`)
    const { back, bad } = await ways.expectSame(async (way) =>
      withClient(way, async (client) => {
        await client.query('create table copied (id int primary key, line text)')
        await pipeline(Readable.from(lines), client.query(copyFrom('copy copied from stdin')))
        const back = await text(client.query(copyTo('copy (select * from copied order by id) to stdout')))
        const bad = await outcomeOf(
          pipeline(Readable.from(['no number\tx\n']), client.query(copyFrom('copy copied from stdin'))),
        )
        const after = await outcomesOf(client, ['select count(*)::int from copied'])
        return { back, bad, after }
      }),
    )
    expect(back).toBe(lines.join(''))
    expect(bad).toMatchObject({ code: '22P02' })
  })

  test('is told of timeouts, and of the end of its session', async () => {
    const outcomes = await ways.expectSame(async (way) => [
      await withClient(way, async (client) =>
        outcomesOf(client, [
          'set statement_timeout = 50',
          'select pg_sleep(600)',
          'reset statement_timeout',
          'select 1',
        ]),
      ),
      await withClient(way, async (client) => {
        const ended = once(client, 'error')
        await client.query('set idle_in_transaction_session_timeout = 50; begin')
        const [error] = (await ended) as [DatabaseError]
        return { code: error.code, message: error.message }
      }),
    ])
    expect(outcomes).toEqual([expect.anything(), expect.objectContaining({ code: '25P03' })])
  })

  test('that may not come in is told why', async () => {
    const attempt = async (way: Way, change: object): Promise<unknown> => {
      const client = new Client({ ...clientConfig(way), ...change })
      client.on('error', () => undefined)
      const outcome = await outcomeOf(client.connect())
      await client.end().catch(() => undefined)
      return outcome
    }
    const outcomes = await ways.expectSame(async (way) => {
      await withClient(way, async (client) => client.query('select 1'))
      return [
        await attempt(way, { password: 'not the password' }),
        await attempt(way, { user: 'nobody_known' }),
        await attempt(way, { database: 'nowhere' }),
      ]
    })
    expect(outcomes).toMatchObject([{ code: '28P01' }, { code: '28P01' }, { code: '3D000' }])
  })
})

test('a pool of pg does the same', async () => {
  const rows = await ways.expectSame(async (way) => {
    const pool = new Pool({ ...clientConfig(way), max: 5 })
    try {
      await pool.query('create table counted (n int)')
      const work = Array.from({ length: 60 }, async (_, n) => {
        const client = await pool.connect()
        try {
          await client.query('begin')
          await client.query('insert into counted values ($1)', [n])
          await client.query(n % 3 === 0 ? 'rollback' : 'commit')
        } finally {
          client.release(n % 10 === 0)
        }
      })
      await Promise.all(work)
      return (await pool.query('select n from counted order by n')).rows
    } finally {
      await pool.end()
    }
  })
  expect(rows).toHaveLength(40)
})

describe('with TLS', () => {
  const { certificate, key } = makeCertificate({ commonName: 'gateway', hosts: ['127.0.0.1'] })
  const encrypted = new GatewayAndDirect({
    tls: { client: { certificate, key, required: true, clientCertificate: 'none' } },
  })

  test('a client of pg gets the same results as without', async () => {
    await encrypted.expectSame(async (way) =>
      withClient(
        way,
        async (client) =>
          outcomesOf(client, [
            "select repeat('x', 1000000) as long",
            { text: 'select $1::int as n', values: [1] },
            'select 1 / 0',
          ]),
        way.name === 'gateway' ? { ssl: { ca: certificate } } : {},
      ),
    )
    const { session } = encrypted.gateway.recorder.started.at(-1) ?? {}
    expect(session?.isEncrypted).toBe(true)
  })
})
