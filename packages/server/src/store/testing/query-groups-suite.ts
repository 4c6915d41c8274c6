import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRandomEvents, pool } from '../clickhouse/testing/random-events.ts'
import type { EventStore } from '../event-store.ts'
import { createMemoryEventStore } from '../memory/memory-event-store.ts'
import type { QueryGroupsQuestion } from '../query-groups.ts'
import { search } from './sketch-events.ts'

const workspaceId = 'w40'
const random = makeRandomEvents(800, 40).map((event) => ({
  ...event,
  workspaceId,
  id: event.id.replace('-7000-8000', '-7000-8040'),
  position: { ...event.position, node: 'n40' },
  // Names that were written differently are one name of a policy; those of decisions are none.
  ...(event.policy === undefined
    ? {}
    : { policy: { ...event.policy, policies: ['PII', 'b'].slice(0, event.policy.policies.length) } }),
}))

const nothing = { who: false, tool: false, application: false, network: false, hour: false, weekday: false }
const everything = { who: true, tool: true, application: true, network: true, hour: true, weekday: true }
const questions: [string, QueryGroupsQuestion][] = [
  ['nothing', { zone: 'UTC', by: nothing, classOf: undefined, groupsMax: 10_000 }],
  [
    'everything',
    {
      zone: 'Asia/Kolkata',
      by: everything,
      classOf: (table) => ({ name: table, byQuery: true }),
      groupsMax: 10_000,
    },
  ],
  [
    'some tables',
    {
      zone: 'UTC',
      by: nothing,
      classOf: (table, database) =>
        table === pool.tables[0]
          ? { name: 'first', byQuery: true }
          : database === '' || table === 'orders'
            ? { name: 'alike', byQuery: false }
            : undefined,
      groupsMax: 10_000,
    },
  ],
  [
    'hours elsewhere',
    {
      zone: 'America/New_York',
      by: { ...nothing, hour: true, weekday: true },
      classOf: () => undefined,
      groupsMax: 10_000,
    },
  ],
]

/** What every event store must group of queries; the store in memory says what is meant. */
export function describeQueryGroups(name: string, openStore: () => Promise<EventStore>): void {
  describe(`queries of the past (${name})`, () => {
    let store: EventStore
    const reference = createMemoryEventStore()
    beforeAll(async () => {
      store = await openStore()
      await store.appendEvents(random, { mayBeThere: false })
      await reference.appendEvents(random, { mayBeThere: false })
    })
    afterAll(async () => store.close())
    const all = search('', { workspaceId })
    /** Lists of names have no order, nor have those of classes from store to store. */
    const sorted = (items: readonly object[]): string[] =>
      items.map((item) => JSON.stringify(Object.entries(item).map(textOfEntry).sort(byText))).sort()

    it.each(questions)('are grouped by %s', async (_, question) => {
      const expected = await reference.groupQueries(all, question)
      expect(expected.groups.length).toBeGreaterThan(10)
      const found = await store.groupQueries(all, question)
      expect(sorted(found.groups)).toEqual(sorted(expected.groups))
      expect(found.hasMore).toBe(false)
    })

    it('are grouped up to a number, and more are told', async () => {
      const question = { ...questions[1]![1], groupsMax: 5 }
      const found = await store.groupQueries(all, question)
      expect([found.groups.length, found.hasMore]).toEqual([5, true])
    })

    it('are counted by what policies decided', async () => {
      const expected = await reference.countVerdicts(all)
      expect(expected.length).toBeGreaterThan(10)
      expect(sorted(await store.countVerdicts(all))).toEqual(sorted(expected))
    })
  })
}

function textOfEntry([key, value]: [string, unknown]): string {
  return JSON.stringify([key, Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value])
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1
}
