import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hostileTexts } from '../../search/export/testing/hostile-text.ts'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'
import { importInto } from './testing/import-into.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-import-'))
})
afterEach(async () => rm(dir, { recursive: true, force: true }))

const type = 'round_trip_test'
const anHourAgo = Date.now() - 3_600_000

const draft = (n: number, more: object = {}) => ({
  type,
  occurredAt: new Date(anHourAgo + n * 1000).toISOString().replace('Z', `${n % 7}56Z`),
  actor: { type: 'user', name: 'Ann Lee', email: 'ann@acme.com' },
  data: { n },
  ...more,
})

/** Events of every kind: with SQL, with a password in it, without data, hostile. */
const variety = [
  ...hostileTexts.map((sql, n) => draft(n, { data: { sql, [sql]: [sql, null], n } })),
  draft(100, { data: { sql: `create role r1 password 'hunter2'`, login: 'svc', durationMs: 1.5 } }),
  draft(101, { data: {}, outcome: 'denied' }),
  draft(102, { actor: { type: 'service', id: 'svc' }, data: undefined, targets: [{ type: 't', id: '1' }] }),
  draft(103, { context: { ip: '10.0.0.1', userAgent: 'x' }, data: { deep: { er: [1, { a: -0.5e-7 }] } } }),
  draft(104, { data: { sql: '', empty: true } }),
  draft(105, { data: { sql: 7, other: 'x' } }),
  draft(106, { data: { sql: 'select 1' }, actor: { type: 'user', name: '=1+1', id: "'=2" } }),
]

async function exportFrom(server: TestServer, format: string): Promise<Buffer> {
  const answer = await server.api(`/api/v1/events/export?format=${format}&q=type:${type}`)
  return Buffer.from(await answer.arrayBuffer())
}

type Event = Record<string, unknown> & { id: string }

/** Sorted by id, without what every server makes for itself. */
function comparable(jsonl: Buffer): Event[] {
  const lines = jsonl.toString().trimEnd().split('\n')
  const events = lines.map((line) => {
    const { receivedAt: _received, position: _position, ...event } = JSON.parse(line) as Event
    return event
  })
  return events.sort((a, b) => a.id.localeCompare(b.id))
}

test('what is exported, as JSON lines or as CSV, comes into another audit log as the same events, once', async () => {
  // One process has room for one server with its engine: the second is started when the first has ended.
  const first = await startTestServer()
  expect((await first.post('/api/v1/events', { events: variety })).status).toBe(201)
  await first.find(`type:${type}`, variety.length)
  const before = comparable(await exportFrom(first, 'jsonl'))
  const files = { jsonl: join(dir, 'export.jsonl'), csv: join(dir, 'export.csv') }
  for (const format of ['jsonl', 'csv'] as const)
    await writeFile(files[format], await exportFrom(first, format))
  await first.remove()
  expect(before).toHaveLength(variety.length)
  expect(JSON.stringify(before)).not.toContain('hunter2')

  const bringIn = async (server: TestServer, format: 'jsonl' | 'csv'): Promise<number> =>
    (await importInto(server, { file: files[format], format, dataDir: dir, restart: true })).code
  for (const format of ['jsonl', 'csv'] as const) {
    const second = await startTestServer()
    expect(await bringIn(second, format)).toBe(0)
    await vi.waitFor(async () => expect(comparable(await exportFrom(second, 'jsonl'))).toEqual(before))
    const other = format === 'csv' ? 'jsonl' : 'csv'
    expect(await bringIn(second, format), 'again').toBe(0)
    expect(await bringIn(second, other), 'the same in the other format').toBe(0)
    await second.find(`type:events_imported`, 3)
    expect(comparable(await exportFrom(second, 'jsonl'))).toEqual(before)
    await second.find('type:event_id_conflict', 0)
    await second.remove()
  }
})
