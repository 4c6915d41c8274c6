import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from './config.ts'
import {
  startClickHouseHttpFront,
  type ClickHouseHttpFront,
  type FrontFault,
} from './store/clickhouse/testing/clickhouse-http-front.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let dir: string
let front: ClickHouseHttpFront
let tables: Session
const servers: TestServer[] = []
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clickhouse-server-'))
  front = await startClickHouseHttpFront({ path: dir, timeZone: 'Asia/Kathmandu' })
  tables = new Session(dir)
})
afterEach(async () => {
  front.fault = () => undefined
  for (const server of servers.splice(0)) await server.remove()
})
afterAll(async () => {
  tables.close()
  await front.close()
  await rm(dir, { recursive: true, force: true })
})

/** The whole server, told of its event store as an operator does it. */
async function start(): Promise<TestServer> {
  const { clickhouse } = readConfig({ AUDIT_CLICKHOUSE_URL: front.url })
  if (!clickhouse) throw new Error('no address was read')
  const server = await startTestServer({ clickhouse })
  servers.push(server)
  return server
}

const query = (sql: string): Record<string, unknown> => ({
  id: crypto.randomUUID(),
  type: 'query',
  actor: { type: 'user', email: 'ann@acme.com' },
  data: { sql, dialect: 'postgres', durationMs: 0.1 },
})

/** Rows and different events of these ids, as the engine itself counts them. */
async function countRows(ids: readonly unknown[]): Promise<string> {
  const list = ids.map((id) => `'${String(id)}'`).join(',')
  const sql = `SELECT toString(count()) || ' ' || toString(uniqExact(id)) FROM events WHERE id IN (${list})`
  return (await tables.queryAsync(sql, { format: 'TabSeparatedRaw' })).text().trim()
}

const isReady = async (server: TestServer): Promise<unknown> => (await server.api('/readyz')).status

/** Fails so many inserts of events in one way, then no more. */
function failInserts(times: number, fault: FrontFault): () => number {
  let failed = 0
  front.fault = ({ query }) => {
    if (failed === times || !query.startsWith('INSERT INTO events ')) return undefined
    failed++
    return fault
  }
  return () => failed
}

describe('the whole server with its events on a ClickHouse server (a fake in front of the embedded engine)', () => {
  it('takes, finds, counts and exports events', async () => {
    const server = await start()
    const drafts = Array.from({ length: 20 }, (_, i) => query(`select * from sales.orders where id = ${i}`))
    expect((await server.post('/api/v1/events', { events: drafts })).status).toBe(201)
    const events = await server.find('type:query sales.orders', 20)
    expect(new Set(events.map((event) => event['id']))).toEqual(new Set(drafts.map((draft) => draft['id'])))
    expect(events[0]?.['data']).toMatchObject({ durationMs: 0.1 })
    expect(await server.get(`/api/v1/events/${String(drafts[3]?.['id'])}`)).toMatchObject({ type: 'query' })
    const { facets } = await server.get('/api/v1/events/facets?q=type:query&fields=type')
    expect(facets).toEqual({ type: { values: [{ value: 'query', count: 20 }], other: 0 } })
    const { buckets } = await server.get('/api/v1/events/histogram?q=type:query')
    expect(buckets).toEqual(expect.arrayContaining([expect.objectContaining({ count: 20, failed: 0 })]))
    const csv = await (await server.api('/api/v1/events/export?format=csv&q=type:query')).text()
    expect(csv.trim().split('\r\n')).toHaveLength(21)
    expect(await countRows(drafts.map((draft) => draft['id']))).toBe('20 20')
    expect(await isReady(server)).toBe(200)
  })

  it('acknowledges events while the store is away, says so, and stores each once when it is back', async () => {
    const server = await start()
    await front.goAway()
    const drafts = Array.from({ length: 30 }, (_, i) => query(`select ${i} from t`))
    for (const draft of drafts) expect((await server.post('/api/v1/events', draft)).status).toBe(201)
    await vi.waitFor(async () => expect(await isReady(server)).toBe(503), { timeout: 20_000 })
    expect(await server.get('/readyz')).toMatchObject({
      problems: expect.arrayContaining(['Events cannot be brought into the event store.']),
    })
    expect((await server.api('/api/v1/events')).status).toBe(503)
    await front.comeBack()
    await vi.waitFor(async () => expect(await isReady(server)).toBe(200), { timeout: 20_000 })
    await server.find('type:query', 30)
    expect(await countRows(drafts.map((draft) => draft['id']))).toBe('30 30')
    expect(server.log()).not.toContain('p@ss')
    expect(server.log()).not.toContain('p%40ss')
  })

  it.each([
    // Its rows are there, so it is not tried again.
    ['cut after', 1],
    ['cut answer', 1],
    ['cut before', 3],
    ['error', 3],
  ] as const)('stores each event once when inserts fail (%s)', async (fault, times) => {
    const server = await start()
    const failed = failInserts(times, fault)
    const drafts = Array.from({ length: 25 }, (_, i) => query(`select ${i} from t`))
    expect((await server.post('/api/v1/events', { events: drafts })).status).toBe(201)
    await vi.waitFor(() => expect(failed()).toBe(times), { timeout: 20_000, interval: 50 })
    await server.find('type:query', 25)
    await vi.waitFor(async () => expect(await isReady(server)).toBe(200), { timeout: 20_000 })
    expect(await countRows(drafts.map((draft) => draft['id']))).toBe('25 25')
  })

  it('stores each event once when its insert was stopped and it is started again', async () => {
    const first = await start()
    const draft = query('select 1 from t')
    front.fault = ({ query }) => (query.startsWith('INSERT INTO events ') ? 'busy' : undefined)
    expect((await first.post('/api/v1/events', draft)).status).toBe(201)
    await vi.waitFor(async () => expect((await front.running()).join()).toContain('-insert-'), {
      timeout: 20_000,
    })
    const closing = first.close()
    front.fault = () => undefined
    const { dataDir } = first
    for (const id of await front.running()) if (id.includes('-insert-')) await front.kill(id)
    await closing
    const { clickhouse } = readConfig({ AUDIT_CLICKHOUSE_URL: front.url })
    const second = await startTestServer({ dataDir, ...(clickhouse ? { clickhouse } : {}) })
    servers.push(second)
    await second.find('type:query', 1)
    expect(await countRows([draft['id']])).toBe('1 1')
  })

  it('serves two installations at once, each with its own log', async () => {
    const both = [await start(), await start()]
    const sent = await Promise.all(
      both.map(async (server, i) => {
        const drafts = Array.from({ length: 50 }, (_, n) => query(`select ${n} from t${i}`))
        await Promise.all(drafts.map(async (draft) => server.post('/api/v1/events', draft)))
        return drafts.map((draft) => draft['id'])
      }),
    )
    for (const [i, server] of both.entries()) {
      const events = await server.find('type:query', 50)
      expect(new Set(events.map((event) => event['id']))).toEqual(new Set(sent[i]))
    }
    expect(await countRows(sent.flat())).toBe('100 100')
  })

  it('stops a search and a download on the server when the client goes away', async () => {
    const server = await start()
    await server.post('/api/v1/events', query('select 1'))
    await server.find('type:query', 1)
    for (const path of ['/api/v1/events?q=endless', '/api/v1/events/export?format=csv&q=endless']) {
      let endless = ''
      front.fault = ({ query, queryId }) => {
        if (!query.includes('ORDER BY occurred_at DESC') || endless !== '') return undefined
        endless = queryId
        return 'busy'
      }
      const client = new AbortController()
      const answer = server.api(path, { signal: client.signal }).then((response) => response.text())
      await vi.waitFor(async () => expect(await front.running()).toContain(endless), { timeout: 20_000 })
      client.abort()
      await expect(answer).rejects.toThrow('aborted')
      await vi.waitFor(async () => expect(await front.running()).not.toContain(endless), { timeout: 20_000 })
    }
    await server.find('type:query', 1)
    expect(server.log()).not.toContain(' error ')
  })
})
