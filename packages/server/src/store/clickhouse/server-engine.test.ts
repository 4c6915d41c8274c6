import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { describeEventStore } from '../testing/event-store-suite.ts'
import { describeRewriting } from '../testing/rewrite-suite.ts'
import { makeEvent, search } from '../testing/sketch-events.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import type { Engine } from './engine.ts'
import { RowBuffer } from './row-buffer.ts'
import { openServerEngine, type ClickHouseAddress, type ServerEngineOptions } from './server-engine.ts'
import { startClickHouseHttpFront, type ClickHouseHttpFront } from './testing/clickhouse-http-front.ts'
import { describeEngine } from './testing/engine-suite.ts'

let dir: string
let front: ClickHouseHttpFront
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'server-engine-'))
  // A server's machine has a time zone of its own, half hours and summer time included.
  front = await startClickHouseHttpFront({ path: dir, timeZone: 'America/St_Johns' })
})
afterEach(() => {
  front.fault = () => undefined
  front.version = undefined
})
afterAll(async () => {
  await front.close()
  await rm(dir, { recursive: true, force: true })
})

const open = async (over: Partial<ServerEngineOptions> = {}): Promise<Engine> =>
  openServerEngine({
    address: front.address,
    node: 'n1',
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
    connectWaitMs: 0,
    ...over,
  })

const fake = 'ClickHouse over HTTP, a fake in front of the embedded engine'

describeEngine(fake, open)
describeEventStore(fake, async () => openClickHouseEventStore(await open()))
describeRewriting(fake, async () => openClickHouseEventStore(await open()))

describe('opening a server as the engine', () => {
  it.each([
    ['refuses the password', { password: 'wrong-s3cret' }, 'The event store refuses its user.'],
    ['has no such database', { database: 'absent' }, 'The event store has no such database.'],
    ['is not there', { origin: 'http://127.0.0.1:9' }, 'The event store cannot be reached.'],
  ])('says that it %s, and never the password', async (_, over: Partial<ClickHouseAddress>, message) => {
    const address = { ...front.address, ...over }
    const error: unknown = await open({ address }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable', message })
    expect(inspect(error, { depth: 10 })).not.toContain(address.password)
  })

  it('refuses a server that is too old, and takes any later one', async () => {
    front.version = '26.6.9.1'
    await expect(open()).rejects.toMatchObject({
      code: 'conflict',
      message: 'The ClickHouse server has the version 26.6.9.1; at least 26.7 is needed.',
    })
    for (const version of ['26.7.1.1', '26.12.3.4', '27.1.0.0']) {
      front.version = version
      await (await open()).close()
    }
  })

  it('waits for a server that starts later', async () => {
    await front.goAway()
    const opening = open({ connectWaitMs: 20_000 })
    await front.comeBack()
    const engine = await opening
    expect(await engine.queryLines('long', 'SELECT 1')).toEqual(['1'])
    await engine.close()
  })
})

it('stores a batch once when the connection breaks after any of its inserts', async () => {
  const store = await openClickHouseEventStore(await open({ node: 'n9' }))
  const tables = [
    { name: 'sales.orders', access: 'read' as const },
    { name: 'hr.people', access: 'write' as const },
  ]
  const batch = [1, 2, 3].map((sequence) =>
    makeEvent({
      sequence,
      node: 'n9',
      workspaceId: 'w9',
      statement: { kind: 'read', parsed: true, tables, fingerprint: 'f', normalized: '', flags: [] },
    }),
  )
  for (const table of ['events', 'event_tables']) {
    front.fault = ({ query }) => (query.startsWith(`INSERT INTO ${table} `) ? 'cut after' : undefined)
    const append = store.appendEvents(batch, { mayBeThere: table !== 'events' })
    await expect(append).rejects.toMatchObject({ code: 'unavailable' })
  }
  front.fault = () => undefined
  await store.appendEvents(batch, { mayBeThere: true })
  const asked = search('', { workspaceId: 'w9' })
  expect((await store.searchEvents(asked, { limit: 10, bytesMax: 1_000_000 })).events).toHaveLength(3)
  const engine = await open()
  const [rows] = await engine.queryLines('long', "SELECT count() FROM event_tables WHERE workspace_id = 'w9'")
  expect(rows).toBe('6')
  await engine.close()
  await store.close()
})

describe('a server behind a bad network', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await open()
    await engine.command('apply', 'CREATE TABLE letters (a String) ENGINE = MergeTree ORDER BY a')
  })
  afterAll(async () => {
    await engine.close()
  })
  const letters = async (): Promise<string[]> =>
    engine.queryLines('interactive', 'SELECT a FROM letters ORDER BY a')

  it('is unavailable when the connection breaks in an answer: a short answer never looks like a whole one', async () => {
    front.fault = () => 'cut answer'
    const answer = engine.queryLines('interactive', 'SELECT number FROM numbers(100000)')
    await expect(answer).rejects.toMatchObject({ code: 'unavailable' })
  })

  it.each(['error', 'cut before'] as const)(
    'is unavailable while it is away (%s), and used again afterwards',
    async (fault) => {
      front.fault = () => fault
      await expect(letters()).rejects.toMatchObject({ code: 'unavailable' })
      await expect(engine.insertRows('letters', RowBuffer.of([{ a: 'lost' }]))).rejects.toMatchObject({
        code: 'unavailable',
      })
      front.fault = () => undefined
      expect(await letters()).not.toContain('lost')
    },
  )

  it('does not confirm an insert whose answer never came, though its rows are there', async () => {
    for (const fault of ['cut after', 'cut answer'] as const) {
      front.fault = () => fault
      const insert = engine.insertRows('letters', RowBuffer.of([{ a: fault }]))
      await expect(insert).rejects.toMatchObject({ code: 'unavailable' })
    }
    front.fault = () => undefined
    expect(await letters()).toEqual(['cut after', 'cut answer'])
  })

  it('takes large parameters, and long queries with them', async () => {
    const before = front.requests.length
    const ids = Array.from({ length: 3000 }, () => crypto.randomUUID())
    const [found] = await engine.queryLines('interactive', 'SELECT length({ids:Array(UUID)})', { ids })
    expect(found).toBe('3000')
    expect(front.requests.at(before)?.params.get('ids')).toHaveLength(3000 * 39 + 1)
    const long = `SELECT length({ids:Array(UUID)}) -- ${'long '.repeat(40_000)}`
    expect(await engine.queryLines('interactive', long, { ids })).toEqual(['3000'])
  })

  it('ends inserts of this node that nobody has heard of, and no others', async () => {
    const stuck = await open({ node: 'n2' })
    const foreign = await open({ node: 'n3' })
    front.fault = ({ queryId }) => (/^aleph-n[23]-insert-/.test(queryId) ? 'busy' : undefined)
    const insert = stuck
      .insertRows('letters', RowBuffer.of([{ a: 'stuck' }]))
      .catch((error: unknown) => error)
    const other = foreign
      .insertRows('letters', RowBuffer.of([{ a: 'other' }]))
      .catch((error: unknown) => error)
    const runningOf = async (node: string): Promise<number> =>
      (await front.running()).filter((id) => id.startsWith(`aleph-${node}-insert-`)).length
    await vi.waitFor(async () => expect([await runningOf('n2'), await runningOf('n3')]).toEqual([1, 1]), {
      timeout: 20_000,
    })
    const again = await open({ node: 'n2' })
    await again.settleInserts(['letters'])
    expect([await runningOf('n2'), await runningOf('n3')]).toEqual([0, 1])
    await insert
    await (await open({ node: 'n3' })).settleInserts(['letters'])
    await other
  })
})
