import type { Statement } from '@aleph-audit-log/domain/event'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore, RewriteProgress } from '../event-store.ts'
import { makeEvent, search } from './sketch-events.ts'

/** Every week that the tests before have left is copied; through a server on a busy machine that takes a while. */
const rewritingMsMax = 180_000
const page = { limit: 1000, bytesMax: 10_000_000 }

function statementOn(tables: string[]): Statement {
  return {
    kind: 'read',
    parsed: true,
    tables: tables.map((name) => ({ name, access: 'read' })),
    fingerprint: 'f00d',
    normalized: `select ? from ${tables.join(', ')}`,
    flags: [],
  }
}

/** What every event store must do when events are put in the place of stored ones; run for each engine. */
export function describeRewriting(name: string, openStore: () => Promise<EventStore>): void {
  describe(`the event store (${name})`, () => {
    let store: EventStore
    beforeAll(async () => {
      store = await openStore()
    })
    afterAll(async () => store.close())

    it(
      'puts what a change makes of events in their place, in every table, and leaves the others',
      async () => {
        const sketches = ['2026-06-02', '2026-06-03', '2026-06-09', '2026-06-16'].map((day, i) =>
          makeEvent({
            sequence: 190 + i,
            node: i === 1 ? 'n2' : 'n1',
            workspaceId: i === 2 ? 'w11' : 'w10',
            type: 'understood',
            occurredAt: `${day}T10:00:00.5Z`,
            data: { sql: 'select 1' },
            statement: statementOn(['before']),
          }),
        )
        await store.appendEvents(sketches, { mayBeThere: false })
        const faults = await store.findFaults()
        const progress: RewriteProgress[] = []
        await store.rewriteEvents(
          (event) =>
            event.type === 'understood' && !event.occurredAt.startsWith('2026-06-16')
              ? { ...event, statement: statementOn(['after', 'another']) }
              : undefined,
          {
            exclusively: async (work) => work(),
            signal: new AbortController().signal,
            onProgress: (now) => progress.push(now),
          },
        )
        expect(await store.findFaults()).toEqual(faults)
        expect(progress.at(-1)).toMatchObject({ events: faults.events, changed: 3 })
        expect(progress.at(-1)?.weeksDone).toBe(progress.at(-1)?.weeks)
        const [first, second, other, left] = sketches.map((event) => event.id)
        const of = async (q: string, workspaceId: string): Promise<string[]> =>
          (await store.searchEvents(search(q, { workspaceId }), page)).events.map((event) => event.id)
        expect(await of('table:another', 'w10')).toEqual([second, first])
        expect(await of('table:before', 'w10')).toEqual([left])
        expect(await of('table:after', 'w11')).toEqual([other])
        expect((await store.searchEvents(search('', { workspaceId: 'w10' }), page)).events).toEqual(
          [
            sketches[3],
            ...[sketches[1], sketches[0]].map((event) => ({
              ...event,
              statement: statementOn(['after', 'another']),
            })),
          ].map((event) => expect.objectContaining({ ...event })),
        )
      },
      rewritingMsMax,
    )
  })
}
