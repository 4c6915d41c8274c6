import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../event-store.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { openEmbeddedEngine } from './embedded-engine.ts'
import type { Engine } from './engine.ts'

let dir: string
let engine: Engine
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'repair-'))
  engine = await openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
  })
  store = await openClickHouseEventStore(engine)
  await store.appendEvents(
    Array.from({ length: 300 }, (_, i) => makeEvent(i + 1)),
    { mayBeThere: false },
  )
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

/** Events over three weeks; each touches two tables, one of which has a name that is no valid text. */
function makeEvent(sequence: number): StoredEvent {
  return {
    id: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
    idFromSender: true,
    type: 'query',
    occurredAt: new Date(Date.UTC(2026, 10, 2 + (sequence % 21))).toISOString(),
    receivedAt: '2026-11-20T10:00:00.500000Z',
    actor: { type: 'user', name: 'Ann Lee' },
    outcome: 'success',
    workspaceId: 'w1',
    source: 'api',
    contentHash: 'a'.repeat(32),
    position: { node: 'n1', sequence },
    statement: {
      kind: 'read',
      parsed: true,
      tables: [
        { name: `sales.orders_${sequence % 5}`, access: 'read' },
        { name: 'lone \ud800 surrogate', access: 'write' },
      ],
      fingerprint: 'f00d',
      normalized: 'select ?',
      flags: [],
    },
  }
}

const nothingWrong = {
  events: 300,
  repeatedEvents: 0,
  tableWeeksAstray: 0,
  projectionWeeksAstray: 0,
  seenAstray: 0,
  brokenParts: 0,
}

async function rowsOfTables(): Promise<string[]> {
  return engine.queryLines(
    'apply',
    `SELECT
       sequence,
       table_name,
       access,
       occurred_at
     FROM event_tables
     ORDER BY sequence, table_name`,
  )
}

describe('repairing the tables of the event store', () => {
  it.each([
    [
      'lost',
      "ALTER TABLE event_tables DELETE WHERE table_name = 'sales.orders_3' SETTINGS mutations_sync = 1",
    ],
    ['lost to the last one of a week', "ALTER TABLE event_tables DROP PARTITION '2026-11-09'"],
    ['doubled', 'INSERT INTO event_tables SELECT * FROM event_tables WHERE sequence < 40'],
    [
      'there without their events',
      "INSERT INTO event_tables SELECT * REPLACE ('never_read' AS table_name) FROM event_tables WHERE sequence = 7",
    ],
  ])('makes the rows of tables anew that are %s', async (_, damage) => {
    const before = await rowsOfTables()
    expect(before).toHaveLength(600)
    await engine.command('apply', damage)
    expect((await store.findFaults()).tableWeeksAstray).toBeGreaterThan(0)
    await store.repair()
    expect(await store.findFaults()).toEqual(nothingWrong)
    expect(await rowsOfTables()).toEqual(before)
  })

  it('leaves a week without rows of tables where its events touch none', async () => {
    const before = await rowsOfTables()
    await engine.command(
      'apply',
      "INSERT INTO event_tables SELECT * REPLACE (toDateTime64('2025-01-08 00:00:00', 6, 'UTC') AS occurred_at) FROM event_tables WHERE sequence = 7",
    )
    expect((await store.findFaults()).tableWeeksAstray).toBe(1)
    await store.repair()
    expect(await store.findFaults()).toEqual(nothingWrong)
    expect(await rowsOfTables()).toEqual(before)
  })

  it('takes out events that stand more than once, with their rows of tables', async () => {
    const before = await rowsOfTables()
    await engine.command('apply', 'INSERT INTO events SELECT * FROM events WHERE sequence % 10 = 0')
    await engine.command('apply', 'INSERT INTO event_tables SELECT * FROM event_tables WHERE sequence = 10')
    await engine.command(
      'apply',
      "INSERT INTO events SELECT * REPLACE (sequence + 1000 AS sequence, 'n2' AS node) FROM events WHERE id = '00000000-0000-4000-8000-000000000003'",
    )
    expect(await store.findFaults()).toMatchObject({ repeatedEvents: 31, events: 331 })
    await store.repair()
    expect(await store.findFaults()).toEqual(nothingWrong)
    expect(await rowsOfTables()).toEqual(before)
    expect(await store.readRows('n2', 1, 2000)).toEqual([])
  })
})
