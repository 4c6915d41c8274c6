import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Journal, type JournalLimits } from '../journal/journal.ts'
import { openQuarantine } from '../journal/quarantine.ts'
import { loadRepairs, saveRepairs } from '../journal/repair-notes.ts'
import type { EventStore } from '../store/event-store.ts'
import { createMemoryEventStore, type FaultHook } from '../store/memory/memory-event-store.ts'
import { search } from '../store/testing/event-store-suite.ts'
import { Applier, type ApplyLimits } from './apply-journal.ts'
import { createTurns } from './create-turns.ts'
import type { IdConflict } from './drop-repeats.ts'
import { GroupCommit } from './group-commit.ts'
import { createIngestEvents, type IngestEvents } from './ingest-events.ts'
import { KnownIds } from './known-ids.ts'
import { openRepairRequests, type RepairRequests } from './repair-requests.ts'

const journalLimits: JournalLimits = {
  segmentBytesMax: 10_000,
  payloadBytesMax: 1_000_000,
  unappliedBytesMax: 10_000_000,
  appliedKeptMs: 1000,
  appliedKeptBytes: 1_000_000,
}
const applyLimits: ApplyLimits = {
  recordsMax: 7,
  bytesMax: 1_000_000,
  intervalMs: 0,
  retryMs: { first: 1, max: 2 },
}
const now = (): number => Date.parse('2026-11-22T10:00:00Z')
const way = { workspaceId: 'w1', source: 'api' }
const actor = { type: 'user' as const, email: 'ann@acme.com' }

type Server = {
  journal: Journal
  ingest: IngestEvents
  applier: Applier
  ids: KnownIds
  repairs: RepairRequests
  conflicts: IdConflict[]
  errors: unknown[]
  stop: () => Promise<void>
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'apply-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

type StartOptions = { node?: string; isShared?: boolean; exclusively?: ReturnType<typeof createTurns> }

async function start(store: EventStore, options: StartOptions = {}): Promise<Server> {
  const { node = 'n1', isShared = false, exclusively = createTurns() } = options
  const journalDir = join(dir, node)
  const journal = await Journal.open(journalDir, journalLimits, now)
  const conflicts: IdConflict[] = []
  const errors: unknown[] = []
  const ids = new KnownIds({ store, node, isShared, bytesMax: 10_000_000 })
  const repairs = await openRepairRequests({
    load: async () => loadRepairs(journalDir),
    save: async (next) => saveRepairs(journalDir, next),
  })
  const applier = new Applier({
    journal,
    store,
    ids,
    repairs,
    exclusively,
    node,
    limits: applyLimits,
    onIdConflicts: async (found) => void conflicts.push(...found),
    onError: (error) => errors.push(error),
    quarantine: await openQuarantine(journalDir),
  })
  await applier.start()
  const groupCommit = new GroupCommit(journal, { groupBytesMax: 10_000, queueBytesMax: 1_000_000 }, () =>
    applier.notify(),
  )
  const ingest = createIngestEvents({
    groupCommit,
    hashContent: (text) => Buffer.from(text).toString('hex').slice(-32).padStart(32, '0'),
    redactSecret: () => 'abcd1234',
    now,
    retentionDays: 400,
    futureMsMax: 86_400_000,
  })
  const stop = async (): Promise<void> => {
    await groupCommit.close()
    await applier.close(1000)
    await journal.close()
  }
  return { journal, ingest, applier, ids, repairs, conflicts, errors, stop }
}

const applied = async ({ journal }: Server): Promise<void> =>
  vi.waitFor(() => expect(journal.appliedSequence).toBe(journal.lastSequence))

const readEverything = async (store: EventStore): Promise<StoredEvent[]> =>
  (await store.searchEvents(search(), { limit: 10_000, bytesMax: 100_000_000 })).events

const storedTypes = async (store: EventStore): Promise<string[]> =>
  (await readEverything(store)).map((event) => event.type).sort()

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
        if (events.some((event) => event.type === 'poison')) throw new AuditError('invalid', 'refused')
        await working.appendEvents(events, options)
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
      const store = createMemoryEventStore()
      const server = await start(store)
      await server.ingest(drafts(200), way)
      await applied(server)
      await server.repairs.request({ first: 1, last: 200 })
      server.applier.notify()
      await server.ingest([{ type: 'meanwhile', actor }], way)
      await vi.waitFor(() => expect(server.journal.appliedSequence).toBe(201), { interval: 1 })
      expect(server.repairs.range).toBeDefined()
      await vi.waitFor(() => expect(server.repairs.range).toBeUndefined())
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
            const exclusively = createTurns()
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
