import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { settingsLimits } from '../packages/server/src/settings/settings-limits.ts'
import { startPostgresServer, type PostgresServer } from '../packages/server/src/testing/postgres-server.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const auditor = { email: 'otto@acme.com', password: 'amber violin sleeps outdoors' }
const sharedSecrets = ['session', 'content-hash', 'redaction']

/** Where the settings lie; and a server whose log is captured. */
let settingsPostgres: PostgresServer
let auditedPostgres: PostgresServer
let folder: string
let env: Record<string, string>
let one: ServerProcess
let two: ServerProcess

const dirOf = (name: string): string => join(folder, name)
const start = async (name: string): Promise<ServerProcess> => startServer({ dataDir: dirOf(name), env })

beforeAll(async () => {
  ;[settingsPostgres, auditedPostgres, folder] = await Promise.all([
    startPostgresServer(),
    startPostgresServer(),
    mkdtemp(join(tmpdir(), 'aleph-two-servers-')),
  ])
  env = {
    AUDIT_DATABASE_URL: settingsPostgres.connectionString(),
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: 'Grace Admin',
  }
  one = await start('one')
  await mkdir(join(dirOf('two'), 'secrets'), { recursive: true })
  for (const name of sharedSecrets) {
    await copyFile(join(dirOf('one'), 'secrets', name), join(dirOf('two'), 'secrets', name))
  }
  two = await start('two')
})
afterAll(async () => {
  await one?.stop()
  await two?.stop()
  await settingsPostgres?.stop()
  await auditedPostgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

type Who = { cookie?: string; key?: string }

async function call(server: ServerProcess, method: string, path: string, who: Who, body?: object) {
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      origin: server.url,
      ...(body && { 'content-type': 'application/json' }),
      ...(who.cookie !== undefined && { cookie: who.cookie }),
      ...(who.key !== undefined && { authorization: `Bearer ${who.key}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
}

// The API answers with JSON objects; a test that finds another shape fails where it looks at it.
// oxlint-disable-next-line typescript/no-explicit-any -- as above
async function json(answer: Response): Promise<any> {
  return answer.json()
}

function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function signIn(server: ServerProcess, who: { email: string; password: string }): Promise<string> {
  return cookieOf(await call(server, 'POST', '/api/auth/sign-in/email', {}, who))
}

async function statusOf(server: ServerProcess, path: string, who: Who): Promise<number> {
  return (await call(server, 'GET', path, who)).status
}

describe('two servers with one settings database', () => {
  let cookie: string

  it('refuse a third with other secrets, and say which files to copy', async () => {
    await expect(start('three')).rejects.toThrow(
      /cannot start\. Another server set up these settings with other secrets\. Copy secrets\/session, secrets\/content-hash, secrets\/redaction/,
    )
    expect(settingsPostgres.password.length).toBeGreaterThan(10)
    for (const { output } of [one, two]) expect(output()).not.toContain(settingsPostgres.password)
  })

  it('take a session of the other one, and end it on both', async () => {
    cookie = await signIn(one, admin)
    const session = await json(await call(two, 'GET', '/api/v1/session', { cookie }))
    expect(session.user).toMatchObject({ email: admin.email, role: 'admin' })
    const other = await signIn(two, admin)
    expect(await statusOf(one, '/api/v1/session', { cookie: other })).toBe(200)
    await call(one, 'POST', '/api/auth/sign-out', { cookie: other })
    expect(await statusOf(two, '/api/v1/session', { cookie: other })).toBe(401)
  })

  it('show a member who was invited on the other, and a new role ends the sessions on both', async () => {
    const invited = await json(
      await call(one, 'POST', '/api/v1/members', { cookie }, { email: auditor.email, role: 'auditor' }),
    )
    const token = new URL(invited.link).searchParams.get('token')
    const body = { name: 'Otto Auditor', password: auditor.password }
    const accepted = await call(two, 'POST', `/api/v1/invitations/${token}`, {}, body)
    expect(accepted.status).toBe(201)
    const { members } = await json(await call(one, 'GET', '/api/v1/members', { cookie }))
    const otto = members.find(({ email }: { email: string }) => email === auditor.email)
    expect(otto).toMatchObject({ name: 'Otto Auditor', role: 'auditor' })
    const ottos = cookieOf(accepted)
    expect(await statusOf(one, '/api/v1/session', { cookie: ottos })).toBe(200)
    await call(two, 'PATCH', `/api/v1/members/${otto.id}`, { cookie }, { role: 'admin' })
    expect(await statusOf(one, '/api/v1/session', { cookie: ottos })).toBe(401)
    expect(await statusOf(two, '/api/v1/session', { cookie: ottos })).toBe(401)
  })

  it('take a key that was made on the other, and refuse it seconds after it was revoked there', async () => {
    const made = await json(
      await call(one, 'POST', '/api/v1/keys', { cookie }, { name: 'Pipeline', scopes: ['events:read'] }),
    )
    const key: string = made.secret
    expect(await statusOf(two, '/api/v1/events', { key })).toBe(200)
    const revoked = await call(one, 'DELETE', `/api/v1/keys/${made.key.id}`, { cookie })
    expect(revoked.status).toBe(204)
    expect(await statusOf(one, '/api/v1/events', { key })).toBe(401)
    await vi.waitFor(async () => expect(await statusOf(two, '/api/v1/events', { key })).toBe(401), {
      timeout: 7000,
    })
  })

  it('go on by themselves after PostgreSQL was away, and answer 503 meanwhile', async () => {
    await settingsPostgres.halt()
    for (const server of [one, two]) {
      const answer = await call(server, 'GET', '/api/v1/session', { cookie })
      expect([answer.status, (await json(answer)).code]).toEqual([503, 'unavailable'])
      expect((await call(server, 'POST', '/api/auth/sign-in/email', {}, admin)).status).toBe(503)
      const ready = await call(server, 'GET', '/readyz', {})
      expect([ready.status, (await json(ready)).problems]).toEqual([
        503,
        expect.arrayContaining(['The settings database cannot be reached.']),
      ])
      // What needs no settings goes on: the bootstrap key is known without them.
      const event = { type: 'while_away', actor: { type: 'service', id: 's' } }
      expect((await call(server, 'POST', '/api/v1/events', { key: apiKey }, event)).status).toBe(201)
    }
    await settingsPostgres.start()
    for (const server of [one, two]) {
      const isBack = async (): Promise<void> => {
        expect(await statusOf(server, '/api/v1/session', { cookie })).toBe(200)
        expect(await statusOf(server, '/readyz', {})).toBe(200)
      }
      await vi.waitFor(isBack, { timeout: settingsLimits.leaseTakeoverMsMax, interval: 200 })
    }
  })
})

describe('the capture of a log that two servers could read', () => {
  const statements = { count: 0 }
  async function runStatements(count: number): Promise<void> {
    const client = new Client({ connectionString: auditedPostgres.connectionString() })
    await client.connect()
    for (let i = 0; i < count; i++) await client.query(`select ${++statements.count} as twoserversmark`)
    await client.end()
  }

  type Found = { id: string; data: { sql: string } }
  async function findStatements(server: ServerProcess): Promise<Found[]> {
    const path = '/api/v1/events?limit=1000&q=type:query%20twoserversmark'
    const { events } = await json(await call(server, 'GET', path, { key: apiKey }))
    return events
  }
  const numberOf = ({ data }: Found): number => Number(/^select (\d+)/.exec(data.sql)?.[1])

  async function stateOn(server: ServerProcess): Promise<string> {
    const { integrations } = await json(await call(server, 'GET', '/api/v1/integrations', { key: apiKey }))
    return integrations[0]?.status.state
  }

  it('runs on one of them; when that one is killed the other goes on, and nothing is lost or doubled', async () => {
    const settings = { path: auditedPostgres.dataDir }
    const made = await call(
      one,
      'POST',
      '/api/v1/integrations',
      { key: apiKey },
      { kind: 'postgres_log', name: 'Warehouse', settings },
    )
    expect(made.status).toBe(201)
    const states = async (): Promise<string[]> => [await stateOn(one), await stateOn(two)]
    await vi.waitFor(async () => expect((await states()).toSorted()).toEqual(['running', 'waiting']), {
      timeout: settingsLimits.leaseTakeoverMsMax,
      interval: 100,
    })
    const holder = (await stateOn(one)) === 'running' ? one : two
    const other = holder === one ? two : one
    await runStatements(50)
    await vi.waitFor(async () => expect((await findStatements(holder)).length).toBe(50), { timeout: 10_000 })
    expect(await findStatements(other)).toEqual([])

    // Some are read and perhaps not yet noted as read, others are written while nobody reads.
    const running = runStatements(200)
    await vi.waitFor(async () => expect((await findStatements(holder)).length).toBeGreaterThan(50), {
      timeout: 10_000,
      interval: 20,
    })
    await holder.kill()
    const killedMs = performance.now()
    await running
    await vi.waitFor(async () => expect(await stateOn(other)).toBe('running'), {
      timeout: settingsLimits.leaseTakeoverMsMax,
      interval: 50,
    })
    // A process that was killed closes its connections at once; only a machine that is cut off takes longer.
    expect(performance.now() - killedMs).toBeLessThan(settingsLimits.leaseTakeoverMsMax)
    await runStatements(20)

    const again = await startServer({ dataDir: holder.dataDir, env })
    if (holder === one) one = again
    else two = again
    expect(await stateOn(again)).toBe('waiting')
    await vi.waitFor(
      async () => {
        const found = [await findStatements(one), await findStatements(two)]
        for (const events of found) expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
        // What was read twice has the same id on both: one event for whoever brings the two together.
        const byId = new Map(found.flat().map((event) => [event.id, numberOf(event)]))
        expect([...byId.values()].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: statements.count }, (_, i) => i + 1),
        )
      },
      { timeout: 20_000, interval: 200 },
    )
  })
})
