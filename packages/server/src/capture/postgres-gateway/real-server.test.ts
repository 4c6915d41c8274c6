import { Client, type ClientConfig } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../../testing/postgres-server.ts'
import { startTestGateway, type TestGateway } from './testing/test-gateway.ts'

let server: PostgresServer
let fixture: TestGateway

beforeAll(async () => {
  server = await startPostgresServer()
})
afterAll(async () => server.stop())
beforeEach(async () => {
  fixture = await startTestGateway({ server: { host: '127.0.0.1', port: server.port } })
})
afterEach(async () => fixture.gateway.close())

async function connected<T>(work: (client: Client) => Promise<T>, config: ClientConfig = {}): Promise<T> {
  const { superuser: user, password } = server
  const client = new Client({
    host: '127.0.0.1',
    port: fixture.port,
    user,
    password,
    database: 'postgres',
    ...config,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

describe('a session', () => {
  test('is told with who, from where and how long, and each of its statements once', async () => {
    await connected(
      async (client) => {
        await client.query('select 1')
        await client.query('select generate_series(1, $1::int)', [5])
        await client.query("select 1; select 2 as two; select 'three'")
      },
      { application_name: 'some tool' },
    )
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.started).toEqual([
      {
        session: expect.objectContaining({
          login: 'postgres',
          database: 'postgres',
          application: 'some tool',
          clientIp: '127.0.0.1',
          authentication: { identity: 'postgres', method: 'scram-sha-256' },
          backendPid: expect.any(Number),
          serverPort: expect.any(Number),
        }),
        error: undefined,
      },
    ])
    expect(fixture.recorder.sql()).toEqual([
      'select 1',
      'select generate_series(1, $1::int)',
      'select 1',
      'select 2 as two',
      "select 'three'",
    ])
  })
})
