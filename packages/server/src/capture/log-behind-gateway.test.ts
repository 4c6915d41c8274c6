import { Client } from 'pg'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../testing/postgres-server.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let postgres: PostgresServer
let gatewayPort: number
let gatewayId: string
let logId: string

beforeAll(async () => {
  ;[server, postgres, gatewayPort] = await Promise.all([
    startTestServer(),
    startPostgresServer(),
    findFreePort(),
  ])
  gatewayId = await add({
    kind: 'postgres_gateway',
    name: 'Gateway',
    settings: { listenPort: gatewayPort, serverHost: '127.0.0.1', serverPort: postgres.port },
  })
  logId = await add({ kind: 'postgres_log', name: 'Log', settings: { path: postgres.dataDir, gatewayId } })
})
afterAll(async () => {
  await server?.remove()
  await postgres?.stop()
})

async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function add(integration: object): Promise<string> {
  const answer = await server.post('/api/v1/integrations', integration)
  expect(answer.status).toBe(201)
  const { integration: made } = (await answer.json()) as { integration: { id: string } }
  return made.id
}

async function run(port: number, statements: string[], password = postgres.password): Promise<void> {
  const { superuser: user } = postgres
  const client = new Client({ host: '127.0.0.1', port, user, password, database: 'postgres' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    for (const text of statements) await client.query(text).catch(() => undefined)
  } catch {
    // A wrong password is what a test wanted.
  }
  await client.end().catch(() => undefined)
}

const sources = (events: Record<string, unknown>[]): unknown[] => events.map(({ source }) => source)

test('what went through the gateway is recorded once, by the gateway', async () => {
  await run(gatewayPort, ['select 1 as through_it', 'selekt through_it'])
  await run(gatewayPort, [], 'wrong')
  // Later lines of the log have been read when this one has.
  await run(postgres.port, ['select 2 as later_marker'])
  await server.find('later_marker type:query', 1)
  expect(sources(await server.find('through_it type:query', 2))).toEqual([gatewayId, gatewayId])
  expect(sources(await server.find('type:session_started outcome:denied', 1))).toEqual([gatewayId])
})

test('what went past the gateway is recorded from the log, and told once for each session', async () => {
  await run(postgres.port, ['select 1 as past_it', 'select 2 as past_it'])
  expect(sources(await server.find('past_it type:query', 2))).toEqual([logId, logId])
  const found = await server.find('past_it type:query', 2)
  const [sessionId] = found.map(({ context }) => (context as { sessionId: string }).sessionId)
  const bypassed = await server.find(`type:gateway_bypassed session:${sessionId}`, 1)
  expect(bypassed).toMatchObject([
    {
      source: logId,
      outcome: 'failure',
      data: { login: 'postgres', database: 'postgres' },
      targets: [{ type: 'integration', id: gatewayId }],
      context: { ip: '127.0.0.1' },
    },
  ])
})

test('sessions of a gateway that ended long before are known from the audit log itself', async () => {
  const before = await server.find('through_it type:query', 2)
  // The log is read anew from its beginning, by a server that has forgotten the sessions.
  const dataDir = server.dataDir
  await server.close()
  server = await startTestServer({ dataDir })
  const name = 'Log read anew'
  const again = await add({ kind: 'postgres_log', name, settings: { path: postgres.dataDir, gatewayId } })
  await server.find(`past_it source:${again} type:query`, 2)
  expect(await server.find('through_it type:query', 2)).toEqual(before)
})

test('a log is set against a gateway that is there, and a gateway with a log is not deleted', async () => {
  const unknown = await server.post('/api/v1/integrations', {
    kind: 'postgres_log',
    name: 'Another',
    settings: { path: postgres.dataDir, gatewayId: logId },
  })
  expect([unknown.status, ((await unknown.json()) as { errors: object[] }).errors]).toEqual([
    400,
    [{ path: 'settings.gatewayId', message: 'is no gateway of this workspace' }],
  ])
  const deleted = await server.api(`/api/v1/integrations/${gatewayId}`, { method: 'DELETE' })
  expect([deleted.status, await deleted.text()]).toEqual([
    409,
    expect.stringContaining('Change the log first'),
  ])
})
