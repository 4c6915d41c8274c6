import { join } from 'node:path'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterEach, expect, test } from 'vitest'
import { readClientConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { openClickHouseEventStore } from '../store/clickhouse/clickhouse-event-store.ts'
import { openEmbeddedEngine } from '../store/clickhouse/embedded-engine.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { connect, type Connection } from './connect.ts'
import { rereadEvents } from './reread-events.ts'

let server: TestServer | undefined
afterEach(async () => server?.remove())

const actor = { type: 'user', id: 'u_7', name: 'Ann Lee', email: 'ann@acme.com' }

function query(sql: string, occurredAt?: string): object {
  return { type: 'query', actor, data: { sql, dialect: 'postgres' }, ...(occurredAt ? { occurredAt } : {}) }
}

/** What a version of the product had stored that knew nothing of SQL: the same events without their statements. */
async function forgetStatements(dataDir: string): Promise<void> {
  const engine = await openEmbeddedEngine({
    path: join(dataDir, 'clickhouse'),
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
  })
  const store = await openClickHouseEventStore(engine)
  const forget = (event: StoredEvent): StoredEvent => {
    const { statement: _, ...rest } = event
    return rest
  }
  await store.rewriteEvents(forget, {
    exclusively: async (work) => work(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  })
  await store.close()
}

async function connectTo({ dataDir }: TestServer): Promise<Connection> {
  const config = {
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: undefined,
    trustProxy: false,
    retentionDays: 400,
    admin: undefined,
    bootstrapApiKey: undefined,
    clickhouse: undefined,
    databaseUrl: undefined,
    exportDir: undefined,
    webhookAllowPrivate: false,
    rulesDir: undefined,
  }
  return connect(
    readClientConfig({}),
    config,
    createLog(() => undefined),
  )
}

test('events from before SQL was read are found by their tables, and stay what they were in all else', async () => {
  const first = await startTestServer()
  await first.post('/api/v1/events', {
    events: [
      query('select * from sales.orders where id = 7'),
      query('select 1', new Date(Date.now() - 20 * 86_400_000).toISOString()),
      { type: 'integration_created', actor, data: { name: 'Warehouse' } },
    ],
  })
  await first.find('type:query', 2)
  const [event] = await first.find('table:orders', 1)
  await first.close()
  await forgetStatements(first.dataDir)

  server = await startTestServer({ dataDir: first.dataDir })
  expect((await server.find('type:query "sales.orders"', 1))[0]).not.toHaveProperty('statement')
  expect(await server.find('table:orders', 0)).toEqual([])
  const connection = await connectTo(server)
  const printed: string[] = []
  expect(await rereadEvents(connection, { status: true }, (line) => printed.push(line))).toBe(true)
  expect(await rereadEvents(connection, {}, (line) => printed.push(line))).toBe(true)
  expect(printed.at(0)).toContain('not read anew since the server started')
  expect(printed.at(-1)).toMatch(/^Done: \d+ events read, 2 of them changed\.$/)

  expect(await server.find('table:orders kind:read', 1)).toEqual([event])
  expect(await server.find('is:noise', 1)).toMatchObject([{ data: { sql: 'select 1' } }])
  expect(await server.find('type:audit_log_reread', 1)).toMatchObject([{ actor: { type: 'system' } }])
  expect(await server.check({})).toMatchObject({ isSound: true, journal: { changedCount: 0 } })
  expect(await rereadEvents(connection, {}, (line) => printed.push(line))).toBe(true)
  expect(printed.at(-1)).toMatch(/ 0 of them changed\.$/)
  await connection.close()
})

test('a second one is refused while one is running, and it can be stopped', async () => {
  server = await startTestServer()
  const many = Array.from({ length: 1000 }, (_, i) => query(`select ${i} from t_${i}`))
  for (let i = 0; i < 5; i++) await server.post('/api/v1/events', { events: many })
  await server.find('table:t_999', 5)
  const connection = await connectTo(server)
  const started = await connection.call('POST', '/local/reread')
  expect(started).toMatchObject({ state: 'running' })
  await expect(connection.call('POST', '/local/reread')).rejects.toMatchObject({ code: 'conflict' })
  const printed: string[] = []
  await rereadEvents(connection, { stop: true }, (line) => printed.push(line))
  expect(printed[0]).toMatch(/^(?:Stopped after|Done:)/)
  expect(await connection.call('GET', '/local/reread')).not.toMatchObject({ state: 'running' })
  await connection.close()
})
