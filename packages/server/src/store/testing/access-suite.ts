import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccessQuestion } from '../access-counts.ts'
import { makeRandomEvents, pool } from '../clickhouse/testing/random-events.ts'
import type { EventStore } from '../event-store.ts'
import { createMemoryEventStore } from '../memory/memory-event-store.ts'
import { hostileTexts, makeEvent, search } from './sketch-events.ts'

const workspaceId = 'w30'
const table = (name: string, access: 'read' | 'write') => ({ name, access })
const touching = (
  tables: { name: string; access: 'read' | 'write' }[],
): NonNullable<StoredEvent['statement']> => ({
  kind: 'read',
  parsed: true,
  tables,
  fingerprint: 'f00d',
  normalized: 'select ?',
  flags: [],
})

/** Counted by hand in the tests below. */
const sketched: StoredEvent[] = [
  makeEvent({
    sequence: 1,
    statement: touching([table('hr.pay', 'read'), table('hr.pay', 'write'), table('hr.people', 'read')]),
    attribution: { login: 'svc_bi', tool: 'metabase', trust: 'trusted' },
    context: { application: 'Metabase' },
  }),
  makeEvent({
    sequence: 2,
    occurredAt: '2026-11-21T10:00:00.5Z',
    actor: { type: 'user', name: 'Ann L.', email: 'ANN@acme.com' },
    outcome: 'failure',
    statement: touching([table('hr.pay', 'read')]),
    data: { login: 'ann' },
  }),
  makeEvent({
    sequence: 3,
    actor: { type: 'service', id: 'Job 7', name: 'Nightly' },
    outcome: 'denied',
    statement: touching([table('hr.pay', 'write')]),
  }),
  makeEvent({
    sequence: 4,
    actor: { type: 'system', name: hostileTexts[1] ?? '' },
    statement: touching([table('hr.pay', 'read')]),
  }),
  makeEvent({ sequence: 5, workspaceId: 'w31', statement: touching([table('hr.pay', 'read')]) }),
  makeEvent({ sequence: 6, statement: touching([table('pay', 'read')]) }),
  makeEvent({ sequence: 7 }),
].map((event) => ({
  ...event,
  id: event.id.replace('0000-4000', '0030-4000'),
  workspaceId: event.workspaceId === 'w1' ? workspaceId : event.workspaceId,
  position: { ...event.position, node: 'n30' },
}))

const randomWorkspaceId = 'w32'
const random = makeRandomEvents(600, 4711).map((event) => ({
  ...event,
  id: event.id.replace(/^0193/, '0194'),
  workspaceId: randomWorkspaceId,
  position: { ...event.position, node: 'n32' },
}))

/** What every event store must count of who accessed tables; run for each engine. */
export function describeAccess(name: string, openStore: () => Promise<EventStore>): void {
  describe(`the event store (${name})`, () => {
    let store: EventStore
    beforeAll(async () => {
      store = await openStore()
      await store.appendEvents(sketched, { mayBeThere: false })
      await store.appendEvents(random, { mayBeThere: false })
    })
    afterAll(async () => store.close())
    const asked = (tables: readonly string[], over: Partial<AccessQuestion> = {}): AccessQuestion => ({
      tables,
      linesMax: 100,
      valuesMax: 10,
      ...over,
    })

    it('counts who read and wrote a table, how it ended and through what', async () => {
      const { lines, total } = await store.countAccess(search('', { workspaceId }), asked(['hr.pay']))
      expect(total).toBe(3)
      const none = { values: [], total: 0 }
      expect(lines).toEqual([
        {
          table: 'hr.pay',
          person: 'ann@acme.com',
          name: 'Ann L.',
          email: 'ANN@acme.com',
          count: 2,
          reads: 2,
          writes: 1,
          failed: 1,
          denied: 0,
          firstAt: '2026-11-20T10:00:00.000000Z',
          lastAt: '2026-11-21T10:00:00.500000Z',
          tools: { values: ['metabase'], total: 1 },
          logins: { values: ['ann', 'svc_bi'], total: 2 },
          applications: { values: ['Metabase'], total: 1 },
        },
        expect.objectContaining({ person: 'job 7', name: 'Nightly', writes: 1, reads: 0, denied: 1 }),
        expect.objectContaining({ person: hostileTexts[1]?.toLowerCase(), count: 1, reads: 1, tools: none }),
      ])
    })

    it('counts only what the search finds', async () => {
      const failed = search('outcome:failure', { workspaceId })
      expect((await store.countAccess(failed, asked(['hr.pay', 'hr.people', 'pay']))).lines).toEqual([
        expect.objectContaining({ table: 'hr.pay', count: 1, reads: 1, writes: 0, failed: 1 }),
      ])
      const before = search('', { workspaceId, before: '2026-11-20T10:00:00.000000Z' })
      expect(await store.countAccess(before, asked(['hr.pay']))).toEqual({ lines: [], total: 0 })
      expect(await store.countAccess(search('', { workspaceId }), asked([]))).toEqual({ lines: [], total: 0 })
    })

    it('tells how many lines and values there are where it is asked for fewer', async () => {
      const { lines, total } = await store.countAccess(
        search('', { workspaceId }),
        asked(['hr.pay', 'hr.people'], { linesMax: 1, valuesMax: 1 }),
      )
      expect(total).toBe(4)
      expect(lines).toEqual([expect.objectContaining({ logins: { values: ['ann'], total: 2 } })])
    })

    it('counts of random events and searches what the reference counts', async () => {
      const reference = createMemoryEventStore()
      await reference.appendEvents(random, { mayBeThere: false })
      const names = pool.tables.map((one) => one.toWellFormed())
      for (const q of ['', 'type:query', '-outcome:success', 'table:orders', 'email:*', '-is:noise']) {
        for (const tables of [names, names.slice(0, 2), hostileTexts.map((one) => one.toWellFormed())]) {
          const where = search(q, { workspaceId: randomWorkspaceId, from: '2020-01-01T00:00:00.000000Z' })
          const question = asked(tables, { linesMax: 50, valuesMax: 3 })
          expect(await store.countAccess(where, question), q).toEqual(
            await reference.countAccess(where, question),
          )
        }
      }
    })
  })
}
