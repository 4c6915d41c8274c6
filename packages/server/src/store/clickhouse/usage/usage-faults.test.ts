import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '../../event-store.ts'
import { createMemoryEventStore } from '../../memory/memory-event-store.ts'
import { search } from '../../testing/sketch-events.ts'
import { makeUsageEvents } from '../../testing/usage-suite.ts'
import { openClickHouseEventStore } from '../clickhouse-event-store.ts'
import { openEmbeddedEngine } from '../embedded-engine.ts'
import type { Engine } from '../engine.ts'
import { migrateEngine } from '../migrate-engine.ts'
import { RowBuffer } from '../row-buffer.ts'

let dir: string
let engine: Engine
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'usage-faults-'))
  engine = await openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
  })
})
afterEach(async () => {
  await engine.close()
  await rm(dir, { recursive: true, force: true })
})

const events = makeUsageEvents(600, 3)

/** Everything that is counted, of what the engine has and of the plain meaning of these events. */
async function listed({ usage }: EventStore): Promise<unknown> {
  const request = { limit: 1000 } as const
  const found = []
  for (const q of ['type:query -is:noise', 'duration:>=0']) {
    const asked = search(q, { workspaceId: 'w1' })
    found.push(
      await usage.people(asked, { ...request, sort: 'count' }),
      await usage.people(asked, { ...request, sort: 'dormant' }),
      await usage.tables(asked, { ...request, sort: 'count' }),
      await usage.tables(asked, { ...request, sort: 'unused' }),
      (await usage.queries(asked, { ...request, sort: 'count' })).rows.map(
        ({ totalMs: _ms, rows: _rows, ...row }) => row,
      ),
      await usage.tools(asked, { ...request, sort: 'count' }),
      await usage.activity(asked, 'Asia/Kolkata'),
    )
  }
  return found
}

async function plain(...batches: readonly (readonly StoredEvent[])[]): Promise<EventStore> {
  const store = createMemoryEventStore()
  for (const batch of batches) await store.appendEvents(batch, { mayBeThere: false })
  return store
}

/** Fails in front of the given insert, and then no more. */
function failing(inner: Engine, insert: number): Engine {
  let inserts = 0
  return {
    ...inner,
    insertRows: async (table, rows) => {
      if (inserts++ === insert) throw new Error('The engine went away')
      return inner.insertRows(table, rows)
    },
  }
}

const noFaults = {
  repeatedEvents: 0,
  tableWeeksAstray: 0,
  projectionWeeksAstray: 0,
  seenAstray: 0,
  brokenParts: 0,
}

describe('what is counted about usage', () => {
  it('is what the events say after a failure in front of any insert of a batch', async () => {
    const store = await openClickHouseEventStore(engine)
    const perBatch = 120
    for (let i = 0; i < events.length; i += perBatch) {
      const batch = events.slice(i, i + perBatch)
      // Events and rows of tables of some weeks, and at last what was seen.
      const insert = (i / perBatch) * 5
      const broken = await openClickHouseEventStore(failing(engine, insert))
      await broken.appendEvents(batch, { mayBeThere: false }).catch(() => undefined)
      await store.appendEvents(batch, { mayBeThere: true })
      // Whoever does not know repeats it once more.
      await store.appendEvents(batch, { mayBeThere: true })
    }
    expect(await listed(store)).toEqual(await listed(await plain(events)))
    expect(await store.findFaults()).toEqual({ ...noFaults, events: events.length })
  })

  it('is told of by the table of what was seen before a batch is confirmed', async () => {
    const store = await openClickHouseEventStore(engine)
    const [first] = events
    const broken: Engine = {
      ...engine,
      insertRows: async (table, rows) => {
        if (table === 'usage_seen') throw new Error('The engine went away')
        return engine.insertRows(table, rows)
      },
    }
    const appending = (await openClickHouseEventStore(broken)).appendEvents([first!], { mayBeThere: false })
    await expect(appending).rejects.toThrow('went away')
    expect((await store.findFaults()).seenAstray).toBeGreaterThan(0)
    await store.appendEvents([first!], { mayBeThere: true })
    expect(await store.findFaults()).toEqual({ ...noFaults, events: 1 })
  })

  it('remembers who and what was seen when a week is dropped, and nothing else of it', async () => {
    const store = await openClickHouseEventStore(engine)
    await store.appendEvents(events, { mayBeThere: false })
    const reference = await plain(events)
    const [before] = (await store.usage.people(search(), { sort: 'lastSeenAt', limit: 1000 })).rows
    for (const one of [store, reference]) await one.dropWeeksBefore('2026-11-20T00:00:00.000000Z', 100)
    expect(await listed(store)).toEqual(await listed(reference))
    const [after] = (await store.usage.people(search(), { sort: 'lastSeenAt', limit: 1000 })).rows
    expect(after?.firstSeenAt).toBe(before?.firstSeenAt)
    expect(await store.findFaults()).toMatchObject(noFaults)
  })

  it('follows when events are put in place of others', async () => {
    const store = await openClickHouseEventStore(engine)
    const reference = await plain(events)
    await store.appendEvents(events, { mayBeThere: false })
    for (const one of [store, reference]) {
      await one.rewriteEvents(
        (event) =>
          event.statement === undefined
            ? undefined
            : {
                ...event,
                statement: {
                  ...event.statement,
                  tables: [{ name: 'new.table', access: 'write' }],
                  fingerprint: 'new',
                  kind: 'write',
                  normalized: 'insert',
                },
              },
        {
          exclusively: async (work) => work(),
          signal: new AbortController().signal,
          onProgress: () => undefined,
        },
      )
    }
    expect(await listed(store)).toEqual(await listed(reference))
    expect(await store.findFaults()).toMatchObject(noFaults)
  })

  it('looks up what was seen of rows that are answered, however many and long their names are', async () => {
    const asked: string[] = []
    const store = await openClickHouseEventStore({
      ...engine,
      queryLines: async (lane, sql, params, options) => {
        if (sql.includes('FROM usage_seen')) asked.push(sql)
        return engine.queryLines(lane, sql, params, options)
      },
    })
    const wide = events.map((event, i) => {
      if (event.statement === undefined) return event
      const tables = [{ name: `'\\${i}${'é'.repeat(200)}`, access: 'read' as const }]
      return { ...event, statement: { ...event.statement, tables } }
    })
    await store.appendEvents(wide, { mayBeThere: false })
    asked.length = 0
    expect(await listed(store)).toEqual(await listed(await plain(wide)))
    // Five lists of each of two searches, and the names of tables do not fit into one query.
    expect(asked.length).toBeGreaterThan(10)
    asked.length = 0
    const request = { sort: 'lastSeenAt', limit: 3 } as const
    await store.usage.people(search(), request)
    await store.usage.tables(search(), request)
    await store.usage.queries(search(), { ...request, contains: 'lone' })
    await store.newTables(search(), 3)
    expect(asked).toHaveLength(7)
    for (const sql of asked) expect(sql).toMatch(/AND name IN/)
  })

  it('is counted in the lane of who asks, so that a file keeps nobody waiting', async () => {
    const lanes: string[] = []
    const store = await openClickHouseEventStore({
      ...engine,
      queryLines: async (lane, sql, params, options) => {
        lanes.push(lane)
        return engine.queryLines(lane, sql, params, options)
      },
    })
    for (const priority of ['long', 'interactive'] as const) {
      lanes.length = 0
      await store.countByField(search(), 'actor', 5, { priority })
      await store.countEvents(search(), { priority })
      await store.usage.people(search(), { sort: 'count', limit: 1 }, { priority })
      expect(new Set(lanes)).toEqual(new Set([priority]))
    }
  })

  it('is mended: rows of tables, projections and what was seen', async () => {
    const store = await openClickHouseEventStore(engine)
    await store.appendEvents(events, { mayBeThere: false })
    const expected = await listed(store)
    const damages = [
      'TRUNCATE TABLE usage_seen',
      "ALTER TABLE event_tables UPDATE person = 'somebody' WHERE noise = 0 SETTINGS mutations_sync = 2",
      "ALTER TABLE event_tables DROP PARTITION '2026-11-09'",
      "ALTER TABLE events CLEAR PROJECTION tools_by_day IN PARTITION '2026-11-09' SETTINGS mutations_sync = 2",
    ]
    for (const damage of damages) {
      await engine.command('apply', damage)
      await store.repair()
      expect({ damage, faults: await store.findFaults() }).toEqual({
        damage,
        faults: { ...noFaults, events: events.length },
      })
      expect(await listed(store)).toEqual(expected)
    }
  })

  it('is there for events from before it was counted', async () => {
    await migrateEngine(engine, 3)
    const columns = await engine.queryLines(
      'apply',
      "SELECT concat(table, '.', name) FROM system.columns WHERE database = currentDatabase()",
    )
    const known = new Set(columns)
    // An older program writes the columns that it knows.
    const older: Engine = {
      ...engine,
      command: async (lane, sql, params) =>
        /projection|usage_seen|event_tables_|_tables|person|COLUMN/i.test(sql)
          ? undefined
          : engine.command(lane, sql, params),
      queryLines: async (lane, sql, params, options) =>
        sql.includes('is_first') ? [] : engine.queryLines(lane, sql, params, options),
      insertRows: async (table, rows) => {
        if (table === 'usage_seen' || table === 'schema_migrations') return
        const lines = rows.lines.toString('utf8').trimEnd().split('\n')
        const asRow = (line: string): Record<string, unknown> =>
          Object.fromEntries(
            (JSON.parse(line) as unknown[])
              .map((value, i) => [rows.columns[i] ?? '', value] as const)
              .filter(([column]) => known.has(`${table}.${column}`)),
          )
        await engine.insertRows(table, RowBuffer.of(lines.map((line) => asRow(line))))
      },
    }
    const old = await openClickHouseEventStore(older)
    await old.appendEvents(events.slice(0, 400), { mayBeThere: false })
    const store = await openClickHouseEventStore(engine)
    expect(await store.findFaults()).toEqual({ ...noFaults, events: 400 })
    await store.appendEvents(events.slice(400), { mayBeThere: false })
    expect(await listed(store)).toEqual(await listed(await plain(events)))
    expect(await store.findFaults()).toEqual({ ...noFaults, events: events.length })
  })
})
