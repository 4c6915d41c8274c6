import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { expect, test } from 'vitest'
import { permissionsOf, type Viewer } from '../access/viewer.ts'
import { limits } from '../config.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { encodeXlsx } from './export/encode-xlsx.ts'
import { countOverflow, overflowJsonBytesMin } from './export/overflow-columns.ts'
import { collect, makeOptions, makeQuery } from './export/testing/export-events.ts'
import { readWithHucre } from './export/testing/read-workbook.ts'
import { collectDigest } from './digest/collect-digest.ts'
import { parseLines } from './export/event-lines.ts'
import { Search } from './search-events.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const viewer: Viewer = {
  workspaceId: 'w1',
  actor: { type: 'user', name: 'Ann Lee' },
  via: 'session',
  permissions: permissionsOf('auditor'),
  role: 'auditor',
  userId: 'u1',
  sessionId: 's1',
}

test('a longer text that is applied between counting and writing does not break an export, nor appear in it', async () => {
  const store = createMemoryEventStore()
  const append = async (...events: StoredEvent[]): Promise<void> =>
    store.appendEvents(events, { mayBeThere: false })
  let applied = 0
  const search = new Search({
    store,
    now: () => now,
    retentionDays: 400,
    windowDays: 30,
    pageBytesMax: 1e7,
    histogramBucketsMax: 100,
    facetValuesMax: 50,
    settledPositions: async () => [{ node: 'n1', sequence: applied }],
  })
  await append(makeQuery(1, 'select 1'), makeQuery(2, 'y'.repeat(40_000)))
  applied = 2
  const prepared = await search.prepareExport(viewer, {}, 1)
  const options = makeOptions('data,id')
  const longEvents = prepared.pages({ longerThanBytes: overflowJsonBytesMin })
  const overflow = await countOverflow(longEvents, options.columns, options.present)
  expect([...overflow]).toEqual([['data', 1]])
  // Late: older than all that is there, and far longer.
  await append(makeQuery(3, 'z'.repeat(200_000), { occurredAt: '2026-11-21T00:00:00.000000Z' }))
  applied = 3
  const file = await collect(encodeXlsx(prepared.pages(), { ...options, overflow }))
  const rows = (await readWithHucre(file)).get('Audit Log')?.slice(1) ?? []
  expect(rows.map((row) => String(row[0]).slice(0, 8)).sort()).toEqual(['select 1', 'yyyyyyyy'])
  // The next one has it.
  const later = (await search.prepareExport(viewer, {}, 1)).pages()
  const found: number[] = []
  for await (const page of later)
    found.push(...[...parseLines(page)].map(({ position }) => position.sequence))
  expect(found.toSorted((a, b) => a - b)).toEqual([1, 2, 3])
})

test('a digest is collected without delaying anybody who waits', async () => {
  const store = createMemoryEventStore()
  await store.appendEvents([makeQuery(1, 'select 1', { outcome: 'failure' })], { mayBeThere: false })
  const priorities: unknown[] = []
  const search = new Search({
    store: {
      ...store,
      searchEvents: async (asked, page, options) => {
        priorities.push(options?.priority)
        return store.searchEvents(asked, page, options)
      },
      countByField: async (asked, field, most, options) => {
        priorities.push(options?.priority)
        return store.countByField(asked, field, most, options)
      },
    },
    now: () => now,
    retentionDays: 400,
    windowDays: 30,
    pageBytesMax: 1e7,
    histogramBucketsMax: 100,
    facetValuesMax: 50,
    settledPositions: async () => [],
  })
  await collectDigest(search, viewer, {}, limits.schedules.digest)
  expect(priorities.length).toBeGreaterThan(1)
  expect(new Set(priorities)).toEqual(new Set(['long']))
  await search.searchEvents(viewer, { limit: 1 })
  expect(priorities.at(-1)).toBe('interactive')
})
