import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openSettings, type Settings } from './open-settings.ts'
import type { Lease } from './settings-engine.ts'
import { settingsLimits } from './settings-limits.ts'
import { runSql, settingsEngines, type SettingsPlace } from './testing/settings-engines.ts'
import { startTcpProxy } from './testing/tcp-proxy.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function openOn(where: SettingsPlace['where']): Promise<Settings> {
  const settings = await openSettings({ ...where, now: Date.now })
  closers.push(settings.close)
  return settings
}

/** What one server does under its lease: when it began and ended, by the clock of the test. */
type Run = { server: string; beganMs: number; endedMs?: number }

function leaseFor(settings: Settings, server: string, runs: Run[]): Lease {
  return settings.lease('test', {
    work: async (lost) => {
      const run: Run = { server, beganMs: performance.now() }
      runs.push(run)
      while (!lost.aborted) await sleep(20, undefined, { signal: lost }).catch(() => undefined)
      run.endedMs = performance.now()
    },
    onError: (error) => {
      throw error
    },
  })
}

/** No run begins before the one before it has ended. */
function expectNoOverlap(runs: readonly Run[]): void {
  const sorted = runs.toSorted((a, b) => a.beganMs - b.beganMs)
  for (const [i, run] of sorted.entries()) {
    const next = sorted[i + 1]
    if (next) expect(run.endedMs ?? Infinity).toBeLessThanOrEqual(next.beganMs)
  }
}

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let first: Settings
  let second: Settings
  beforeEach(async () => {
    const place = await engine.createPlace()
    closers.push(place.remove)
    first = await openOn(place.where)
    // A SQLite file belongs to one server.
    second = 'path' in place.where ? first : await openOn(place.where)
  })

  test('exclusive work of one name never runs twice at a time, of two names it does', async () => {
    let running = 0
    let together = 0
    const done: number[] = []
    const work = async (i: number): Promise<number> => {
      running++
      expect(running).toBe(1)
      await sleep(Math.random() * 5)
      running--
      done.push(i)
      return i
    }
    const works = Array.from({ length: 30 }, async (_, i) =>
      (i % 2 === 0 ? first : second).withExclusive('apply', async () => work(i)),
    )
    const others = [first, second].map(async (settings, i) =>
      settings.withExclusive(`other ${i}`, async () => {
        together++
        await vi.waitFor(() => expect(together).toBe(2))
      }),
    )
    expect(await Promise.all(works)).toEqual(Array.from({ length: 30 }, (_, i) => i))
    await Promise.all(others)
    expect(done.filter((i) => i % 2 === 0)).toEqual(Array.from({ length: 15 }, (_, i) => i * 2))
  })

  test('exclusive work that fails lets the next one in', async () => {
    const failing = first.withExclusive('apply', async () => Promise.reject(new Error('on purpose')))
    await expect(failing).rejects.toThrow('on purpose')
    expect(await second.withExclusive('apply', async () => 'next')).toBe('next')
  })

  test('a lease is held by one server, and by the next when that one closes it', async () => {
    const runs: Run[] = []
    const lease = leaseFor(first, 'first', runs)
    await vi.waitFor(() => expect(lease.isHeld()).toBe(true))
    await lease.close()
    expect(lease.isHeld()).toBe(false)
    expect(runs).toMatchObject([{ server: 'first', endedMs: expect.any(Number) }])
    const next = leaseFor(second, 'second', runs)
    await vi.waitFor(() => expect(next.isHeld()).toBe(true), { timeout: settingsLimits.leaseTakeoverMsMax })
    await next.close()
    expectNoOverlap(runs)
  })

  test('work under a lease that fails is told, and tried again', async () => {
    const onError = vi.fn<(error: unknown) => void>()
    let count = 0
    const work = async (): Promise<void> => {
      if (++count === 1) throw new Error('on purpose')
    }
    const lease = first.lease('test', { work, onError })
    await vi.waitFor(() => expect(count).toBeGreaterThan(1), {
      timeout: settingsLimits.leaseTakeoverMsMax,
    })
    await lease.close()
    expect(onError.mock.calls).toEqual([[new Error('on purpose')]])
  })
})

describe('servers that share PostgreSQL', () => {
  const engine = settingsEngines.find(({ name }) => name === 'PostgreSQL')!
  afterAll(engine.stop)

  let databaseUrl: string
  beforeEach(async () => {
    const place = await engine.createPlace()
    closers.push(place.remove)
    databaseUrl = 'databaseUrl' in place.where ? place.where.databaseUrl : ''
  })

  /** Ends the connections that hold or wait for locks, as a failover does. */
  const endLockConnections = async () =>
    runSql(
      databaseUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'aleph-audit-log lock' and datname = current_database()`,
    )

  test('take turns with a lease: one has it, the others wait, and losing the connection ends the work', async () => {
    const runs: Run[] = []
    const servers = await Promise.all([1, 2, 3].map(async () => openOn({ databaseUrl })))
    const leases = servers.map((settings, i) => leaseFor(settings, `server ${i}`, runs))
    const held = (): Lease[] => leases.filter((lease) => lease.isHeld())
    await vi.waitFor(() => expect(held()).toHaveLength(1), { timeout: 10_000 })
    await endLockConnections()
    await vi.waitFor(() => expect(runs[0]?.endedMs).toBeDefined())
    await vi.waitFor(() => expect([runs.length, held().length]).toEqual([2, 1]), {
      timeout: settingsLimits.leaseTakeoverMsMax,
    })
    const [holder] = held()
    await holder?.close()
    await vi.waitFor(() => expect([runs.length, held().length]).toEqual([3, 1]), {
      timeout: settingsLimits.leaseTakeoverMsMax,
    })
    await Promise.all(leases.map(async (lease) => lease.close()))
    expectNoOverlap(runs)
  })

  test('that lose the connection in the middle of exclusive work are told, and can work again', async () => {
    const settings = await openOn({ databaseUrl })
    const wasLost = vi.fn<() => void>()
    const working = settings.withExclusive('apply', async (lost) => {
      lost.addEventListener('abort', wasLost)
      await endLockConnections()
      await vi.waitFor(() => expect(lost.aborted).toBe(true))
      return 'done all the same'
    })
    await expect(working).rejects.toMatchObject({ code: 'unavailable' })
    expect(wasLost).toHaveBeenCalledOnce()
    expect(await settings.withExclusive('apply', async () => 'again')).toBe('again')
    // The connection that was kept for the next time is gone as well, without anybody having looked.
    await endLockConnections()
    expect(await settings.withExclusive('apply', async () => 'once more')).toBe('once more')
  })

  test('end their work when the network says nothing any more, before another server begins with it', async () => {
    const proxy = await startTcpProxy(Number(new URL(databaseUrl).port))
    const cutOff = await openSettings({ databaseUrl: proxy.through(databaseUrl), now: Date.now })
    const runs: Run[] = []
    const lease = leaseFor(cutOff, 'cut off', runs)
    await vi.waitFor(() => expect(lease.isHeld()).toBe(true))
    const other = leaseFor(await openOn({ databaseUrl }), 'other', runs)
    closers.push(other.close)
    proxy.goSilent()
    const start = performance.now()
    await vi.waitFor(() => expect(other.isHeld()).toBe(true), {
      timeout: settingsLimits.leaseTakeoverMsMax + 5000,
      interval: 20,
    })
    expect(performance.now() - start).toBeLessThan(settingsLimits.leaseTakeoverMsMax)
    expect(runs.map(({ server }) => server)).toEqual(['cut off', 'other'])
    expectNoOverlap(runs)
    await proxy.close()
    await cutOff.close()
  })
})
