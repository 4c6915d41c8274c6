import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventStore } from '../store/event-store.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { search } from '../store/testing/sketch-events.ts'
import {
  actor,
  applied,
  readEverything,
  inTurn,
  startApplying,
  way,
  type Applying,
  type StartOptions,
} from './testing/start-applying.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'apply-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const start = async (store: EventStore, options: StartOptions = {}): Promise<Applying> =>
  startApplying(dir, store, options)

describe('when the store has lost events', () => {
  const drafts = (count: number, over: object = {}) =>
    Array.from({ length: count }, (_, i) => ({
      id: idOf(i),
      type: 'query',
      actor,
      data: { n: i },
      ...over,
    }))
  const idOf = (i: number) => `bbbbbbbb-0000-4000-8000-${String(i).padStart(12, '0')}`

  it('applies again what the journal holds when the whole store is gone', async () => {
    const first = await start(createMemoryEventStore())
    await first.ingest(drafts(40), way)
    await applied(first)
    await first.stop()
    const store = createMemoryEventStore()
    const second = await start(store)
    await second.ingest([{ type: 'later', actor }], way)
    await applied(second)
    await vi.waitFor(() => expect(second.repairs.range).toBeUndefined())
    expect(await store.countEvents(search())).toBe(41)
    expect((await store.findFaults()).repeatedEvents).toBe(0)
    expect(second.applier.status.again).toBe(0)
    await second.stop()
  })

  it('applies again only what is missing, and goes on with it after a restart', async () => {
    const whole = createMemoryEventStore()
    const first = await start(whole)
    await first.ingest(drafts(40), way)
    await first.ingest(drafts(40, { type: 'repeat' }), way)
    await applied(first)
    expect(first.conflicts).toHaveLength(40)
    await first.stop()
    // A store that lost the events in the middle, and fails in the middle of getting them back.
    let failures = 0
    const store = createMemoryEventStore((step) => {
      if (step === 'append-row' && ++failures === 12) throw new Error('the engine went away')
    })
    const rows = await whole.searchEvents(search(), { limit: 1000, bytesMax: 10_000_000 })
    await store.appendEvents(
      rows.events.filter(({ position: { sequence } }) => sequence < 5 || sequence > 35),
      { mayBeThere: false },
    )
    failures = 0
    let second = await start(store)
    await second.repairs.request({ first: 1, last: 80 }, ['part'])
    second.applier.notify()
    await vi.waitFor(() => expect(second.errors).toHaveLength(1))
    await second.stop()
    second = await start(store)
    await vi.waitFor(() => expect(second.repairs.range).toBeUndefined())
    expect(second.repairs.damagedParts).toEqual(['part'])
    const ids = (await readEverything(store)).map((event) => event.id)
    expect(ids.sort()).toEqual(
      drafts(40)
        .map((draft) => draft.id)
        .sort(),
    )
    expect((await readEverything(store)).every((event) => event.type === 'query')).toBe(true)
    await second.stop()
  })

  it('brings new events in meanwhile', async () => {
    const memory = createMemoryEventStore()
    let holdsBack = false
    const isRepairing: boolean[] = []
    const store: EventStore = {
      ...memory,
      appendEvents: async (events, options) => {
        // However slow the disk is: the new event is there before the others are all applied again.
        if (holdsBack)
          await vi.waitFor(() => expect(server.journal.lastSequence).toBe(201), {
            interval: 1,
            timeout: 10_000,
          })
        if (holdsBack && !options.mayBeThere) isRepairing.push(server.repairs.range !== undefined)
        await memory.appendEvents(events, options)
      },
    }
    const server = await start(store)
    await server.ingest(drafts(200), way)
    await applied(server)
    holdsBack = true
    await server.repairs.request({ first: 1, last: 200 })
    server.applier.notify()
    await server.ingest([{ type: 'meanwhile', actor }], way)
    await vi.waitFor(() => expect(server.repairs.range).toBeUndefined(), { timeout: 10_000 })
    expect(isRepairing).toEqual([true])
    expect(await store.countEvents(search())).toBe(201)
    await server.stop()
  })
})

describe('when two nodes share one store', () => {
  it('stores an event once that both were sent, and tells of other content', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.nat(20), fc.nat(1)), { maxLength: 60 }),
        async (sent) => {
          await rm(dir, { recursive: true, force: true })
          const store = createMemoryEventStore()
          const exclusively = inTurn()
          const nodes = await Promise.all(
            ['n1', 'n2'].map(async (node) => start(store, { node, isShared: true, exclusively })),
          )
          await Promise.all(nodes.map(async ({ ids }) => ids.load()))
          await Promise.all(
            sent.map(async ([isSecond, n, content]) => {
              const id = `cccccccc-0000-4000-8000-${String(n).padStart(12, '0')}`
              await nodes[isSecond ? 1 : 0]?.ingest([{ id, type: 'query', actor, data: { content } }], way)
            }),
          )
          for (const node of nodes) await applied(node)
          const stored = await readEverything(store)
          expect(stored.map((event) => event.id).sort()).toEqual(
            [
              ...new Set(sent.map(([, n]) => `cccccccc-0000-4000-8000-${String(n).padStart(12, '0')}`)),
            ].sort(),
          )
          for (const { refused, kept } of nodes.flatMap((node) => node.conflicts)) {
            const winner = stored.find((event) => event.id === kept.id)
            expect(winner?.contentHash).toBe(kept.contentHash)
            expect(refused.contentHash).not.toBe(kept.contentHash)
          }
          for (const node of nodes) await node.stop()
        },
      ),
      { numRuns: 30 },
    )
  })
})
