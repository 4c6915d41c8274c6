import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventPage, EventStore, PositionRange } from '../event-store.ts'
import { makeEvent, search } from './sketch-events.ts'

/** Two nodes and two workspaces; times in no order, over some weeks. */
const events: StoredEvent[] = Array.from({ length: 60 }, (_, i) =>
  makeEvent({
    sequence: 2 * Math.floor(i / 2) + 1,
    node: i % 2 === 0 ? 'n20' : 'n21',
    id: `00000000-0000-4000-8000-00000020${String(i).padStart(4, '0')}`,
    workspaceId: i % 5 === 0 ? 'w21' : 'w20',
    type: i % 3 === 0 ? 'login' : 'query',
    outcome: i % 4 === 0 ? 'failure' : 'success',
    occurredAt: `2026-0${(i % 7) + 2}-1${i % 9}T10:00:00.00${i % 10}Z`,
    data: { sql: `select ${i}` },
  }),
)
const page = { limit: 1000, bytesMax: 10_000_000 }

function inRange({ node, after, upTo }: PositionRange): StoredEvent[] {
  return events.filter(
    ({ position }) => position.node === node && position.sequence > after && position.sequence <= upTo,
  )
}

/** What every event store must do when it is asked by positions; run for each engine. */
export function describeReadingBehind(name: string, openStore: () => Promise<EventStore>): void {
  describe(`the event store (${name})`, () => {
    let store: EventStore
    beforeAll(async () => {
      store = await openStore()
      for (const node of ['n20', 'n21']) {
        const batch = inRange({ node, after: 0, upTo: 1000 })
        await store.appendEvents(batch, { mayBeThere: false })
      }
    })
    afterAll(async () => store.close())

    const behind = async (q: string, range: PositionRange, over = {}): Promise<EventPage> =>
      store.readBehind(search(q, { workspaceId: 'w20' }), range, { ...page, ...over })

    it('reads what stands behind a position, by sequence, whatever its time', async () => {
      for (const q of [
        '',
        'type:query',
        '-outcome:success',
        '"select 1"',
        'created:2026-03-01..2026-04-30',
      ]) {
        for (const [after, upTo] of [
          [0, 1000],
          [3, 21],
          [21, 21],
        ] as const) {
          const range = { node: 'n20', after, upTo }
          const expected = inRange(range)
            .filter(({ workspaceId }) => workspaceId === 'w20')
            .filter((event) => matchesFilter(parseFilter(q), toSearchableEvent(event)))
          expect(await behind(q, range)).toEqual({ events: expected, hasMore: false })
        }
      }
      expect(await behind('', { node: 'elsewhere', after: 0, upTo: 1000 })).toEqual({
        events: [],
        hasMore: false,
      })
    })

    it('pages by sequence without a gap or a repeat, and ends a page early where events are large', async () => {
      const all = { node: 'n21', after: 0, upTo: 1000 }
      const expected = (await behind('', all)).events
      const paged: StoredEvent[] = []
      for (let [after, hasMore] = [0, true]; hasMore;) {
        const found = await behind('', { ...all, after }, { limit: 3 })
        expect(found.events.length).toBeLessThanOrEqual(3)
        paged.push(...found.events)
        after = paged.at(-1)?.position.sequence ?? 0
        ;({ hasMore } = found)
      }
      expect(paged).toEqual(expected)
      expect(await behind('', all, { bytesMax: 1 })).toEqual({ events: expected.slice(0, 1), hasMore: true })
      expect(await behind('', all, { limit: expected.length })).toEqual({ events: expected, hasMore: false })
    })

    it('reads that of all workspaces for who asks for each event whether it may be shown', async () => {
      const range = { node: 'n20', after: 4, upTo: 30 }
      expect(await store.readAllBehind(range, page)).toEqual({ events: inRange(range), hasMore: false })
      const two = { events: inRange(range).slice(0, 2), hasMore: true }
      expect(await store.readAllBehind(range, { ...page, limit: 2 })).toEqual(two)
    })
  })
}
