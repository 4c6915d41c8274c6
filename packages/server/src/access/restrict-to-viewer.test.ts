import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@aleph-audit-log/domain/api/access'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { roles } from '@aleph-audit-log/domain/roles'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openClickHouseEventStore } from '../store/clickhouse/clickhouse-event-store.ts'
import { openEmbeddedEngine } from '../store/clickhouse/embedded-engine.ts'
import { makeRandomEvents } from '../store/clickhouse/testing/random-events.ts'
import { makeRandomFilters } from '../store/clickhouse/testing/random-filters.ts'
import type { EventStore } from '../store/event-store.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import { restrictToViewer } from './restrict-to-viewer.ts'
import { operatorViewer, permissionsOf, type Viewer } from './viewer.ts'

const range = { from: '2024-01-01T00:00:00.000000Z', before: '2027-01-01T00:00:00.000000Z' }
const everything: Filter = { kind: 'and', terms: [] }

type Who = { userId: string; email: string }
const ann: Who = { userId: 'u-ann', email: 'ann@acme.com' }
const bob: Who = { userId: 'u-bob', email: 'bob@acme.com' }
const nameless: Who = { userId: 'u-nameless', email: '' }

function personIn(role: Role, { userId, email }: Who): Viewer {
  const actor = { type: 'user', id: userId, name: 'Somebody', email } as const
  return {
    workspaceId: 'w1',
    actor,
    via: 'session',
    permissions: permissionsOf(role),
    role,
    userId,
    sessionId: 's',
  }
}

const apiKey: Viewer = {
  workspaceId: 'w1',
  actor: { type: 'api_key', id: 'u-ann', name: 'Key' },
  via: 'api_key',
  permissions: new Set(['events:read'] as const),
  keyId: 'u-ann',
}

/** What a role sees, said without filters. */
const oracle: Record<Role, (event: StoredEvent, who: Who) => boolean> = {
  admin: () => true,
  auditor: () => true,
  analyst: (event, who) => event.type === 'query' || isOwn(event, who),
  member: isOwn,
}

function isOwn({ actor, source }: StoredEvent, who: Who): boolean {
  const byEmail = who.email !== '' && actor.email?.toLowerCase() === who.email
  const byAct = source.toLowerCase() === 'app' && actor.id?.toLowerCase() === who.userId
  return byEmail || byAct
}

type Case = { name: string; viewer: Viewer; sees: (event: StoredEvent) => boolean }
const cases: Case[] = [
  ...roles.flatMap((role) =>
    [ann, bob, nameless].map((who) => ({
      name: `${role} ${who.userId}`,
      viewer: personIn(role, who),
      sees: (event: StoredEvent) => oracle[role](event, who),
    })),
  ),
  { name: 'API key', viewer: apiKey, sees: () => true },
  { name: 'operator', viewer: operatorViewer('w1'), sees: () => true },
]

/** Actors that look like each other in every way that could be mistaken for the same person. */
const actor = fc.record(
  {
    type: fc.constantFrom('user', 'service', 'api_key', 'anonymous'),
    id: fc.constantFrom('u-ann', 'U-ANN', 'u-bob', 'u-ann2', 'ann@acme.com', ''),
    name: fc.constantFrom('ann@acme.com', 'u-ann', 'Ann Lee', 'u-nameless', ''),
    email: fc.constantFrom('ann@acme.com', 'Ann@ACME.com', 'bob@acme.com', 'ann@acme.com ', 'u-ann', '*', ''),
  },
  { requiredKeys: ['type'] },
)
const disguise = fc.record({
  actor,
  type: fc.constantFrom('query', 'query_2', 'user_signed_in', 'integration_created'),
  source: fc.constantFrom('app', 'APP', 'api', 'app2', 'int_1', ''),
})

// Told in every failure: put it here to see the same events again.
const seed = Date.now() % 2 ** 31
const disguises = fc.sample(disguise, { numRuns: 300, seed })
const events = makeRandomEvents(300, seed).map((event, i): StoredEvent => ({
  ...event,
  // The arbitrary makes what the type says.
  ...(JSON.parse(JSON.stringify(disguises[i])) as Pick<StoredEvent, 'actor' | 'type' | 'source'>),
}))
const elsewhere = events.slice(0, 50).map((event, i): StoredEvent => ({
  ...event,
  workspaceId: 'w2',
  position: { node: 'n1', sequence: 1000 + i },
}))

const anyFilter = fc.nat(2 ** 31 - 1).map((filterSeed) => makeRandomFilters(1, filterSeed)[0] ?? everything)
/** Filters that would undo a restriction put beside them in the wrong way. */
const escaping = anyFilter.chain((filter) =>
  fc.constantFrom<Filter>(
    { kind: 'or', terms: [filter, everything] },
    { kind: 'not', term: { kind: 'and', terms: [filter, { kind: 'not', term: filter }] } },
    { kind: 'not', term: { kind: 'or', terms: [] } },
    { kind: 'and', terms: [everything, filter] },
    { kind: 'actorId', id: 'u-bob' },
  ),
)
const wanted = fc.oneof({ weight: 3, arbitrary: anyFilter }, { weight: 1, arbitrary: escaping })

const idsOf = (found: readonly StoredEvent[]): string[] => found.map(({ id }) => id).sort()
const sum = (counts: readonly { count: number }[]): number =>
  counts.reduce((total, { count }) => total + count, 0)

function restrict(viewer: Viewer, filter: Filter): RestrictedSearch {
  return restrictToViewer(viewer, { filter, ...range }, range.from)
}

/** Every way to ask the store, held against the oracle. */
async function compare(store: EventStore, { viewer, sees }: Case, filter: Filter): Promise<void> {
  const expected = events.filter((event) => sees(event) && matchesFilter(filter, toSearchableEvent(event)))
  const search = restrict(viewer, filter)
  const page = { limit: 1000, bytesMax: 100_000_000 }
  const found = await store.searchEvents(search, page)
  expect(idsOf(found.events)).toEqual(idsOf(expected))
  expect(found.hasMore).toBe(false)
  expect(await store.countEvents(search)).toBe(expected.length)
  expect(sum(await store.countByTime(search, 86_400_000))).toBe(expected.length)
  const { values, other } = await store.countByField(search, 'type', 2)
  expect(sum(values) + other).toBe(expected.length)
}

/** Pages of few events, begun behind an event that the viewer may not see, and one event by its id. */
async function comparePages(store: EventStore, { viewer, sees }: Case): Promise<void> {
  const search = restrict(viewer, everything)
  const hidden = events.find((event) => !sees(event))
  const paged: StoredEvent[] = []
  for (let after: StoredEvent | undefined; ;) {
    const start = after === undefined ? {} : { after }
    const found = await store.searchEvents(search, { limit: 7, bytesMax: 100_000_000, ...start })
    paged.push(...found.events)
    if (!found.hasMore) break
    after = found.events.at(-1)
  }
  expect(idsOf(paged)).toEqual(idsOf(events.filter(sees)))
  if (hidden) {
    const from = await store.searchEvents(search, { limit: 300, bytesMax: 100_000_000, after: hidden })
    expect(from.events.filter((event) => !sees(event))).toEqual([])
  }
  for (const event of events.slice(0, 20)) {
    expect((await store.readEvent(search, event.id))?.id).toBe(sees(event) ? event.id : undefined)
  }
}

let folder: string
let chdb: EventStore
const memory = createMemoryEventStore()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restrict-to-viewer-'))
  const engine = await openEmbeddedEngine({
    path: folder,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 60_000, long: 60_000 },
  })
  chdb = await openClickHouseEventStore(engine)
  for (const store of [memory, chdb]) {
    await store.appendEvents([...events, ...elsewhere], { mayBeThere: false })
  }
})
afterAll(async () => {
  await chdb?.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each([
  ['in memory', () => memory, 300],
  ['in embedded ClickHouse', () => chdb, 120],
] as const)('whatever somebody asks for, their role decides what is found %s', (_name, open, numRuns) => {
  test('and counted, for random filters and random events', async () => {
    const property = fc.asyncProperty(fc.constantFrom(...cases), wanted, async (who, filter) =>
      compare(open(), who, filter),
    )
    await fc.assert(property, { numRuns }).catch((error: unknown) => {
      throw new Error(`events of seed ${seed}`, { cause: error })
    })
  })

  test.each(cases)('and shown page by page or alone: $name', async (who) => {
    await comparePages(open(), who)
  })
})

test('the events of this test tell the roles apart', () => {
  const counts = roles.map((role) => events.filter((event) => oracle[role](event, ann)).length)
  const [admin = 0, auditor = 0, analyst = 0, member = 0] = counts
  expect(auditor).toBe(admin)
  expect(analyst).toBeLessThan(auditor)
  expect(member).toBeLessThan(analyst)
  expect(member).toBeGreaterThan(20)
})

test('somebody without an e-mail sees what they did here, and nobody’s events without an e-mail', async () => {
  const { events: found } = await memory.searchEvents(restrict(personIn('member', nameless), everything), {
    limit: 1000,
    bytesMax: 100_000_000,
  })
  expect(found).toEqual([])
})

test('who may not read the log at all is refused', () => {
  const writer: Viewer = { ...apiKey, permissions: new Set(['events:write', 'admin'] as const) }
  expect(() => restrict(writer, everything)).toThrow(expect.objectContaining({ code: 'forbidden' }))
})

describe('a search for what its viewer sees anyway', () => {
  const ofAnalyst = (filter: Filter): RestrictedSearch =>
    restrictToViewer(personIn('analyst', ann), { filter, ...range }, range.from)

  test.each([
    'type:query',
    'type:query -is:noise',
    'type:query (table:a OR table:b)',
    'type:query OR (type:query rows:>5)',
  ])('stays as it is: %s', (text) => {
    const filter = parseFilter(text)
    expect(ofAnalyst(filter).filter).toEqual(filter)
  })

  test.each(['', '-type:query', 'type:query*', 'type:query OR type:login', 'kind:read'])(
    'is restricted where it might find more: %s',
    (text) => {
      const filter = parseFilter(text)
      expect(ofAnalyst(filter).filter).not.toEqual(filter)
    },
  )

  test('tells the store how much its viewer may know beside the events', () => {
    const seesOf = (viewer: Viewer): string =>
      restrictToViewer(viewer, { filter: everything, ...range }, range.from).sees
    expect(roles.map((role) => [role, seesOf(personIn(role, ann))])).toEqual(
      roles.map((role) => [
        role,
        { admin: 'everything', auditor: 'everything', analyst: 'queries', member: 'part' }[role],
      ]),
    )
    expect(seesOf(apiKey)).toBe('everything')
  })
})
