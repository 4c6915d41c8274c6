import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { expect, test } from 'vitest'
import type { EventStore } from '../event-store.ts'
import { makeEvent, search } from '../testing/sketch-events.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { withTestEngine } from './testing/test-engine.ts'

const hourMs = 3_600_000
const nowMs = Date.now()

/** Around the borders of the slices of a search, in the future, and with two at the same time. */
const agesMs = [-40, -1, 0, 1, 23.9, 24, 24, 24.1, 100, 191.9, 192, 192.1, 800].map((hours) => hours * hourMs)

const events = agesMs.map((ageMs, i) =>
  makeEvent({
    sequence: i + 1,
    occurredAt: timeFromMs(Math.round(nowMs - ageMs)),
    data: { text: 'x'.repeat(i * 40) },
  }),
)
const newestFirst = events.toSorted(
  (a, b) => b.occurredAt.localeCompare(a.occurredAt) || b.id.localeCompare(a.id),
)
const range = { from: '1900-01-01T00:00:00.000000Z', before: '9999-12-31T23:59:59.999999Z' }

async function readAll(store: EventStore, page: { limit: number; bytesMax: number }): Promise<number[]> {
  const found: StoredEvent[] = []
  for (let hasMore = true; hasMore;) {
    const after = found.at(-1)
    const answer = await store.searchEvents(search('', range), { ...page, ...(after ? { after } : {}) })
    expect(answer.events.length).toBeGreaterThan(0)
    found.push(...answer.events)
    ;({ hasMore } = answer)
  }
  return found.map(({ position }) => position.sequence)
}

test('pages are the same whole, however the search is cut by time, number and size', async () => {
  await withTestEngine(async (engine) => {
    const store = await openClickHouseEventStore(engine)
    await store.appendEvents(events, { mayBeThere: false })
    const expected = newestFirst.map(({ position }) => position.sequence)
    for (const limit of [1, 2, 3, 5, 12, 13, 100]) {
      expect(await readAll(store, { limit, bytesMax: 1e7 }), `limit ${limit}`).toEqual(expected)
    }
    // Beyond 128 events, pages are bounded by their bytes; an event that is larger is a page of its own.
    for (const bytesMax of [1, 700, 1500, 4000, 1e7]) {
      expect(await readAll(store, { limit: 1000, bytesMax }), `bytes ${bytesMax}`).toEqual(expected)
    }
  })
})
