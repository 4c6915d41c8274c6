import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayMode } from '@aleph-audit-log/domain/api/integrations'
import type { Client } from 'pg'
import { describe, expect, test, vi, type TestContext } from 'vitest'
import { forgetMostMemory, memoryMb } from '../bench/process-usage.ts'
import { message, RawClient } from '../packages/server/src/capture/postgres-gateway/testing/raw-client.ts'
import { findProgram } from '../packages/server/src/testing/find-program.ts'
import { run } from './gateway-and-direct.ts'
import { GatewayStack, soon, type FoundEvent } from './gateway-stack.ts'

/** Days on which something is away, slow or far too much: gateway, server and audit log as processes of their own. */

const stack = new GatewayStack({ settings: { max_connections: '600' } })

function sqlOf(events: readonly FoundEvent[]): string[] {
  return events.map(({ data }) => data.sql).toSorted()
}

/** An event for a text that was sent once, and no second one. */
function expectOnce(events: readonly FoundEvent[], texts: Iterable<string>): void {
  const counts = new Map<string, number>()
  for (const sql of sqlOf(events)) counts.set(sql, (counts.get(sql) ?? 0) + 1)
  const wrong = [...texts].filter((sql) => counts.get(sql) !== 1)
  expect(wrong.map((sql) => `${sql}: ${counts.get(sql) ?? 0} times`)).toEqual([])
}

describe('an audit log that is away', () => {
  test.each<GatewayMode>(['observe', 'buffer', 'enforce'])(
    'keeps nobody from working in the mode %s, and has all events when it is back',
    async (mode) => {
      await stack.startGateway(mode)
      await stack.stopAuditLog()
      const texts = Array.from({ length: 40 }, (_, n) => `select ${n} as away_${mode}`)
      const client = await stack.connect()
      for (const sql of texts) expect((await client.query(sql)).rowCount).toBe(1)
      await client.end()
      await stack.startAuditLog()
      await vi.waitFor(async () => expect(await stack.find(`away_${mode} type:query`)).toHaveLength(40), soon)
      expectOnce(await stack.find(`away_${mode} type:query`), texts)
    },
  )
})

/** Inserts one number after the other as fast as it can, over a new connection where the last one was lost. */
class Worker {
  readonly #n: number
  readonly acknowledged: string[] = []
  #client: Client | undefined

  constructor(n: number) {
    this.#n = n
  }

  async work(until: () => boolean): Promise<void> {
    for (let i = 0; !until(); i++) {
      const sql = `insert into worked values (${this.#n}, ${i})`
      try {
        this.#client ??= await stack.connect()
        await this.#client.query(sql)
        this.acknowledged.push(sql)
      } catch {
        await this.#client?.end().catch(() => undefined)
        this.#client = undefined
        await sleep(50)
      }
    }
    await this.#client?.end()
  }
}

test('a server that crashes under 50 clients and comes back leaves nothing untold', async () => {
  await stack.startGateway('buffer')
  await stack.ask('create table worked (worker int, n int)')
  const workers = Array.from({ length: 50 }, (_, n) => new Worker(n))
  let goal = 10
  let isOver = false
  const work = Promise.all(workers.map(async (worker) => worker.work(() => isOver)))
  const untilAll = async (): Promise<void> =>
    vi.waitFor(
      () => expect(Math.min(...workers.map(({ acknowledged }) => acknowledged.length))).toBeGreaterThan(goal),
      soon,
    )
  await untilAll()
  // All processes of the server end at once, in the middle of what they do.
  process.kill(stack.postgres.pid, 'SIGQUIT')
  await stack.postgres.halt()
  await stack.postgres.start()
  goal = Math.max(...workers.map(({ acknowledged }) => acknowledged.length)) + 5
  await untilAll()
  isOver = true
  await work

  const rows = await stack.ask('select worker, n from worked')
  const inTable = rows.map(({ worker, n }) => `insert into worked values (${String(worker)}, ${String(n)})`)
  const acknowledged = workers.flatMap((worker) => worker.acknowledged)
  await vi.waitFor(async () => {
    const events = await stack.find('table:worked type:query')
    expectOnce(events, inTable)
    expectOnce(
      events.filter(({ outcome }) => outcome === 'success'),
      acknowledged,
    )
  }, soon)
})

describe('where the memory of a process can be seen', () => {
  const need = (context: TestContext): void => {
    if (!existsSync('/proc/self/clear_refs')) context.skip('this system has no /proc')
  }

  test('a client that reads a huge result slowly does not make the gateway grow', async (context) => {
    need(context)
    await stack.startGateway('observe')
    const { pid } = stack.gateway
    const reader = await RawClient.signedIn(stack.port)
    const { socket } = reader
    socket.removeAllListeners('data')
    const before = memoryMb(pid).now
    forgetMostMemory(pid)
    reader.send(message.query(`select repeat('x', 1000) from generate_series(1, 2000000)`))
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      socket.pause()
      setTimeout(() => socket.resume(), 5)
    })
    await vi.waitFor(() => expect(bytes).toBeGreaterThan(10_000_000), soon)
    // Meanwhile others are served.
    const other = await stack.connect()
    expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await other.end()
    expect(memoryMb(pid).most - before).toBeLessThan(100)
    reader.close()
  })

  test('500 clients that do nothing cost little, and one that works is served', async (context) => {
    need(context)
    await stack.startGateway('observe')
    const { pid } = stack.gateway
    const before = memoryMb(pid).now
    const idle: RawClient[] = []
    for (let opened = 0; opened < 500; opened += 50)
      idle.push(
        ...(await Promise.all(Array.from({ length: 50 }, async () => RawClient.signedIn(stack.port)))),
      )
    const client = await stack.connect()
    const { rows } = await client.query(
      `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend'`,
    )
    expect(rows[0].n).toBeGreaterThan(500)
    // Two sockets, their buffers and what is known of a session.
    expect((memoryMb(pid).now - before) / idle.length).toBeLessThan(0.3)
    await client.end()
    for (const one of idle) one.close()
    const left = `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`
    await vi.waitFor(async () => expect(await stack.ask(left)).toEqual([]), soon)
  })
})

test('200 connections a second are all served and told', async () => {
  await stack.startGateway('observe')
  const visits: Promise<void>[] = []
  const visit = async (n: number): Promise<void> => {
    const client = await stack.connect()
    await client.query(`select ${n} as visit`)
    await client.end()
  }
  const [perSecond, seconds] = [200, 3]
  for (let tick = 0; tick < seconds * 20; tick++) {
    for (let i = 0; i < perSecond / 20; i++) visits.push(visit(visits.length))
    await sleep(1000 / 20)
  }
  await Promise.all(visits)
  const texts = visits.map((_, n) => `select ${n} as visit`)
  await vi.waitFor(async () => expectOnce(await stack.find('visit type:query'), texts), soon)
})

test('a gateway in the mode enforce that is killed under load has an event for all that was committed', async (context) => {
  const pgbench = findProgram('pgbench')
  if (pgbench === undefined) context.skip('pgbench is not installed')
  const env = { PATH: process.env['PATH'], PGHOST: '127.0.0.1', PGUSER: 'postgres', PGDATABASE: 'postgres' }
  const through = { env: { ...env, PGPORT: String(stack.port) } }
  const direct = { env: { ...env, PGPORT: String(stack.postgres.port) } }
  expect(await run(pgbench ?? '', ['--initialize', '--quiet'], direct)).toMatchObject({ code: 0 })
  const committed = async (): Promise<number> => {
    const [row] = await stack.ask('select count(*)::int as n from pgbench_history')
    return Number(row?.['n'])
  }
  for (let round = 1; round <= 3; round++) {
    await stack.startGateway('enforce')
    const before = await committed()
    const load = run(pgbench ?? '', ['--no-vacuum', '--client=8', '--jobs=2', '--time=120'], through)
    await vi.waitFor(async () => expect(await committed()).toBeGreaterThan(before + 100), soon)
    await stack.stopGateway('SIGKILL')
    expect((await load).code).not.toBe(0)
  }
  await stack.startGateway('enforce')

  const rows = await stack.ask('select tid, bid, aid, delta from pgbench_history')
  const written = rows.map(({ tid, bid, aid, delta }) => [tid, bid, aid, delta].join(', ')).toSorted()
  await vi.waitFor(async () => {
    const events = await stack.find('table:pgbench_history kind:write type:query')
    const told = new Map<string, number>()
    for (const { data } of events) {
      const values = /VALUES \((.*), CURRENT_TIMESTAMP\)/.exec(data.sql)?.[1] ?? ''
      told.set(values, (told.get(values) ?? 0) + 1)
    }
    const untold = written.filter((values) => {
      const left = told.get(values) ?? 0
      told.set(values, left - 1)
      return left < 1
    })
    expect(untold).toEqual([])
    const failed = await stack.find('outcome:failure type:query')
    expect(failed.some(({ data }) => data.outcomeUnknown === true)).toBe(true)
  }, soon)
  expect(written.length).toBeGreaterThan(300)
})
