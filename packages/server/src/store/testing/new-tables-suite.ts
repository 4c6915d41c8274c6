import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../event-store.ts'
import { makeEvent, search } from './sketch-events.ts'

const workspaceId = 'w40'
const touch = (sequence: number, day: string, names: string[], type = 'query'): StoredEvent => ({
  ...makeEvent({
    sequence,
    node: 'n40',
    workspaceId,
    type,
    occurredAt: `2026-11-${day}T10:00:00Z`,
    statement: {
      kind: 'read',
      parsed: true,
      tables: names.map((name) => ({ name, access: 'read' })),
      fingerprint: 'f00d',
      normalized: 'select ?',
      flags: [],
    },
  }),
  id: `00000000-0000-4000-8000-000000400${String(sequence).padStart(3, '0')}`,
})

/** What every event store must know of tables that are new; run for each engine. */
export function describeNewTables(name: string, openStore: () => Promise<EventStore>): void {
  describe(`the event store (${name})`, () => {
    let store: EventStore
    beforeAll(async () => {
      store = await openStore()
      const events = [
        touch(1, '01', ['old', 'sales.orders']),
        touch(2, '10', ['old', 'new b']),
        touch(3, '11', ['new a', 'new a', 'new b']),
        touch(4, '12', ['acts only'], 'act'),
        touch(5, '20', ['later']),
      ]
      await store.appendEvents(events, { mayBeThere: false })
    })
    afterAll(async () => store.close())
    const range = { workspaceId, from: '2026-11-10T00:00:00.000000Z', before: '2026-11-20T00:00:00.000000Z' }

    it('lists the tables that were never seen before a range, the most used first', async () => {
      expect(await store.newTables(search('', range), 2)).toEqual({
        rows: [
          { table: 'new b', count: 2, firstSeenAt: '2026-11-10T10:00:00.000000Z' },
          { table: 'acts only', count: 1, firstSeenAt: '2026-11-12T10:00:00.000000Z' },
        ],
        total: 3,
      })
      const exact = { ...range, from: '2026-11-10T10:00:00.000001Z' }
      expect((await store.newTables(search('', exact), 9)).rows.map(({ table }) => table)).toEqual([
        'acts only',
        'new a',
      ])
      expect(await store.newTables(search('-type:query -type:act', range), 9)).toEqual({ rows: [], total: 0 })
    })

    it('tells nothing of it to who sees single events only, and queries alone to who sees those', async () => {
      expect(await store.newTables(search('', { ...range, sees: 'part' }), 9)).toEqual({ rows: [], total: 0 })
      const queries = await store.newTables(search('', { ...range, sees: 'queries' }), 9)
      expect(queries.rows.map(({ table }) => table)).toEqual(['new b', 'new a'])
    })

    it('tells what it takes on the disk', async () => {
      expect(await store.countDiskBytes()).toBeGreaterThanOrEqual(0)
    })
  })
}
