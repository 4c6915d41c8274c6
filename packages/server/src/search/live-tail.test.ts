import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
  type Arbitrary,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operatorViewer } from '../access/viewer.ts'
import type { EventStore, PositionRange } from '../store/event-store.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { LiveTail, type TailMessage } from './live-tail.ts'
import { RecentEvents } from './recent-events.ts'
import { Search } from './search-events.ts'

const nowMs = Date.parse('2026-11-22T10:00:00Z')
const nodes = ['n1', 'n2'] as const
type Node = (typeof nodes)[number]
/** Small, so that tails fall behind, windows overflow and pages end early. */
const limits = {
  recentEventsMax: 5,
  recentBytesMax: 100_000,
  batchJsonMax: 4,
  othersMs: 1,
  clientsMax: 10,
  clientsOfOneMax: 10,
  pageEventsMax: 3,
  pageBytesMax: 2000,
  pagePositionsMax: 4,
  heartbeatMs: 1,
}

/** The servers of an installation on one event store: each has its own tail, and tells what it has applied. */
class Servers {
  readonly store: EventStore = createMemoryEventStore()
  readonly stored: StoredEvent[] = []
  readonly applied = new Map<Node, number>(nodes.map((node) => [node, 0]))
  readonly reads: PositionRange[] = []
  #running = new Map<Node, { recent: RecentEvents; tail: LiveTail }>()

  of(node: Node): { recent: RecentEvents; tail: LiveTail } {
    const running = this.#running.get(node) ?? this.#start(node)
    this.#running.set(node, running)
    return running
  }

  /** What was in memory is gone. */
  restart(node: Node): void {
    this.#running.delete(node)
  }

  #start(node: Node): { recent: RecentEvents; tail: LiveTail } {
    const { store } = this
    const page = { limit: limits.recentEventsMax, bytesMax: limits.recentBytesMax }
    const recent = new RecentEvents({
      node,
      appliedSequence: () => this.applied.get(node) ?? 0,
      readAllPositions: async () =>
        [...this.applied].map(([name, sequence]) => ({ node: name, first: 0, sequence })),
      readAllBehind: async (range) => store.readAllBehind(range, page),
      limits,
      onError: (error) => {
        throw error
      },
    })
    const search = new Search({
      store,
      now: () => nowMs,
      retentionDays: 400,
      windowDays: 30,
      pageBytesMax: 1e7,
      histogramBucketsMax: 100,
      facetValuesMax: 10,
      settledPositions: async () => [],
    })
    const readBehind: EventStore['readBehind'] = async (restricted, range, max, options) => {
      this.reads.push(range)
      expect(range.upTo - range.after).toBeLessThanOrEqual(limits.pagePositionsMax)
      return store.readBehind(restricted, range, max, options)
    }
    const lastSequence = (): number => this.applied.get(node) ?? 0
    return {
      recent,
      tail: new LiveTail({ search, store: { readBehind }, recent, node, lastSequence, limits }),
    }
  }

  /** Applies a batch as the applier does: into the store, the mark, and then it tells. Some sequences hold nothing. */
  async apply(node: Node, batch: readonly Sketch[]): Promise<void> {
    const { recent } = this.of(node)
    const first = (this.applied.get(node) ?? 0) + 1
    const events = batch.flatMap((sketch, i) =>
      sketch === 'repeat'
        ? []
        : [
            makeEvent({
              ...sketch,
              sequence: first + i,
              node,
              id: `${node === 'n1' ? '1' : '2'}0000000-0000-4000-8000-${String(first + i).padStart(12, '0')}`,
            }),
          ],
    )
    const { add, confirm } = recent.begin({ records: batch.length, bytes: 100 * batch.length })
    await this.store.appendEvents(events, { mayBeThere: false, onEvent: add })
    this.stored.push(...events)
    this.applied.set(node, first + batch.length - 1)
    confirm(first + batch.length - 1)
  }
}

type Sketch =
  | 'repeat'
  | { type: string; workspaceId: string; occurredAt: string; outcome: 'success' | 'failure' }

const sketches: Arbitrary<Sketch> = oneof(
  {
    weight: 9,
    arbitrary: record({
      type: constantFrom('query', 'login'),
      workspaceId: constantFrom('w1', 'w1', 'w2'),
      occurredAt: constantFrom('2026-11-22T09:59:59Z', '2026-10-01T00:00:00.5Z', '2026-01-01T00:00:00Z'),
      outcome: constantFrom('success' as const, 'failure' as const),
    }),
  },
  { weight: 1, arbitrary: constant('repeat' as const) },
)

/** One who follows, is told some messages, goes away and comes back, also at another server. */
class Follower {
  readonly told: string[] = []
  readonly #servers: Servers
  readonly #q: string
  #lastId: string | undefined
  #leave: AbortController | undefined
  #messages: AsyncGenerator<TailMessage> | undefined

  constructor(servers: Servers, q: string) {
    this.#servers = servers
    this.#q = q
  }

  async come(node: Node): Promise<void> {
    if (this.#messages) return
    this.#leave = new AbortController()
    const { tail } = this.#servers.of(node)
    const viewer = operatorViewer('w1')
    this.#messages = await tail.open(viewer, { q: this.#q }, this.#lastId, this.#leave.signal)
    // The first message says where it begins.
    await this.read(1)
  }

  async read(count: number): Promise<void> {
    for (let i = 0; i < count && this.#messages; i++) {
      const { value, done } = await this.#messages.next()
      if (done === true) return
      const message: TailMessage = value
      this.#lastId = message.id
      if (message.event !== undefined) this.told.push((JSON.parse(message.event) as StoredEvent).id)
    }
  }

  /** Reads until nothing has come for a while of heartbeats. */
  async readAll(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet++) {
      const before = this.told.length
      await this.read(4)
      if (this.told.length > before) quiet = 0
    }
  }

  leave(): void {
    this.#leave?.abort()
    this.#messages = undefined
  }
}

const isTold = (q: string, event: StoredEvent): boolean =>
  event.workspaceId === 'w1' && matchesFilter(parseFilter(q), toSearchableEvent(event))

function expectAllTold(servers: Servers, q: string, told: readonly string[]): void {
  const expected = servers.stored.filter((event) => isTold(q, event))
  expect(told.toSorted()).toEqual(expected.map(({ id }) => id).sort())
  for (const node of nodes) {
    const ofNode = expected.filter(({ position }) => position.node === node).map(({ id }) => id)
    expect(told.filter((id) => ofNode.includes(id))).toEqual(ofNode)
  }
}

const steps = array(
  oneof(
    record({
      kind: constant('apply' as const),
      node: constantFrom(...nodes),
      batch: array(sketches, { minLength: 1, maxLength: 9 }),
    }),
    record({ kind: constant('read' as const), who: nat(2), count: nat(6) }),
    record({
      kind: constant('move' as const),
      who: nat(2),
      node: constantFrom(...nodes),
      restarts: boolean(),
    }),
  ),
  { maxLength: 25 },
)

describe('whatever comes in, and however often one leaves, comes back and is slow', () => {
  it('each is told once of everything that the search finds, in the order of each node', async () => {
    await assert(
      asyncProperty(steps, async (all) => {
        const servers = new Servers()
        const searches = ['', 'type:query', '-type:query outcome:failure']
        const followers = searches.map((q) => new Follower(servers, q))
        for (const follower of followers) await follower.come('n1')
        for (const step of all) {
          if (step.kind === 'apply') await servers.apply(step.node, step.batch)
          else if (step.kind === 'read') await followers[step.who]?.read(step.count)
          else {
            if (step.restarts) {
              for (const follower of followers) follower.leave()
              servers.restart(step.node)
            } else followers[step.who]?.leave()
            for (const follower of followers) await follower.come(step.node)
          }
        }
        for (const [i, follower] of followers.entries()) {
          await follower.readAll()
          expectAllTold(servers, searches[i] ?? '', follower.told)
          follower.leave()
        }
        for (const node of nodes) expect(servers.of(node).recent.followers).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a live tail', () => {
  const query = {
    type: 'query',
    workspaceId: 'w1',
    occurredAt: '2026-11-22T09:59:59Z',
    outcome: 'success',
  } as const

  it('serves who keeps up from memory, and reads the store only for who does not', async () => {
    const servers = new Servers()
    const [fast, slow] = [new Follower(servers, ''), new Follower(servers, '')]
    await fast.come('n1')
    await slow.come('n1')
    for (let i = 0; i < 10; i++) {
      await servers.apply('n1', [query, query])
      await fast.read(2)
    }
    expect(fast.told).toHaveLength(20)
    expect(servers.reads).toEqual([])
    await slow.readAll()
    expect(servers.reads.length).toBeGreaterThan(0)
    expectAllTold(servers, '', slow.told)
    fast.leave()
    slow.leave()
  })

  it('moves on when nothing matches, so that who comes back does not begin at the beginning', async () => {
    const servers = new Servers()
    const follower = new Follower(servers, 'type:nothing')
    await follower.come('n1')
    for (let i = 0; i < 10; i++) await servers.apply('n1', [query])
    await follower.readAll()
    follower.leave()
    servers.restart('n1')
    servers.reads.length = 0
    await follower.come('n1')
    await follower.readAll()
    expect(servers.reads).toEqual([])
    follower.leave()
  })

  it('reads from the store what the detections have in memory without what clients are shown', async () => {
    const servers = new Servers()
    const follower = new Follower(servers, '')
    await follower.come('n1')
    await servers.apply('n1', [query])
    await follower.readAll()
    servers.of('n1').recent.join('server')
    follower.leave()
    await servers.apply('n1', [query, query])
    await follower.come('n1')
    await servers.apply('n1', [query])
    await follower.readAll()
    expect(servers.reads).toEqual([{ node: 'n1', after: 1, upTo: 4 }])
    expectAllTold(servers, '', follower.told)
    follower.leave()
  })

  it('begins with what comes after it, and keeps nothing while nobody follows', async () => {
    const servers = new Servers()
    await servers.apply('n1', [query])
    const { recent } = servers.of('n1')
    expect(recent.begin({ records: 1, bytes: 1 }).add).toBeUndefined()
    const follower = new Follower(servers, '')
    await follower.come('n1')
    expect(recent.begin({ records: 1, bytes: 1 }).add).toBeDefined()
    expect(recent.begin({ records: limits.recentEventsMax + 1, bytes: 1 }).add).toBeUndefined()
    await follower.readAll()
    expect(follower.told).toEqual([])
    follower.leave()
    expect(recent.settled).toEqual([])
  })
})
