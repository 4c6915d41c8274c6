import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AcknowledgedLoad } from './acknowledged-load.ts'
import { mountLoopDisk, whyNoDisk, type LoopDisk } from './loop-disk.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const rounds = 10
const obstacle = whyNoDisk(() => mountLoopDisk(16))

describe('a machine whose power fails', () => {
  const seed = Number(process.env['POWER_SEED'] ?? Date.now() % 1_000_000)
  let disk: LoopDisk | undefined
  let server: ServerProcess | undefined
  let hostDir: string
  beforeEach(async () => {
    hostDir = await mkdtemp(join(tmpdir(), 'aleph-oracle-'))
  })
  afterEach(async () => {
    await server?.kill()
    disk?.remove()
    await rm(hostDir, { recursive: true, force: true })
  })

  it(`loses, doubles and changes nothing over ${rounds} power cuts under load (POWER_SEED=${seed})`, async (context) => {
    if (obstacle !== undefined) {
      context.skip(`needs root, loop devices and ext4: ${obstacle}`)
      return
    }
    const load = new AcknowledgedLoad(seed, join(hostDir, 'acknowledged'))
    disk = mountLoopDisk(1024)
    const dataDir = join(disk.path, 'data')
    mkdirSync(dataDir)
    const options = { dataDir, env: { AUDIT_BOOTSTRAP_API_KEY: apiKey } }
    for (let round = 0; round < rounds; round++) {
      server = await startServer(options)
      const stop = load.run({ url: server.url, apiKey }, 8)
      await delay(load.pick(300, 1500))
      disk.cutPower()
      await server.kill()
      await stop()
      disk.remount()
    }
    server = await startServer(options)
    expect(load.counts.acknowledged).toBeGreaterThan(500)
    await load.check({ url: server.url, apiKey })
    expect(await server.fsck()).toMatchObject({ isSound: true })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    expect(await server.stop()).toBe(0)
  }, 240_000)
})
