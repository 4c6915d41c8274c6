import { closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AcknowledgedLoad, findAll, waitUntilApplied } from './acknowledged-load.ts'
import { mountMemoryDisk, whyNoDisk } from './loop-disk.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const env = {
  AUDIT_BOOTSTRAP_API_KEY: apiKey,
  AUDIT_ADMIN_EMAIL: admin.email,
  AUDIT_ADMIN_PASSWORD: admin.password,
}
const reserveBytes = 16 * 1024 * 1024
const obstacle = whyNoDisk(() => mountMemoryDisk(4))

let disk: ReturnType<typeof mountMemoryDisk> | undefined
let hostDir: string
let server: ServerProcess | undefined
beforeEach(async () => {
  hostDir = await mkdtemp(join(tmpdir(), 'aleph-oracle-'))
})
afterEach(async () => {
  await server?.kill()
  server = undefined
  disk?.remove()
  await rm(hostDir, { recursive: true, force: true })
})

/** Writes into a file until nothing more goes onto its disk. */
function fill(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (const bytes of [1024 * 1024, 4096, 1]) {
      const piece = Buffer.alloc(bytes, 1)
      for (;;) {
        try {
          writeSync(file, piece)
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') break
          throw error
        }
      }
    }
  } finally {
    closeSync(file)
  }
}

async function send(url: string, data: string): Promise<Response> {
  return fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'filling', actor: { type: 'service', id: 'filler' }, data: { data } }),
  })
}

async function read(url: string, path: string): Promise<Response> {
  return fetch(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
}

/** What an admin does: signs in, looks, makes a key and signs out. Returns the statuses. */
async function actAsAdmin(url: string): Promise<Record<string, number>> {
  const headers = { 'content-type': 'application/json', origin: url }
  const signIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify(admin),
  })
  const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const ask = async (method: string, path: string, body?: object): Promise<number> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  return {
    signIn: signIn.status,
    search: await ask('GET', `/api/v1/events?q=${encodeURIComponent('type:load_1')}`),
    export: await ask('GET', '/api/v1/events/export?format=csv&q=type:load_2'),
    key: await ask('POST', '/api/v1/keys', { name: 'made on a full disk', scopes: ['events:read'] }),
    signOut: await ask('POST', '/api/auth/sign-out'),
  }
}

const allWell = { signIn: 200, search: 200, export: 200, key: 201, signOut: 200 }

describe('a disk that is full', () => {
  const seed = Number(process.env['DISK_SEED'] ?? Date.now() % 1_000_000)

  it(`refuses events, keeps its promises, lets an admin in, and recovers by itself (DISK_SEED=${seed})`, async (context) => {
    if (obstacle !== undefined) {
      context.skip(`needs root and a file system in memory: ${obstacle}`)
      return
    }
    disk = mountMemoryDisk(220)
    const dataDir = join(disk.path, 'data')
    const filler = join(disk.path, 'filler')
    const options = { dataDir, env }
    const load = new AcknowledgedLoad(seed, join(hostDir, 'acknowledged'))
    server = await startServer(options)
    let target = { url: server.url, apiKey }
    let stop = load.run(target, 4)
    await delay(1000)
    await stop()
    await waitUntilApplied(target)
    const before = load.counts.acknowledged
    expect(before).toBeGreaterThan(50)
    expect(statSync(join(dataDir, 'journal', 'reserve')).size).toBe(reserveBytes)

    fill(filler)
    // The last page of the journal's file may have room for a few more.
    await vi.waitFor(async () => expect((await send(target.url, 'x'.repeat(5000))).status).toBe(507))
    const refused = await send(target.url, 'x')
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([507, true])
    expect(await refused.json()).toMatchObject({ code: 'storage_full' })
    stop = load.run(target, 4)
    await delay(500)
    await stop()
    expect(load.counts.refused).toBeGreaterThan(0)

    for (let i = 0; i < 5; i++) expect(await actAsAdmin(target.url), `time ${i + 1}`).toEqual(allWell)
    // What the reserve gave to the admin is not taken by others.
    expect((await send(target.url, 'x')).status).toBe(507)
    for (const path of ['?q=type:load_0', '/histogram?q=type:load_0&interval=1d', '/facets?q=type:load_0'])
      expect((await read(target.url, `/api/v1/events${path}`)).status, path).toBe(200)
    const ready = await fetch(`${target.url}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      {
        problems: expect.arrayContaining([
          expect.stringContaining('disk is full'),
          // What the admin did waits in the journal, because the engine has no room for it.
          'Events cannot be brought into the event store.',
        ]),
      },
    ])
    const metrics = await (await fetch(`${target.url}/metrics`)).text()
    expect(metrics).toMatch(/^audit_disk_full 1$/m)
    expect(metrics).toMatch(/^audit_journal_reserve_used_bytes \d{6,}$/m)
    expect(metrics).toMatch(/^audit_problems [1-9]$/m)
    expect(metrics).toMatch(/^audit_apply_errors [1-9]\d*$/m)
    expect(server.output()).toContain('The disk of the event store is full.')

    // A start on the full disk is no different, whether the server was killed or stopped.
    for (const end of ['kill', 'stop'] as const) {
      await server[end]()
      fill(filler)
      server = await startServer(options)
      target = { url: server.url, apiKey }
      expect((await send(target.url, 'x')).status, `after ${end}`).toBe(507)
      expect(await actAsAdmin(target.url), `after ${end}`).toEqual(allWell)
    }

    await rm(filler)
    await vi.waitFor(async () => expect((await fetch(`${target.url}/readyz`)).status).toBe(200), {
      timeout: 20_000,
      interval: 100,
    })
    expect(statSync(join(dataDir, 'journal', 'reserve')).size).toBe(reserveBytes)
    stop = load.run(target, 4)
    await delay(500)
    await stop()
    expect(load.counts.acknowledged).toBeGreaterThan(before)
    await load.check(target)
    expect(await server.fsck()).toMatchObject({ isSound: true })
    expect(await findAll(target, 'type:api_key_created')).toHaveLength(7)
    expect(await server.stop()).toBe(0)
  })

  it.for([0, 60])(
    'refuses a first start in words where only %i MiB are free, makes nothing, and starts when there is room',
    async (freeMebibytes, context) => {
      if (obstacle !== undefined) {
        context.skip(`needs root and a file system in memory: ${obstacle}`)
        return
      }
      disk = mountMemoryDisk(200)
      const filler = join(disk.path, 'filler')
      fill(filler)
      truncateSync(filler, statSync(filler).size - freeMebibytes * 1024 * 1024)
      const options = { dataDir: join(disk.path, 'data'), env }
      await expect(startServer(options)).rejects.toThrow(
        /ended with 1[^]*cannot start\. The disk of .* full[^\n]*\n$/,
      )
      await rm(filler)
      server = await startServer(options)
      expect((await send(server.url, 'x')).status).toBe(201)
      expect(await actAsAdmin(server.url)).toEqual(allWell)
    },
  )
})
