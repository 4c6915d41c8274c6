import { join } from 'node:path'
import { Session } from 'chdb'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
/** Another look into the engine of the server, which is in this process. */
let tables: Session
const ask = async (sql: string): Promise<string> =>
  (await tables.queryAsync(sql, { format: 'TabSeparatedRaw' })).text().trim()

beforeAll(async () => {
  server = await startTestServer()
  tables = new Session(join(server.dataDir, 'clickhouse'))
})
afterAll(async () => {
  tables.close()
  await server.remove()
})

/** Searches and downloads that have been running for a while. */
const countEndless = async (): Promise<number> =>
  Number(
    await ask(
      `SELECT count() FROM system.processes
       WHERE match(Settings['log_comment'], '^(interactive|long)') AND query LIKE '%FROM events %' AND elapsed > 0.2`,
    ),
  )

it('stops in the engine what its client has left: pages, counts and downloads', async () => {
  const id = crypto.randomUUID()
  await server.post('/api/v1/events', { id, type: 'query', actor: { type: 'user', email: 'ann@acme.com' } })
  await server.find('type:query', 1)
  // Every search now reads billions of rows: only a stop, or its limit of thirty seconds, ends it.
  await ask('RENAME TABLE events TO events_kept')
  await ask('CREATE VIEW events AS SELECT e.* FROM numbers(1000000000000) AS n CROSS JOIN events_kept AS e')
  const paths = [
    '/api/v1/events',
    '/api/v1/events/histogram',
    '/api/v1/events/facets',
    '/api/v1/events/export?format=csv',
    '/api/v1/events/export?format=xlsx',
  ]
  for (const path of paths) {
    const client = new AbortController()
    // Both connections for people, or the one for downloads and a waiting one.
    const answers = [0, 1].map(async () =>
      server.api(path, { signal: client.signal }).then(async (response) => response.text()),
    )
    await vi.waitFor(async () => expect(await countEndless()).toBeGreaterThan(0), { timeout: 20_000 })
    const leftAt = performance.now()
    client.abort()
    for (const answer of answers) await expect(answer).rejects.toThrow('aborted')
    await vi.waitFor(async () => expect(await countEndless()).toBe(0), { timeout: 20_000, interval: 20 })
    expect(performance.now() - leftAt).toBeLessThan(20_000)
  }
  await ask('DROP VIEW events')
  await ask('RENAME TABLE events_kept TO events')
  // That downloads were begun is recorded, and so was looked up in the endless table.
  await ask("KILL QUERY WHERE startsWith(Settings['log_comment'], 'apply') ASYNC")
  await server.find('type:query', 1)
  expect((await server.api('/api/v1/events/export?format=csv&q=type:query')).status).toBe(200)
  await vi.waitFor(async () => expect((await server.api('/readyz')).status).toBe(200), { timeout: 20_000 })
  expect(server.log()).not.toContain('failed (request')
})
