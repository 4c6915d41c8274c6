import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDataDirectory } from '../../packages/server/src/data-directory.ts'
import { projections } from '../../packages/server/src/store/clickhouse/check-tables.ts'
import { openEmbeddedEngine } from '../../packages/server/src/store/clickhouse/embedded-engine.ts'
import type { Engine } from '../../packages/server/src/store/clickhouse/engine.ts'
import { toEventRow } from '../../packages/server/src/store/clickhouse/event-row.ts'
import { keptColumns, readKept } from '../../packages/server/src/store/clickhouse/kept-event.ts'
import { startTestServer } from '../../packages/server/src/testing/test-server.ts'
import { insertedColumns } from './copy-expressions.ts'
import { incidents } from './incident.ts'
import { seedDirectory, type SeedOptions } from './seed-directory.ts'

const nowMs = Date.parse('2026-11-24T12:34:56.789Z')
const events = 30_000
const made = 3000

let folder: string
let path: string
const said: string[] = []

function optionsFor(more: Partial<SeedOptions> = {}): SeedOptions {
  return { path, seed: 'test', events, nowMs, madeMax: made, say: (message) => said.push(message), ...more }
}

async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEmbeddedEngine({
    path: join(path, 'clickhouse'),
    memoryBytesMax: 1_000_000_000,
    queryMemoryBytesMax: 500_000_000,
    queryTimeMs: { apply: 60_000, interactive: 60_000, long: 60_000 },
  })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

async function numbers(engine: Engine, sql: string): Promise<number[][]> {
  return (await engine.queryLines('apply', sql)).map((line) => line.split('\t').map(Number))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-seed-'))
  path = join(folder, 'data')
  await seedDirectory(optionsFor())
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

describe('a seeded directory', () => {
  it('has as many events as asked for, each with an id and a position of its own', async () => {
    // Under the node of the directory: the workspace that was made, and what became of alerts.
    await withEngine(async (engine) => {
      expect(
        await numbers(
          engine,
          `SELECT count(), uniqExact(id), uniqExact(sequence), min(sequence), max(sequence)
           FROM events
           WHERE node = 'demo-test'`,
        ),
      ).toEqual([[events, events, events, 1, events]])
      expect(
        await numbers(
          engine,
          `SELECT count() FROM events
           WHERE node != 'demo-test' AND type NOT IN ('alert_acknowledged', 'alert_resolved')`,
        ),
      ).toEqual([[1]])
      const [staging] = await numbers(
        engine,
        `SELECT count() FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'seed_')`,
      )
      expect(staging).toEqual([0])
    })
    expect(said.join('\n')).toContain(`${events - made} events copied`)
  })

  it('has rows whose columns say what their JSON says, copies too', async () => {
    await withEngine(async (engine) => {
      const columns = (await insertedColumns(engine, 'events')).map(({ name }) => name)
      const lines = await engine.queryLines(
        'apply',
        `SELECT
           formatRowNoNewline('JSONEachRow', ${columns.join(', ')}),
           ${keptColumns}
         FROM events
         WHERE node = 'demo-test'
         ORDER BY sipHash64(id)
         LIMIT 1500`,
      )
      expect(lines).toHaveLength(1500)
      let copies = 0
      for (const line of lines) {
        const tab = line.indexOf('\t')
        const row: Record<string, unknown> = JSON.parse(line.slice(0, tab))
        const event = readKept(line.slice(tab + 1))
        expect(row).toEqual(JSON.parse(JSON.stringify(toEventRow(event))))
        if (event.position.sequence > made) copies++
      }
      expect(copies).toBeGreaterThan(1000)
    })
  })

  it('has a row for each event and table, with the same values', async () => {
    await withEngine(async (engine) => {
      const pairs = `
        SELECT id, sequence, node, occurred_at, type, email_shown AS email, JSONExtractString(event, 'attribution', 'tool') AS tool,
          tupleElement(one, 'name') AS table_name, tupleElement(one, 'access') AS access, workspace_id
        FROM events
        ARRAY JOIN JSONExtract(event, 'statement', 'tables', 'Array(Tuple(name String, access String))') AS one`
      const columns = 'id, sequence, node, occurred_at, type, email, tool, table_name, access, workspace_id'
      const [fromEvents] = await engine.queryLines(
        'apply',
        `SELECT count(), sum(cityHash64(${columns})) FROM (${pairs})`,
      )
      const [fromTables] = await engine.queryLines(
        'apply',
        `SELECT count(), sum(cityHash64(${columns})) FROM event_tables`,
      )
      expect(Number(fromTables?.split('\t')[0])).toBeGreaterThan(events / 2)
      expect(fromTables).toBe(fromEvents)
    })
  })

  it('has projections that count what the rows count', async () => {
    await withEngine(async (engine) => {
      for (const { table, period, columns, sums } of Object.values(projections)) {
        const keys = [period, ...columns].join(', ')
        const sql = `SELECT ${keys}, ${sums.join(', ')} FROM ${table} GROUP BY ${keys} ORDER BY ALL`
        const projected = await engine.queryLines('apply', `${sql} SETTINGS force_optimize_projection = 1`)
        expect(projected.length).toBeGreaterThan(50)
        expect(await engine.queryLines('apply', `${sql} SETTINGS optimize_use_projections = 0`)).toEqual(
          projected,
        )
      }
    })
  })

  it('has other numbers in the SQL of copies, in the rhythm of the day', async () => {
    await withEngine(async (engine) => {
      const hours = async (where: string): Promise<number[][]> =>
        numbers(
          engine,
          `SELECT toHour(occurred_at) AS hour, count() FROM events WHERE ${where} GROUP BY hour ORDER BY hour`,
        )
      const [own, copied] = [await hours(`sequence <= ${made}`), await hours(`sequence > ${made}`)]
      for (const [hour, count] of copied) {
        const share = (own.find(([one]) => one === hour)?.[1] ?? 0) / made
        expect(Math.abs((count ?? 0) / (events - made) - share), `hour ${hour}`).toBeLessThan(0.04)
      }
      const [texts] = await numbers(
        engine,
        `SELECT uniqExact(JSONExtractString(event, 'data', 'sql')), countIf(position(event, 'seed0literal') > 0), countIf(occurred_at >= '2026-11-24 12:34:56.789') FROM events WHERE node = 'demo-test'`,
      )
      expect(texts?.[0]).toBeGreaterThan(events / 3)
      expect(texts?.slice(1)).toEqual([0, 0])
    })
  })

  it('is opened by the server like any other, and the documented searches find the incidents', async () => {
    const server = await startTestServer({ dataDir: path, now: () => nowMs })
    try {
      for (const { findings } of Object.values(incidents)) {
        for (const { search, count } of findings) await server.find(search, count)
      }
      const { buckets } = await server.get('/api/v1/events/histogram?interval=1d')
      const counts = (buckets as { count: number }[]).map(({ count }) => count)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(events)
      expect(
        (await server.post('/api/v1/events', { type: 'query', actor: { type: 'user', id: 'new' } })).status,
      ).toBe(201)
      await server.find('actor:new', 1)
      const { alerts } = (await server.get('/api/v1/alerts?limit=200')) as {
        alerts: { rule: { title: string }; openedAt: string; firstEventAt: string }[]
      }
      const titles = alerts.map(({ rule }) => rule.title)
      expect(titles).toEqual(
        expect.arrayContaining(['Password spraying', 'Account of a person who has left', 'Gateway bypassed']),
      )
      // Somebody has looked after what is older; there is something left to do, and its steps are in the log.
      const { counts: byStatus } = (await server.get('/api/v1/alerts')) as { counts: Record<string, number> }
      expect(byStatus['open']).toBeGreaterThan(5)
      expect(byStatus['open']).toBeLessThan(30)
      expect(byStatus['acknowledged']).toBeGreaterThan(0)
      expect(byStatus['resolved']).toBeGreaterThan(20)
      await server.find('type:alert_resolved actor:grace@lumen.example', byStatus['resolved'] ?? 0)
      // They were opened when it happened, not when the log was made.
      for (const { openedAt, firstEventAt } of alerts) {
        expect(Date.parse(openedAt)).toBeLessThan(nowMs)
        expect(Date.parse(openedAt)).toBeGreaterThan(Date.parse(firstEventAt) - 1000)
      }
      const { people } = (await server.get('/api/v1/people')) as { people: { name: string }[] }
      expect(people).toHaveLength(40)
      const asked = {
        sql: '-- Metabase:: userID: 3 queryType: native\nselect through_metabase',
        login: 'svc_metabase',
      }
      const actor = { type: 'service', id: 'svc_metabase' }
      await server.post('/api/v1/events', { type: 'query', actor, data: asked })
      const [named] = await server.find('type:query through_metabase', 1)
      expect(named).toMatchObject({
        actor: { email: 'anneliese@lumen.example' },
        attribution: { trust: 'trusted' },
      })
      expect(server.log()).not.toMatch(/error/i)
    } finally {
      await server.close()
    }
  })

  it('is not filled again, unless asked to with another seed', async () => {
    await expect(seedDirectory(optionsFor())).rejects.toMatchObject({ code: 'conflict' })
    await expect(seedDirectory(optionsFor({ add: true }))).rejects.toMatchObject({ code: 'conflict' })
    const other = { add: true, seed: 'other', events: 2000 }
    await expect(seedDirectory(optionsFor({ ...other, workspaceId: 'nobody' }))).rejects.toMatchObject({
      code: 'not_found',
    })
    await seedDirectory(optionsFor(other))
    await withEngine(async (engine) => {
      expect(await numbers(engine, `SELECT count() FROM events WHERE startsWith(node, 'demo-')`)).toEqual([
        [events + 2000],
      ])
    })
  })

  it('is refused while somebody uses it', async () => {
    const inUse = await openDataDirectory(join(folder, 'in-use'))
    try {
      await expect(seedDirectory(optionsFor({ path: inUse.path }))).rejects.toMatchObject({
        code: 'conflict',
      })
    } finally {
      inUse.release()
    }
  })
})
