import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openQuarantine } from '../journal/quarantine.ts'
import { chunksOf, type EventStore } from '../store/event-store.ts'
import { createMemoryEventStore, type FaultHook } from '../store/memory/memory-event-store.ts'
import { search } from '../store/testing/sketch-events.ts'
import {
  actor,
  applied,
  readEverything,
  startApplying,
  storedTypes,
  way,
  type Applying,
} from './testing/start-applying.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'apply-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const start = async (store: EventStore): Promise<Applying> => startApplying(dir, store)

describe('applying the journal', () => {
  it('brings every acknowledged event into the store, exactly once', async () => {
    const store = createMemoryEventStore()
    const server = await start(store)
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => server.ingest([{ type: `event_${i}`, actor }], way)),
    )
    await applied(server)
    expect(await storedTypes(store)).toEqual(Array.from({ length: 50 }, (_, i) => `event_${i}`).sort())
    await server.stop()
  })

  it('stores an event once when a client repeats it: in a batch, later, and after a restart', async () => {
    const store = createMemoryEventStore()
    const draft = {
      id: 'AAAAAAAA-0000-4000-8000-000000000001',
      type: 'query',
      actor,
      data: { sql: 'select 1' },
    }
    let server = await start(store)
    const receipts = await server.ingest([draft, draft], way)
    expect(receipts.map((receipt) => receipt.id)).toEqual([draft.id.toLowerCase(), draft.id.toLowerCase()])
    await applied(server)
    await server.ingest([draft], way)
    await applied(server)
    await server.stop()
    server = await start(store)
    await server.ingest([draft], way)
    await applied(server)
    expect(await storedTypes(store)).toEqual(['query'])
    expect(server.conflicts).toEqual([])
    await server.stop()
  })

  it('keeps the first content under an id and tells of another', async () => {
    const store = createMemoryEventStore()
    const server = await start(store)
    const id = 'aaaaaaaa-0000-4000-8000-000000000002'
    await server.ingest([{ id, type: 'first', actor }], way)
    await applied(server)
    await server.ingest([{ id, type: 'second', actor }], way)
    await applied(server)
    expect(await storedTypes(store)).toEqual(['first'])
    expect(server.conflicts).toMatchObject([{ kept: { id }, refused: { type: 'second' } }])
    await server.stop()
  })

  it('tells repeats apart by workspace', async () => {
    const store = createMemoryEventStore()
    const server = await start(store)
    const draft = { id: 'aaaaaaaa-0000-4000-8000-000000000003', type: 'query', actor }
    await server.ingest([draft], way)
    await server.ingest([draft], { ...way, workspaceId: 'w2' })
    await applied(server)
    expect(await store.countEvents(search())).toBe(1)
    expect(await store.countEvents(search('', { workspaceId: 'w2' }))).toBe(1)
    await server.stop()
  })

  it('loses and doubles nothing, wherever the store fails or the process is restarted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            failAfter: fc.nat(30),
            drafts: fc.integer({ min: 1, max: 20 }),
            restart: fc.boolean(),
          }),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        fc.constantFrom('append', 'append-row', 'find'),
        async (rounds, failingStep) => {
          await rm(dir, { recursive: true })
          let countdown = Infinity
          const fault: FaultHook = (step) => {
            if (step === failingStep && countdown-- === 0) throw new Error(`injected at ${step}`)
          }
          const store = createMemoryEventStore(fault)
          let server = await start(store)
          const acknowledged: string[] = []
          for (const { failAfter, drafts, restart } of rounds) {
            countdown = failAfter
            const receipts = await server.ingest(
              Array.from({ length: drafts }, (_, i) => ({
                ...(i % 2 === 0 ? { id: crypto.randomUUID() } : {}),
                type: 'query',
                actor,
                data: { table: i },
              })),
              way,
            )
            acknowledged.push(...receipts.map((receipt) => receipt.id))
            if (restart) {
              await server.stop()
              server = await start(store)
            }
          }
          countdown = Infinity
          await applied(server)
          const stored = (await readEverything(store)).map((event) => event.id)
          expect(stored.sort()).toEqual(acknowledged.sort())
          await server.stop()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('sets aside the one event that the store refuses for good, and stores all the others', async () => {
    const working = createMemoryEventStore()
    const store: EventStore = {
      ...working,
      appendEvents: async (events, options) => {
        const batch: StoredEvent[] = []
        for await (const chunk of chunksOf(events)) batch.push(...chunk)
        if (batch.some((event) => event.type === 'poison')) throw new AuditError('invalid', 'refused')
        await working.appendEvents(batch, options)
      },
    }
    const server = await start(store)
    const types = ['a', 'b', 'poison', 'c', 'd', 'e', 'f', 'g', 'h']
    await server.ingest(
      types.map((type) => ({ type, actor })),
      way,
    )
    await applied(server)
    expect(await storedTypes(working)).toEqual(types.filter((type) => type !== 'poison').sort())
    const kept = (await readFile(join(dir, 'n1', 'quarantine.jsonl'), 'utf8')).trim().split('\n')
    expect(kept.map((line) => JSON.parse(line).event)).toEqual([expect.stringContaining('"type":"poison"')])
    await server.stop()
    expect((await openQuarantine(join(dir, 'n1'))).count).toBe(1)
  })

  it('goes on by itself when the store works again, and says what was wrong meanwhile', async () => {
    let broken = true
    const store = createMemoryEventStore((step) => {
      if (broken && step === 'append') throw new Error('the engine is away')
    })
    const server = await start(store)
    await server.ingest([{ type: 'query', actor }], way)
    await vi.waitFor(() => expect(server.applier.status.error).toBe('the engine is away'))
    expect(server.applier.status.pending).toBe(1)
    broken = false
    await applied(server)
    await vi.waitFor(() => expect(server.applier.status.error).toBeUndefined())
    expect(await storedTypes(store)).toEqual(['query'])
    await server.stop()
  })

  it('leaves what could not be applied in the journal for the next start', async () => {
    const failing = createMemoryEventStore(() => {
      throw new Error('the engine is away')
    })
    const first = await start({ ...failing, lastSequence: async () => 0 })
    await first.ingest([{ type: 'query', actor }], way)
    await first.stop()
    const store = createMemoryEventStore()
    const second = await start(store)
    await applied(second)
    expect(await storedTypes(store)).toEqual(['query'])
    await second.stop()
  })

  it('looks ids up only where they may be known, once it has read them all', async () => {
    const asked: string[] = []
    const memory = createMemoryEventStore()
    const store: EventStore = {
      ...memory,
      findEvents: async (workspaceId, ids) => {
        asked.push(...ids)
        return memory.findEvents(workspaceId, ids)
      },
    }
    const server = await start(store)
    const idOf = (n: number) => `dddddddd-0000-4000-8000-${String(n).padStart(12, '0')}`
    const send = async (n: number) => server.ingest([{ id: idOf(n), type: 'query', actor }], way)
    await send(1)
    await applied(server)
    expect(asked).toEqual([idOf(1)])
    await server.ids.load()
    await send(2)
    await applied(server)
    expect(asked).toEqual([idOf(1)])
    await send(1)
    await send(2)
    await applied(server)
    expect(asked).toEqual([idOf(1), idOf(1), idOf(2)])
    expect(await store.countEvents(search())).toBe(2)
    await server.stop()
  })
})
