import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AcknowledgedLoad } from './acknowledged-load.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const rounds = 20
const clients = 8
/** A server that was killed answers again within so long; of one of many starts the machine may be at fault. */
const readyMsTypical = 5000
/** A recovery that hangs takes longer. */
const readyMsMax = 30_000

let dataDir: string
let hostDir: string
let server: ServerProcess | undefined
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aleph-kills-'))
  hostDir = await mkdtemp(join(tmpdir(), 'aleph-oracle-'))
})
afterEach(async () => {
  await server?.kill()
  await rm(dataDir, { recursive: true, force: true })
  await rm(hostDir, { recursive: true, force: true })
})

describe('a server that is killed', () => {
  const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000)

  it(`loses, doubles and changes nothing over ${rounds} kills under load (KILL_SEED=${seed})`, async () => {
    const load = new AcknowledgedLoad(seed, join(hostDir, 'acknowledged'))
    const options = { dataDir, env: { AUDIT_BOOTSTRAP_API_KEY: apiKey } }
    const readyMs: number[] = []
    for (let round = 0; round < rounds; round++) {
      // A quarter of the kills meets a server that is still recovering from the one before.
      if (round % 4 === 3) {
        const signal = AbortSignal.timeout(load.pick(50, 1200))
        const early = await startServer({ ...options, signal }).catch(() => undefined)
        await early?.kill()
      }
      server = await startServer(options)
      readyMs.push(Math.round(server.readyMs))
      const stop = load.run({ url: server.url, apiKey }, clients)
      await delay(load.pick(100, 1200))
      await server.kill()
      await stop()
    }
    server = await startServer(options)
    readyMs.push(Math.round(server.readyMs))
    expect(load.counts.acknowledged).toBeGreaterThan(1000)
    await load.check({ url: server.url, apiKey })
    expect(await server.fsck()).toMatchObject({ isSound: true })
    const sorted = readyMs.toSorted((a, b) => a - b)
    const told = `ready after ${readyMs.join(', ')} ms`
    expect(sorted[Math.floor(sorted.length / 2)], told).toBeLessThan(readyMsTypical)
    expect(sorted.at(-1), told).toBeLessThan(readyMsMax)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    expect(await server.stop()).toBe(0)
  }, 240_000)
})
