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
import { followTail, type FollowedTail } from './testing/follow-tail.ts'
import { bootstrapApiKey, startTestServer, type TestServer } from './testing/test-server.ts'

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

  it('tell who follows on either of them of what both record, once, also when they go on at the other', async () => {
    const headers = { authorization: `Bearer ${bootstrapApiKey}` }
    const follow = async (server: TestServer, lastId?: string): Promise<FollowedTail> =>
      followTail(server.url, headers, { q: 'type:told', ...(lastId === undefined ? {} : { lastId }) })
    const ids: string[] = []
    const record = async (): Promise<void> => {
      for (const server of servers) {
        const events = Array.from({ length: 20 }, () => ({
          type: 'told',
          actor: { type: 'system', id: 'x' },
        }))
        const answer = await server.post('/api/v1/events', { events })
        ids.push(...((await answer.json()) as { ids: string[] }).ids)
      }
    }
    const [one, two] = servers
    if (!one || !two) throw new Error('there are not two servers')
    const tails = [await follow(one), await follow(two)]
    for (let i = 0; i < 5; i++) await record()
    for (const tail of tails) {
      await tail.untilEvents(ids.length)
      expect(tail.events.map(({ id }) => id).sort()).toEqual(ids.toSorted())
      await tail.close()
    }
    await record()
    for (const [i, server] of [two, one].entries()) {
      const before = tails[i]
      const tail = await follow(server, before?.lastId())
      await record()
      await tail.untilEvents(ids.length - (before?.events.length ?? 0))
      expect(new Set(tail.events.map(({ position }) => position.node)).size).toBe(2)
      const told = [...(before?.events ?? []), ...tail.events].map(({ id }) => id)
      expect(told.toSorted()).toEqual(ids.toSorted())
      await tail.close()
    }
  })
})
