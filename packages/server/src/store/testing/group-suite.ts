import type { EventField, NumberPath } from '@aleph-audit-log/domain/detect/rule'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRandomFilters } from '../clickhouse/testing/random-filters.ts'
import { makeRandomEvents } from '../clickhouse/testing/random-events.ts'
import type { EventGroup, GroupQuestion } from '../event-groups.ts'
import type { EventStore } from '../event-store.ts'
import { createMemoryEventStore } from '../memory/memory-event-store.ts'
import { makeEvent, search } from './sketch-events.ts'

const workspaceId = 'w40'
// Told in every failure: put it here to see the same events again.
const seed = Date.now() % 2 ** 31
const randomEvents = makeRandomEvents(400, seed).map((event, i) => ({
  ...event,
  id: `00000000-0000-4000-8000-00000040${String(i).padStart(4, '0')}`,
  workspaceId,
  position: { node: i % 3 === 0 ? 'n41' : 'n40', sequence: i + 1 },
}))
const range = { workspaceId, from: '2020-01-01T00:00:00.000000Z', before: '2030-01-01T00:00:00.000000Z' }

const field = fc.oneof(
  fc.constantFrom<EventField>(
    ...(['person', 'actor_id', 'name', 'email', 'type', 'outcome', 'source', 'database', 'login'] as const),
    ...(['tool', 'application', 'session', 'ip', 'network', 'kind', 'fingerprint'] as const),
    ...(['table', 'flag', 'target', 'tag', 'policy'] as const),
  ),
  fc.constantFrom('region', 'a', 'b c', 'x.y', 'a.region', 'error.code', '').map((path) => ({ path })),
)
const numberPath = fc.constantFrom<NumberPath>('rows', 'duration', { path: 'rows' }, { path: 'a' })
const question: fc.Arbitrary<GroupQuestion> = fc
  .record({
    fields: fc.uniqueArray(field, { maxLength: 3, selector: (one) => JSON.stringify(one) }),
    bucketMs: fc.option(fc.constantFrom(900_000, 3_600_000, 86_400_000), { nil: undefined }),
    sum: fc.option(numberPath, { nil: undefined }),
    limit: fc.constantFrom(100_000, 100_000, 3),
    upTo: fc.option(fc.constant([{ node: 'n40', sequence: 200 }]), { nil: undefined }),
  })
  .map(({ fields, limit, ...rest }) => ({
    fields,
    limit,
    ...(rest.bucketMs === undefined ? {} : { bucketMs: rest.bucketMs }),
    ...(rest.sum === undefined ? {} : { sum: rest.sum }),
    ...(rest.upTo === undefined ? {} : { upTo: rest.upTo }),
  }))

/** Sums of the same numbers in another order differ in their last digits. */
function comparable(groups: readonly EventGroup[]): unknown[] {
  return groups.map((group) => ({ ...group, sum: Number(group.sum.toPrecision(9)) }))
}

/** What every event store must do when it groups; run for each engine. */
export function describeGrouping(name: string, openStore: () => Promise<EventStore>): void {
  describe(`the event store (${name})`, () => {
    let store: EventStore
    const reference = createMemoryEventStore()
    const plain = [
      makeEvent({ sequence: 1001, occurredAt: '2026-11-20T10:00:00Z', data: { rows: 5 } }),
      makeEvent({ sequence: 1002, occurredAt: '2026-11-20T10:30:00Z', data: { rows: 7 } }),
      makeEvent({
        sequence: 1003,
        occurredAt: '2026-11-20T11:00:00Z',
        actor: { type: 'user', id: 'U7' },
        context: { ip: '203.0.113.9' },
      }),
      makeEvent({ sequence: 1004, occurredAt: '2026-11-21T11:00:00Z', data: { rows: -4 } }),
    ]
    beforeAll(async () => {
      store = await openStore()
      for (const node of ['n40', 'n41']) {
        const batch = randomEvents.filter(({ position }) => position.node === node)
        await store.appendEvents(batch, { mayBeThere: false })
        await reference.appendEvents(batch, { mayBeThere: false })
      }
      await store.appendEvents(plain, { mayBeThere: false })
    })
    afterAll(async () => store.close())

    it('groups by values and days, sums up, and names the first event', async () => {
      const fields: EventField[] = ['person']
      const asked = { fields, bucketMs: 86_400_000, sum: 'rows', limit: 10 } as const
      expect(await store.group(search(), asked)).toEqual({
        hasMore: false,
        groups: [
          {
            values: ['ann@acme.com'],
            start: '2026-11-20T00:00:00.000000Z',
            count: 2,
            sum: 12,
            firstAt: '2026-11-20T10:00:00.000000Z',
            lastAt: '2026-11-20T10:30:00.000000Z',
            firstId: plain[0]?.id,
            lastId: plain[1]?.id,
          },
          {
            values: ['u7'],
            start: '2026-11-20T00:00:00.000000Z',
            count: 1,
            sum: 0,
            firstAt: '2026-11-20T11:00:00.000000Z',
            lastAt: '2026-11-20T11:00:00.000000Z',
            firstId: plain[2]?.id,
            lastId: plain[2]?.id,
          },
          {
            values: ['ann@acme.com'],
            start: '2026-11-21T00:00:00.000000Z',
            count: 1,
            sum: 0,
            firstAt: '2026-11-21T11:00:00.000000Z',
            lastAt: '2026-11-21T11:00:00.000000Z',
            firstId: plain[3]?.id,
            lastId: plain[3]?.id,
          },
        ],
      })
    })

    it('says that there are more groups than were asked for, and counts all events without a field', async () => {
      const few = await store.group(search(), { fields: ['person'], limit: 1 })
      expect(few).toMatchObject({ hasMore: true, groups: [{ values: ['ann@acme.com'], count: 3 }] })
      const all = await store.group(search(), { fields: [], limit: 10 })
      expect(all).toMatchObject({ hasMore: false, groups: [{ values: [], count: 4 }] })
      const none = await store.group(search('type:nothing'), { fields: [], limit: 10 })
      expect(none).toEqual({ hasMore: false, groups: [] })
      const networks = await store.group(search(), { fields: ['network'], limit: 10 })
      expect(networks.groups).toMatchObject([{ values: ['203.0.113.0/24'], count: 1 }])
    })

    it('groups random events as the reference does', { timeout: 60_000 }, async () => {
      const filters = makeRandomFilters(60, seed)
      const questions = fc.sample(question, { numRuns: 80, seed })
      let seen = 0
      for (const [i, asked] of questions.entries()) {
        const filter = i % 2 === 0 ? undefined : filters[i % filters.length]
        const restricted = search('', { ...range, ...(filter === undefined ? {} : { filter }) })
        const found = await store.group(restricted, asked)
        const expected = await reference.group(restricted, asked)
        const told = `seed ${seed}: ${JSON.stringify({ asked, filter })}`
        expect(comparable(found.groups), told).toEqual(comparable(expected.groups))
        expect(found.hasMore, told).toBe(expected.hasMore)
        seen += found.groups.length
      }
      expect(seen).toBeGreaterThan(300)
    })
  })
}
