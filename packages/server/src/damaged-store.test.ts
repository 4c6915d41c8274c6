import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const removals: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const remove of removals.splice(0).reverse()) await remove()
})

const begin = Date.now() - 20 * 86_400_000

/** Sends events over three weeks, some of them twice, and waits until all are in the event store. */
async function fill(server: TestServer, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  const events = ids.map((id, i) => ({
    id,
    type: 'damage_test',
    actor: { type: 'user', email: `person${i % 7}@acme.com` },
    occurredAt: new Date(begin + i * 3_600_000).toISOString(),
    data: { sql: `select ${i}`, n: i },
  }))
  expect((await server.post('/api/v1/events', { events })).status).toBe(201)
  expect((await server.post('/api/v1/events', { events: events.slice(0, 10) })).status).toBe(201)
  await server.find('type:damage_test', count)
  return ids
}

async function restart(server: TestServer, damage: () => Promise<void>): Promise<TestServer> {
  await server.close()
  await damage()
  const again = await startTestServer({ dataDir: server.dataDir })
  removals.push(again.close)
  return again
}

async function startFilled(count: number) {
  const server = await startTestServer()
  removals.push(async () => rm(server.dataDir, { recursive: true, force: true }))
  return { server, ids: await fill(server, count) }
}

const found = async (server: TestServer, count: number): Promise<string[]> =>
  (await server.find('type:damage_test', count)).map((event) => String(event['id'])).sort()

/** The folders of the parts of the table that has this column. */
async function partsWith(dataDir: string, column: string): Promise<string[]> {
  const store = join(dataDir, 'clickhouse', 'store')
  const names = await readdir(store, { recursive: true })
  const columns = names.filter((name) => name.endsWith('/columns.txt') && !name.includes('.proj/'))
  const parts: string[] = []
  for (const name of columns) {
    const text = await readFile(join(store, name), 'utf8')
    if (text.includes(`\`${column}\``)) parts.push(join(store, name, '..'))
  }
  return parts
}

describe('an event store that was damaged', () => {
  it('gets a part back from the journal that the engine put aside, and says so until somebody looked', async () => {
    const { server, ids } = await startFilled(400)
    const again = await restart(server, async () => {
      const parts = await partsWith(server.dataDir, 'content_hash')
      expect(parts.length).toBeGreaterThan(1)
      await rm(join(parts[0] ?? '', 'columns.txt'))
      await rm(join(parts[0] ?? '', 'checksums.txt'))
    })
    await vi.waitFor(async () => expect((await again.api('/readyz')).status).toBe(503))
    expect(await found(again, 400)).toEqual(ids.toSorted())
    const everythingIsBack = async () =>
      expect(await again.check({})).toMatchObject({
        isSound: false,
        journal: { missingCount: 0, changedCount: 0 },
        store: {
          repeatedEvents: 0,
          tableWeeksAstray: 0,
          projectionWeeksAstray: 0,
          seenAstray: 0,
          brokenParts: 0,
        },
        damagedParts: [expect.stringContaining('events/')],
      })
    await vi.waitFor(everythingIsBack, { timeout: 10_000 })
    expect(await again.check({ dropDamagedParts: true })).toMatchObject({ isSound: true, damagedParts: [] })
  })

  it('is filled again from the journal when all of it is gone', async () => {
    const { server, ids } = await startFilled(400)
    const again = await restart(server, async () =>
      rm(join(server.dataDir, 'clickhouse'), { recursive: true }),
    )
    expect(await found(again, 400)).toEqual(ids.toSorted())
    const everythingIsBack = async () => expect(await again.check({})).toMatchObject({ isSound: true })
    await vi.waitFor(everythingIsBack, { timeout: 10_000 })
    expect((await again.api('/readyz')).status).toBe(200)
  })

  it('tells of bytes that changed on the disk', async () => {
    const { server } = await startFilled(100)
    const again = await restart(server, async () => {
      const [part = ''] = await partsWith(server.dataDir, 'content_hash')
      const file = join(part, 'data.bin')
      await truncate(file, (await stat(file)).size - 5)
    })
    const check = await again.check({})
    expect(check['isSound']).toBe(false)
  })
})
