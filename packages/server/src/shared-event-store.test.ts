import { randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from './config.ts'
import {
  startClickHouseHttpFront,
  type ClickHouseHttpFront,
} from './store/clickhouse/testing/clickhouse-http-front.ts'
import { startPostgresServer, type PostgresServer } from './testing/postgres-server.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let dir: string
let postgres: PostgresServer
let front: ClickHouseHttpFront
const servers: TestServer[] = []
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shared-event-store-'))
  postgres = await startPostgresServer()
  front = await startClickHouseHttpFront({ path: join(dir, 'clickhouse') })
  await startServer('one')
  // The second server of an installation gets the keys that both must have, and makes its own node id.
  await mkdir(join(dir, 'two', 'secrets'), { recursive: true })
  for (const name of ['session', 'content-hash', 'redaction']) {
    await cp(join(dir, 'one', 'secrets', name), join(dir, 'two', 'secrets', name))
  }
  await startServer('two')
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await front.close()
  await postgres.stop()
  await rm(dir, { recursive: true, force: true })
})

async function startServer(name: string): Promise<void> {
  const { clickhouse } = readConfig({ AUDIT_CLICKHOUSE_URL: front.url })
  if (!clickhouse) throw new Error('no address was read')
  const dataDir = join(dir, name)
  servers.push(await startTestServer({ dataDir, clickhouse, databaseUrl: postgres.connectionString() }))
}

type Found = { id: string; data: { content: number }; position: { node: string } }

const found = async (server: TestServer, count: number): Promise<Found[]> =>
  // The events that this file has sent.
  (await server.find('type:race', count)) as Found[]

describe('two servers that share settings and an event store (a fake server in front of the embedded engine)', () => {
  it('store an event once that both were sent at the same time, and tell of other content', async () => {
    const ids = Array.from({ length: 200 }, () => randomUUID())
    const send = async (server: TestServer, id: string, content: number): Promise<void> => {
      const draft = { id, type: 'race', actor: { type: 'service', id: 'sender' }, data: { content } }
      expect((await server.post('/api/v1/events', draft)).status).toBe(201)
    }
    await Promise.all(
      servers.flatMap((server, i) =>
        // Half of the ids come with other content to the other server.
        ids.map(async (id, n) => send(server, id, n % 2 === 0 ? 0 : i)),
      ),
    )
    for (const server of servers) {
      const events = await found(server, ids.length)
      expect(new Set(events.map((event) => event.id))).toEqual(new Set(ids))
      // Each has seen the events of both.
      expect(new Set(events.map((event) => event.position.node)).size).toBe(2)
    }
    const [one] = servers
    const isConflict = ids.length / 2
    await vi.waitFor(
      async () => expect(await one?.find('type:event_id_conflict', isConflict)).toBeDefined(),
      {
        timeout: 10_000,
      },
    )
    for (const server of servers) {
      expect(await server.check({})).toMatchObject({
        isSound: true,
        journal: { missingCount: 0, changedCount: 0 },
        store: { repeatedEvents: 0, tableWeeksAstray: 0, projectionWeeksAstray: 0 },
      })
    }
  })
})
