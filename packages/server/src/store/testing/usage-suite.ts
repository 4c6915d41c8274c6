import type { Statement, StoredEvent } from '@aleph-audit-log/domain/event'
import { insightSorts } from '@aleph-audit-log/domain/api/insights'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRandomEvents } from '../clickhouse/testing/random-events.ts'
import { makeRandomFilters } from '../clickhouse/testing/random-filters.ts'
import type { EventStore } from '../event-store.ts'
import { createMemoryEventStore } from '../memory/memory-event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { UsageOf, UsageStore } from '../usage-store.ts'
import { search } from './sketch-events.ts'

const microsecond = fc.constantFrom('000000', '000001', '123456', '999999')
const second = fc.constantFrom('00:00:00', '23:59:59', '10:15:00', '10:14:59', '07:30:00')
const anyTime = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 60 * 24 * 60 }), microsecond)
    .map(([minutes, micros]) => timeAt(minutes * 60_000, micros)),
  fc
    .tuple(fc.integer({ min: 0, max: 60 }), second, microsecond)
    .map(([day, time, micros]) => `${timeAt(day * 86_400_000, micros).slice(0, 11)}${time}.${micros}Z`),
)

function timeAt(ms: number, micros: string): string {
  return `${new Date(Date.UTC(2026, 9, 12) + ms).toISOString().slice(0, 19)}.${micros}Z`
}

/** Some thousand events of two workspaces over two months, most of them queries of a few people and tables. */
export function makeUsageEvents(count: number, seed: number): StoredEvent[] {
  const times = fc.sample(anyTime, { numRuns: count, seed })
  return makeRandomEvents(count, seed).map((event, i) => ({
    ...event,
    ...(i % 3 === 0
      ? { actor: { type: 'user' as const, email: `P${i % 7}@acme.com`, name: `Person ${i % 5}` } }
      : {}),
    ...(i % 4 === 0 && event.type !== 'login' ? { type: 'query' } : {}),
    ...(event.statement === undefined
      ? {}
      : { statement: { ...event.statement, ...shapeOf(event.statement) } }),
    workspaceId: i % 11 === 0 ? 'w2' : 'w1',
    occurredAt: times[i] ?? '',
  }))
}

/** A fingerprint is one of the text without literals. */
function shapeOf({ fingerprint }: Statement): Pick<Statement, 'kind' | 'normalized'> {
  return {
    kind: fingerprint === '9f3b' ? 'write' : 'read',
    normalized: `${'x'.repeat(fingerprint === '9f3b' ? 4500 : 3)} lone \ud800 ${fingerprint}`,
  }
}

const plainSearches = [
  '',
  'type:query',
  'type:query -is:noise',
  'outcome:failure',
  'type:q* OR is:noise',
  '-type:login -outcome:denied',
]
const ofs: UsageOf[] = [{ person: 'p1@acme.com' }, { table: 'sales.orders' }, { fingerprint: '9f3a5c' }]

/** What every event store must count; run for each engine, against the plain meaning. */
export function describeUsage(name: string, openStore: () => Promise<EventStore>, count: number): void {
  describe(`usage that is counted by the event store (${name})`, () => {
    let store: EventStore
    const reference = createMemoryEventStore()
    const events = makeUsageEvents(count, 20261129)
    beforeAll(async () => {
      store = await openStore()
      for (let i = 0; i < events.length; i += 700) {
        const batch = events.slice(i, i + 700)
        for (const one of [store, reference]) await one.appendEvents(batch, { mayBeThere: false })
      }
    })
    afterAll(async () => store.close())

    const both = async (ask: (usage: UsageStore) => Promise<unknown>, what: unknown): Promise<unknown> => {
      const [found, expected] = [await ask(store.usage), await ask(reference.usage)]
      expect({ what, found: rounded(found) }).toEqual({ what, found: rounded(expected) })
      return found
    }
    const everyList = async (asked: RestrictedSearch, of?: UsageOf): Promise<void> => {
      const request = { limit: 1000, ...(of === undefined ? {} : { of }) }
      for (const sort of insightSorts.people)
        await both(async (usage) => usage.people(asked, { ...request, sort }), [sort, asked, of])
      for (const sort of insightSorts.tables)
        await both(async (usage) => usage.tables(asked, { ...request, sort }), [sort, asked, of])
      for (const sort of insightSorts.queries)
        await both(async (usage) => usage.queries(asked, { ...request, sort }), [sort, asked, of])
      for (const sort of insightSorts.tools)
        await both(async (usage) => usage.tools(asked, { ...request, sort }), [sort, asked, of])
    }

    const ranges = fc.sample(fc.tuple(anyTime, anyTime), { numRuns: 12, seed: 7 }).map((times) => {
      const [from = '', before = ''] = times.toSorted()
      return { from, before }
    })

    it.each(plainSearches.map((q, i) => [q, i] as const))(
      'lists as the plain meaning does, of whole and broken days, for "%s"',
      async (q, i) => {
        if (i % 2 === 0) await everyList(search(q))
        await everyList(search(q, ranges[i]))
        await everyList(search(q, { sees: i % 2 === 0 ? 'queries' : 'part', workspaceId: 'w2' }))
      },
    )

    it('lists as the plain meaning does, of any search', async () => {
      for (const [i, filter] of makeRandomFilters(40, 4711).entries()) {
        const asked = search('', { filter, ...ranges[i % ranges.length] })
        const request = { limit: 1000 } as const
        await both(async (usage) => usage.people(asked, { ...request, sort: 'tables' }), ['people', asked])
        await both(async (usage) => usage.tables(asked, { ...request, sort: 'readers' }), ['tables', asked])
        await both(async (usage) => usage.queries(asked, { ...request, sort: 'slowest' }), ['queries', asked])
        await both(async (usage) => usage.tools(asked, { ...request, sort: 'people' }), ['tools', asked])
        await both(async (usage) => usage.activity(asked, 'UTC'), ['activity', asked])
      }
    })

    it('counts what belongs to one person, table or query', async () => {
      for (const of of ofs) {
        await everyList(search('type:query'), of)
        await everyList(search('actor:*', ranges[1]), of)
      }
      for (const access of ['read', 'write'] as const) {
        const what = { table: 'sales.orders', access, limit: 5 }
        for (const q of ['type:query', 'duration:>=0'])
          expect(await both(async (usage) => usage.peopleOfTable(search(q), what), [q, what])).not.toEqual([])
      }
      const what = { fingerprint: '9f3a5c', limit: 7 }
      expect(await both(async (usage) => usage.errorsOfQuery(search(), what), what)).not.toEqual([])
      expect(await both(async (usage) => usage.tablesOfQuery(search(), what), what)).not.toEqual([])
    })

    it('finds names by a part of them, and tells how many there are beyond the first', async () => {
      for (const contains of ['acme', 'P1@', 'person 3', 'nobody', '%', "'", '\\'])
        for (const sort of ['count', 'dormant'] as const)
          await both(
            async (usage) => usage.people(search('type:login'), { sort, limit: 3, contains }),
            [contains, sort],
          )
      for (const contains of ['ORD', 'sales.', '😀', 'none'])
        await both(async (usage) => usage.tables(search(), { sort: 'count', limit: 2, contains }), contains)
      for (const contains of ['LONE', '9f3b', 'none'])
        for (const sort of ['count', 'lastSeenAt'] as const)
          await both(async (usage) => usage.queries(search(), { sort, limit: 2, contains }), [contains, sort])
    })

    it.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia'])(
      'counts by weekday and hour in %s, also where the clocks change',
      async (zone) => {
        for (const q of ['', 'type:query', 'duration:>=0'])
          for (const range of [{}, ranges[2]])
            await both(async (usage) => usage.activity(search(q, range), zone), [zone, q, range])
      },
    )
  })
}

/** Sums of fractions depend on their order. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 2 ** 50 ? value : Number(value.toPrecision(9))
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]))
}
