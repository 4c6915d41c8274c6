import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayMode } from '@aleph-audit-log/domain/api/integrations'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../packages/server/src/testing/postgres-server.ts'
import { findFreePort, startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'

let postgres: PostgresServer
let server: ServerProcess
let folder: string
let port: number
let gateway: GatewayProcess | undefined

beforeAll(async () => {
  postgres = await startPostgresServer()
})
afterAll(async () => postgres?.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-gateway-'))
  port = await findFreePort()
  server = await startServer({ env: { AUDIT_BOOTSTRAP_API_KEY: apiKey } })
})
afterEach(async () => {
  await stopGateway('SIGKILL')
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function startGateway(mode: GatewayMode): Promise<void> {
  gateway = await startGatewayProcess({
    folder,
    port,
    serverPort: postgres.port,
    mode,
    auditLog: { url: server.url, apiKey },
  })
}

async function stopGateway(signal: NodeJS.Signals): Promise<number | null> {
  const running = gateway
  gateway = undefined
  return (await running?.stop(signal)) ?? null
}

async function connectedClient(): Promise<Client> {
  const url = new URL(postgres.connectionString())
  url.port = String(port)
  const client = new Client({ connectionString: url.href })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

type Found = { outcome: string; data: { sql: string; outcomeUnknown?: boolean; bind?: unknown } }

async function find(q: string): Promise<Found[]> {
  const answer = await fetch(`${server.url}/api/v1/events?limit=1000&q=${encodeURIComponent(q)}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  return ((await answer.json()) as { events: Found[] }).events
}

const soon = { timeout: 15_000, interval: 100 }

/** Whether any file of the gateway's own holds this text. */
async function isOnDisk(text: string): Promise<boolean> {
  const files = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true })
  const contents = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => readFile(join(file.parentPath, file.name), 'latin1')),
  )
  return contents.some((content) => content.includes(text))
}

describe('a gateway as a program of its own', () => {
  it('sends what it sees to an audit log that is elsewhere, and ends in order', async () => {
    await startGateway('observe')
    const client = await connectedClient()
    await client.query('select $1::text as far_away', ['customer 4711'])
    await client.end()
    await vi.waitFor(async () => {
      const [found] = await find('far_away type:query')
      expect(found).toMatchObject({
        outcome: 'success',
        data: { rows: 1, bind: [{ type: 'text', length: 13 }] },
      })
    }, soon)
    expect(await find('"customer 4711"')).toEqual([])
    expect(await stopGateway('SIGTERM')).toBe(0)
  })

  it('keeps events on its disk while the audit log is away, also over its own death', async () => {
    await startGateway('buffer')
    const { dataDir } = server
    await server.stop()
    const client = await connectedClient()
    for (let n = 0; n < 20; n++) await client.query(`select ${n} as while_away`)
    await client.query("alter role postgres password 'hunter2 and more'")
    await client.query(`alter role postgres password '${postgres.password}'`)
    await client.query('select 1 as last_before_the_end')
    await client.end()
    // What is told is on the disk soon, and in its order.
    await vi.waitFor(async () => expect(await isOnDisk('last_before_the_end')).toBe(true), soon)
    await stopGateway('SIGKILL')
    expect(await isOnDisk('hunter2')).toBe(false)
    server = await startServer({ dataDir, env: { AUDIT_BOOTSTRAP_API_KEY: apiKey } })
    await startGateway('buffer')
    await vi.waitFor(async () => expect(await find('last_before_the_end')).toHaveLength(1), soon)
    expect(await find('while_away type:query')).toHaveLength(20)
    expect(await find('"alter role" type:query')).toHaveLength(2)
  })

  it('leaves no statement unrecorded that it let through, also if it dies before the statement ends', async () => {
    await startGateway('enforce')
    const client = await connectedClient()
    await client.query('create table if not exists enforced (n int)')
    await client.query('insert into enforced values (1)')
    const dying = client.query('insert into enforced select 2 from pg_sleep(30)').catch(String)
    const watcher = new Client({ connectionString: postgres.connectionString() })
    await watcher.connect()
    await vi.waitFor(async () => {
      const { rows } = await watcher.query(
        "select 1 from pg_stat_activity where query like 'insert into enforced select 2%' and pid <> pg_backend_pid()",
      )
      expect(rows).toHaveLength(1)
    }, soon)
    await stopGateway('SIGKILL')
    await dying
    await watcher.end()
    await startGateway('enforce')
    await vi.waitFor(async () => {
      const found = await find('table:enforced kind:write type:query')
      expect(found.map(({ outcome, data }) => [data.sql, outcome, data.outcomeUnknown])).toEqual([
        ['insert into enforced select 2 from pg_sleep(30)', 'failure', true],
        ['insert into enforced values (1)', 'success', undefined],
      ])
    }, soon)
    expect(await find('table:enforced kind:ddl type:query')).toHaveLength(1)
  })
})
