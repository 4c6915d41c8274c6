import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore, Page } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import { events, hostileTexts, makeEvent, search } from './sketch-events.ts'

/** What every event store must do; run for each engine. */
export function describeEventStore(name: string, openStore: () => Promise<EventStore>): void {
  describe(`the event store (${name})`, () => {
    let store: EventStore
    beforeAll(async () => {
      store = await openStore()
      await store.appendEvents(events, { mayBeThere: false })
    })
    afterAll(async () => {
      await store.close()
    })

    const page = async (asked: RestrictedSearch, over: Partial<Page> = {}): Promise<StoredEvent[]> =>
      (await store.searchEvents(asked, { limit: 1000, bytesMax: 10_000_000, ...over })).events
    const ids = async (asked: RestrictedSearch): Promise<string[]> =>
      (await page(asked)).map((event) => event.id)
    const own = events.filter((event) => event.workspaceId === 'w1')

    it('gives back every event exactly as it was stored, newest first, hostile text and all', async () => {
      const found = await page(search())
      expect(found).toEqual(own.toReversed())
    })

    it('shows a workspace nothing of another', async () => {
      expect(await ids(search('', { workspaceId: 'w2' }))).toEqual([events.at(-1)?.id])
      expect(await store.readEvent(search('', { workspaceId: 'w2' }), own[0]?.id ?? '')).toBeUndefined()
      expect(
        await store.findEvents(
          'w2',
          own.map((event) => event.id),
        ),
      ).toEqual([])
    })

    it('finds what the reference filter finds', async () => {
      const texts = [
        'type:query',
        '-outcome:success',
        'database:prod',
        'table:orders',
        'table:sales.*',
        'rows:>=5',
        'duration:<2',
      ]
      texts.push(
        '"drop table"',
        'שלום',
        'tool:metabase',
        'flag:no_where',
        'kind:read',
        'source:int_1',
        'name:*script*',
      )
      texts.push(
        'created:2026-11-10',
        'after:2026-11-05 before:2026-11-10',
        '(outcome:denied OR outcome:failure) -type:query',
      )
      for (const text of texts) {
        const filter = parseFilter(text)
        const expected = own
          .filter((event) => matchesFilter(filter, toSearchableEvent(event)))
          .map((event) => event.id)
        expect(expected, text).not.toEqual([])
        expect((await ids(search(text))).sort(), text).toEqual(expected.sort())
      }
    })

    it('takes the beginning of a range as inside and its end as outside, to the microsecond', async () => {
      const range = { from: '2026-11-10T10:00:00.000001Z', before: '2026-11-10T10:59:59.999999Z' }
      expect((await page(search('', range))).map((event) => event.position.sequence)).toEqual([21])
    })

    it('pages by key without a gap or a repeat, also through equal times', async () => {
      const paged: string[] = []
      for (let after: StoredEvent | undefined; ;) {
        const found = await store.searchEvents(search(), {
          limit: 3,
          bytesMax: 10_000_000,
          ...(after ? { after } : {}),
        })
        paged.push(...found.events.map((event) => event.id))
        after = found.events.at(-1)
        if (!found.hasMore) break
      }
      expect(paged).toEqual(await ids(search()))
    })

    it('ends a page early where its events are large, but never before the first', async () => {
      const large = ['a', 'b', 'c'].map((name, i) =>
        makeEvent({
          sequence: 30 + i,
          node: 'n3',
          workspaceId: 'w3',
          actor: { type: 'user', name },
          data: { sql: 'x'.repeat(9000) },
        }),
      )
      await store.appendEvents(large, { mayBeThere: false })
      const w3 = search('', { workspaceId: 'w3' })
      for (const [bytesMax, events] of [
        [10, 1],
        [15_000, 1],
        [20_000, 2],
        [30_000, 3],
      ] as const) {
        const found = await store.searchEvents(w3, { limit: 500, bytesMax })
        expect([found.events.length, found.hasMore]).toEqual([events, events < 3])
      }
      expect((await store.searchEvents(w3, { limit: 3, bytesMax: 30_000 })).hasMore).toBe(false)
      expect((await store.searchEvents(w3, { limit: 2, bytesMax: 30_000 })).hasMore).toBe(true)
    })

    it('reads everything as lines of JSON in the same order, in pages that are bounded by bytes', async () => {
      const read = async (
        asked: RestrictedSearch,
        what: Parameters<EventStore['readEventLines']>[1],
      ): Promise<string[][]> => {
        const pages: string[][] = []
        for await (const lines of store.readEventLines(asked, what))
          pages.push(lines.toString('utf8').trimEnd().split('\n'))
        return pages
      }
      const lines = own.toReversed().map((event) => JSON.stringify(event))
      for (const range of [
        {},
        { from: '0001-01-01T00:00:00.000000Z', before: '9999-12-31T00:00:00.000000Z' },
      ]) {
        const all = search('', range)
        expect((await read(all, { bytesMax: 1e7 })).flat()).toEqual(lines)
        expect(await read(all, { bytesMax: 1 })).toEqual(lines.map((line) => [line]))
        const pages = await read(all, { bytesMax: 3000 })
        expect(pages.flat()).toEqual(lines)
        expect(pages.every((page) => page.length === 1 || page.join('\n').length < 3000)).toBe(true)
      }
      const long = Math.max(...lines.map((line) => Buffer.byteLength(line)))
      expect((await read(search(), { bytesMax: 1e7, longerThanBytes: long - 1 })).flat()).toHaveLength(1)
      expect(await read(search(), { bytesMax: 1e7, longerThanBytes: long })).toEqual([])
      expect((await read(search(), { bytesMax: 1e7, upTo: [{ node: 'n1', sequence: 5 }] })).flat()).toEqual(
        own
          .filter(({ position }) => position.node !== 'n1' || position.sequence <= 5)
          .toReversed()
          .map((event) => JSON.stringify(event)),
      )
    })

    it('reads one event by its id, and only inside the range', async () => {
      const event = own[8]
      expect(await store.readEvent(search(), event?.id ?? '')).toEqual(event)
      expect(
        await store.readEvent(search('', { from: '2026-12-01T00:00:00.000000Z' }), event?.id ?? ''),
      ).toBeUndefined()
    })

    it('counts by time, with what failed or was denied', async () => {
      expect(await store.countByTime(search('created:2026-11-10'), 3_600_000)).toEqual([
        { start: '2026-11-10T10:00:00.000000Z', count: 3, failed: 2 },
        { start: '2026-11-10T11:00:00.000000Z', count: 1, failed: 0 },
      ])
    })

    it.each([
      ['2026-11-10T10:00:00.000001Z', '2026-11-10T10:59:59.999999Z'],
      ['2026-11-10T10:00:00.000000Z', '2026-11-10T11:00:00.000000Z'],
      ['2026-11-10T10:00:00.000001Z', '2026-11-10T11:00:00.000001Z'],
      ['2026-11-01T08:00:00.000001Z', '2026-11-07T08:00:00.000005Z'],
      ['0001-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z'],
    ])(
      'counts the same without a filter as with one that everything matches: %s to %s',
      async (from, before) => {
        for (const intervalMs of [60_000, 3_600_000, 86_400_000]) {
          const all = await store.countByTime(search('', { from, before }), intervalMs)
          expect(all).toEqual(await store.countByTime(search('type:*', { from, before }), intervalMs))
          expect(all.length).toBeGreaterThan(0)
        }
      },
    )

    it('counts the values of a field, the most frequent first, and what is beyond the list', async () => {
      expect(await store.countByField(search(), 'type', 50)).toEqual({
        values: [
          { value: 'query', count: own.length - 1 },
          { value: 'integration_created', count: 1 },
        ],
        other: 0,
      })
      expect(await store.countByField(search(), 'type', 1)).toMatchObject({ other: 1 })
      expect(await store.countByField(search(), 'database', 50)).toEqual({
        values: [{ value: 'Prod', count: 1 }],
        other: 0,
      })
      expect(await store.countByField(search(), 'table', 50)).toEqual({
        values: [
          { value: 'hr.people', count: 1 },
          { value: 'sales.Orders', count: 1 },
        ],
        other: 0,
      })
      const actors = await store.countByField(search(), 'actor', 50)
      expect(actors.values.map(({ value }) => value)).toContain(hostileTexts[0])
      expect(await store.countEvents(search())).toBe(own.length)
    })

    it('finds of a node only what stands up to a position, and of other nodes everything', async () => {
      const sequencesOf = async (upTo: Page['upTo']): Promise<string[]> =>
        (await page(search(), upTo === undefined ? {} : { upTo })).map(
          ({ position }) => `${position.node} ${position.sequence}`,
        )
      const all = await sequencesOf(undefined)
      const some = all.filter((name) => !name.startsWith('n1 ') || Number(name.slice(3)) <= 5)
      expect(some.length).toBeGreaterThan(0)
      expect(some.length).toBeLessThan(all.length)
      expect(await sequencesOf([{ node: 'n1', sequence: 5 }])).toEqual(some)
      expect(await sequencesOf([{ node: 'elsewhere', sequence: 0 }])).toEqual(all)
      const none = [...new Set(own.map(({ position }) => position.node))].map((node) => ({
        node,
        sequence: 0,
      }))
      expect(await sequencesOf(none)).toEqual([])
    })

    it('finds only the events that are longer than asked for', async () => {
      const long = Math.max(...own.map((event) => Buffer.byteLength(JSON.stringify(event))))
      const found = await page(search(), { longerThanBytes: long - 1 })
      expect(found).toHaveLength(1)
      expect(await page(search(), { longerThanBytes: long })).toEqual([])
    })

    it('tells which ids it knows, with their positions and content', async () => {
      const [first] = own
      const absent = 'ffffffff-0000-4000-8000-000000000000'
      expect(await store.findEvents('w1', [absent, first?.id ?? ''])).toEqual([
        { id: first?.id, position: first?.position, contentHash: first?.contentHash },
      ])
      expect(await store.lastSequence('n1')).toBe(24)
      expect(await store.lastSequence('other')).toBe(0)
    })

    it('hands over all ids, and later only those beyond a position', async () => {
      const idsBeyond = async (beyond: ReadonlyMap<string, number>) => {
        let bytes = ''
        const positions = await store.readIds(beyond, (found) => (bytes += found.toString('hex')))
        return { ids: bytes.match(/.{32}/g) ?? [], positions }
      }
      const everything = await idsBeyond(new Map())
      expect(everything.positions).toEqual(
        new Map([
          ['n1', 24],
          ['n3', 32],
        ]),
      )
      const stored = [...events.map((event) => event.position.sequence), 30, 31, 32]
      expect(everything.ids.map((id) => Number(id.slice(-12))).sort((a, b) => a - b)).toEqual(stored)
      const later = await idsBeyond(new Map([['n1', 22]]))
      expect(later.ids.map((id) => Number(id.slice(-12))).sort((a, b) => a - b)).toEqual([23, 24, 30, 31, 32])
      expect(await idsBeyond(everything.positions)).toEqual({ ids: [], positions: everything.positions })
    })

    it('hands over ids with zeros in them as they are', async () => {
      const ids = [
        '00000000-0000-4000-8000-000000000000',
        '10000000-0000-4000-8000-00000000ff00',
        '00ff0000-0000-4000-8000-000000000001',
        'ffffffff-ffff-4fff-8fff-ffffffff0000',
      ]
      const batch = ids.map((id, i) =>
        makeEvent({
          id,
          sequence: i + 1,
          node: 'n6',
          workspaceId: 'w6',
          occurredAt: `2026-03-02T0${i}:00:00Z`,
        }),
      )
      await store.appendEvents(batch, { mayBeThere: false })
      const found: string[] = []
      const known = new Map([
        ['n1', 1000],
        ['n3', 1000],
      ])
      await store.readIds(known, (bytes) => found.push(...(bytes.toString('hex').match(/.{32}/g) ?? [])))
      expect(found.sort()).toEqual(ids.map((id) => id.replaceAll('-', '')).sort())
    })

    it('gives back the rows of a node by their sequences, byte by byte', async () => {
      const rows = await store.readRows('n1', 3, 20)
      const expected = events.filter(({ position }) => position.sequence >= 3 && position.sequence <= 20)
      expect(rows).toEqual(
        expected.map((event) => ({ sequence: event.position.sequence, event: JSON.stringify(event) })),
      )
      expect(await store.readRows('n2', 1, 100)).toEqual([])
    })

    it('finds nothing wrong with itself', async () => {
      expect(await store.findFaults()).toEqual({
        events: events.length + 7,
        repeatedEvents: 0,
        tableWeeksAstray: 0,
        projectionWeeksAstray: 0,
        seenAstray: 0,
        brokenParts: 0,
      })
    })

    it('adds only what is missing when a batch may be there in part', async () => {
      const batch = [23, 24, 25, 26].map((sequence) =>
        makeEvent({
          ...events.find((event) => event.position.sequence === sequence),
          sequence,
          type: 'late',
        }),
      )
      await store.appendEvents(batch, { mayBeThere: true })
      await store.appendEvents(batch, { mayBeThere: true })
      const late = await page(search('type:late'))
      expect(late.map((event) => event.position.sequence).sort((a, b) => a - b)).toEqual([25, 26])
      expect(await store.countEvents(search())).toBe(own.length + 2)
    })

    it('drops whole weeks only, in all tables', async () => {
      const old = ['2026-01-05T00:00:00Z', '2026-01-11T23:59:59.999999Z', '2026-01-12T00:00:00Z']
      const batch = old.map((occurredAt, i) => makeEvent({ sequence: 100 + i, type: 'old', occurredAt }))
      await store.appendEvents(batch, { mayBeThere: false })
      expect(await store.dropWeeksBefore('2026-01-11T23:59:59.999999Z', 4)).toEqual([])
      expect(await store.dropWeeksBefore('2026-01-12T00:00:00.000000Z', 4)).toEqual(['2026-01-05'])
      expect((await page(search('type:old'))).map((event) => event.occurredAt)).toEqual([old[2]])
    })

    it('drops no more weeks at once than it may, the oldest first', async () => {
      const days = ['2025-01-06', '2025-01-13', '2025-01-20']
      const batch = days.map((day, i) =>
        makeEvent({ sequence: 150 + i, type: 'older', occurredAt: `${day}T00:00:00Z` }),
      )
      await store.appendEvents(batch, { mayBeThere: false })
      expect(await store.dropWeeksBefore('2025-06-01T00:00:00.000000Z', 2)).toEqual(days.slice(0, 2))
      expect(await store.dropWeeksBefore('2025-06-01T00:00:00.000000Z', 2)).toEqual(days.slice(2))
    })

    it('leaves one row of an event that stands more than once, the one with the lowest position', async () => {
      const once = makeEvent({ sequence: 180, workspaceId: 'w8', type: 'once' })
      const twice = makeEvent({ sequence: 181, workspaceId: 'w8', type: 'twice' })
      const later = { ...twice, occurredAt: '2026-11-02T00:00:00Z', position: { node: 'n1', sequence: 182 } }
      const elsewhere = { ...twice, workspaceId: 'w7', position: { node: 'n1', sequence: 183 } }
      const before = await store.findFaults()
      for (const batch of [[once, twice, elsewhere], [once], [later]]) {
        await store.appendEvents(batch, { mayBeThere: false })
      }
      expect((await store.findFaults()).repeatedEvents).toBe(2)
      await store.repair()
      expect(await store.findFaults()).toEqual({ ...before, events: before.events + 3 })
      const left = await page(search('', { workspaceId: 'w8' }))
      expect(left.map((event) => event.position.sequence).toSorted((a, b) => a - b)).toEqual([180, 181])
      expect(await store.countEvents(search('', { workspaceId: 'w7' }))).toBe(1)
    })

    it('takes a batch over more weeks than one insert may touch', async () => {
      const batch = Array.from({ length: 120 }, (_, i) =>
        makeEvent({
          sequence: 200 + i,
          type: 'spread',
          occurredAt: new Date(Date.UTC(2023, 0, 2 + 7 * i)).toISOString(),
        }),
      )
      await store.appendEvents(batch, { mayBeThere: false })
      expect(await store.countEvents(search('type:spread', { from: '2020-01-01T00:00:00.000000Z' }))).toBe(
        120,
      )
      expect(await store.detachedParts()).toEqual([])
    })
  })
}
