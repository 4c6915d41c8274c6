import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { expect, test } from 'vitest'
import { makeEvent, search } from '../testing/sketch-events.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { toEngineTime, toEventRow } from './event-row.ts'
import { keepEvent, readKept, restoreLines } from './kept-event.ts'
import { migrateEngine } from './migrate-engine.ts'
import { renderFilter } from './render-filter.ts'
import { RowBuffer } from './row-buffer.ts'
import { makeRandomEvents } from './testing/random-events.ts'
import { makeRandomFilters } from './testing/random-filters.ts'
import { withTestEngine } from './testing/test-engine.ts'

// Told in every failure: put it here to see the same events again.
const seed = Date.now() % 2 ** 31

const unusual: StoredEvent[] = [
  ...['', '.1', '.12', '.123', '.1234', '.12345', '.123456'].map((digits, i) =>
    makeEvent({
      sequence: i + 1,
      occurredAt: `2026-11-20T10:00:00${digits}Z`,
      receivedAt: '2026-11-20T10:00:01Z',
    }),
  ),
  makeEvent({
    sequence: 90,
    contentHash: 'A'.repeat(32),
    data: { id: null, occurredAt: 6, 'a\u001fb': 'c\u001fd' },
  }),
  makeEvent({ sequence: 123_456_789, contentHash: '0123456789abcdef0123456789abcdef', data: {} }),
]

/** What the engine gives back for `keptColumns`. */
function lineOf(event: StoredEvent): string {
  const times = [event.occurredAt, event.receivedAt].map((time) => toEngineTime(padMicroseconds(time)))
  const { json } = keepEvent(event)
  return [event.id, ...times, event.contentHash, event.position.sequence, json].join('\t')
}

test('an event is put together again byte by byte, and its size is known', () => {
  for (const event of [...unusual, ...makeRandomEvents(500, seed)]) {
    const whole = JSON.stringify(event)
    expect(JSON.stringify(readKept(lineOf(event))), `seed ${seed}`).toBe(whole)
    expect(keepEvent(event).wholeBytes, `seed ${seed}: ${whole}`).toBe(Buffer.byteLength(whole))
  }
})

/** As events come out of ingest. */
function inUsualOrder({ id, idFromSender, type, occurredAt, receivedAt, ...rest }: StoredEvent): StoredEvent {
  const { workspaceId, source, contentHash, statement, attribution, position, ...chosen } = rest
  return {
    id,
    idFromSender,
    type,
    occurredAt,
    receivedAt,
    ...chosen,
    workspaceId,
    source,
    contentHash,
    ...(statement === undefined ? {} : { statement }),
    ...(attribution === undefined ? {} : { attribution }),
    position,
  }
}

test('lines of events are put together without parsing them, those from before as well', () => {
  const random = makeRandomEvents(500, seed)
  const events = [...unusual, ...random, ...random.map(inUsualOrder)]
  const rows = events.map((event, i) => {
    const json = i % 5 === 0 ? JSON.stringify(event) : keepEvent(event).json
    return `${lineOf(event).split('\t').slice(0, 5).join('\t')}\t${json}\n`
  })
  const lines = restoreLines(Buffer.from(rows.join('')))
    .toString('utf8')
    .split('\n')
  expect(lines.pop()).toBe('')
  const wrong = events.filter((event, i) => lines[i] !== JSON.stringify(event))
  expect(wrong, `seed ${seed}`).toEqual([])
})

test('ids, hashes and times are kept once', () => {
  const { json } = keepEvent(makeEvent({ sequence: 7 }))
  expect(JSON.parse(json)).toMatchObject({
    id: null,
    occurredAt: 0,
    receivedAt: 6,
    contentHash: null,
    position: { node: 'n1', sequence: null },
  })
})

/** A row as schema version 2 had it: the whole event, and all values of its data. */
function toOldRow(event: StoredEvent): Record<string, unknown> {
  const {
    search_text: _text,
    person: _person,
    table_writes: _writes,
    tags: _,
    policy: __,
    ...row
  } = toEventRow(event)
  const json = JSON.stringify(event)
  return {
    ...row,
    event: json,
    event_bytes: Buffer.byteLength(json),
    data_values: toSearchableEvent(event).dataValues,
  }
}

test('events from before are read and found beside new ones, and stay when they are merged', async () => {
  const events = makeRandomEvents(120, seed).map((event, i) => {
    const { tags, policy, ...before } = { ...event, workspaceId: 'w1' }
    // Nothing was judged by policies at that time.
    return i < 80 ? before : { ...before, ...(tags && { tags }), ...(policy && { policy }) }
  })
  await withTestEngine(async (engine) => {
    await migrateEngine(engine, 2)
    await engine.insertRows('events', RowBuffer.of(events.slice(0, 80).map(toOldRow)))
    const store = await openClickHouseEventStore(engine)
    await engine.insertRows('events', RowBuffer.of(events.slice(80).map(toEventRow)))
    const filters = makeRandomFilters(60, seed)
    for (const state of ['as they were', 'merged']) {
      if (state === 'merged') await engine.command('apply', 'OPTIMIZE TABLE events FINAL')
      const node = events[0]?.position.node ?? ''
      const rows = await store.readRows(node, 0, Number.MAX_SAFE_INTEGER)
      expect(rows.map(({ event }) => event).sort(), `seed ${seed}`).toEqual(
        events
          .filter(({ position }) => position.node === node)
          .map((event) => JSON.stringify(event))
          .sort(),
      )
      for (const filter of filters) {
        const { events: found } = await store.searchEvents(
          { ...search(), filter, from: '1900-01-01T00:00:00.000000Z', before: '2299-01-01T00:00:00.000000Z' },
          { limit: 1000, bytesMax: 100_000_000 },
        )
        const expected = events.filter((event) => matchesFilter(filter, toSearchableEvent(event)))
        const ids = (of: StoredEvent[]): string[] => of.map(({ id }) => id).sort()
        expect(ids(found), `seed ${seed}, ${state}: ${JSON.stringify(renderFilter(filter))}`).toEqual(
          ids(expected),
        )
      }
    }
  })
})
