import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  postgresGatewaySettingsSchema,
  type PostgresGatewaySettings,
} from '@aleph-audit-log/domain/api/integrations'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../../testing/postgres-server.ts'
import { handOverLeftSpools, spoolDirOf } from './left-spools.ts'
import { openSpool } from './open-outbox.ts'
import { outboxLimits, type OutboxLimits } from './outbox.ts'
import {
  startPostgresGatewayCapture,
  type PostgresGatewayCapture,
  type PostgresGatewayCaptureOptions,
} from './postgres-gateway-capture.ts'

let postgres: PostgresServer
let folder: string
let port: number
let capture: PostgresGatewayCapture | undefined
let events: EventDraft[]
let fault: Error | undefined
let logged: string[]

beforeAll(async () => {
  postgres = await startPostgresServer()
})
afterAll(async () => postgres?.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-capture-'))
  port = await freePort()
  events = []
  fault = undefined
  logged = []
})
afterEach(async () => {
  await capture?.close()
  capture = undefined
  await rm(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port: free } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return free
}

const spoolDir = (): string => spoolDirOf(join(folder, 'gateways'), 'w1', 'gateway')

const deps = {
  ingest: async (drafts: EventDraft[]) => {
    if (fault) throw fault
    events.push(...drafts)
  },
  mask: (draft: EventDraft) => draft,
  hashSecret: () => '12345678',
  clock: Date.now,
  log: {
    info: () => undefined,
    warn: (message: string) => void logged.push(message),
    error: (message: string) => void logged.push(message),
  },
} satisfies Partial<PostgresGatewayCaptureOptions>

function start(over: Partial<PostgresGatewaySettings> = {}, limits?: OutboxLimits): PostgresGatewayCapture {
  const here = { listenPort: port, serverHost: '127.0.0.1', serverPort: postgres.port }
  const settings = postgresGatewaySettingsSchema.parse({ ...here, ...over })
  capture = startPostgresGatewayCapture({
    ...deps,
    integration: { id: 'gateway', settings },
    spoolDir: spoolDir(),
    ...(limits === undefined ? {} : { limits }),
  })
  return capture
}

async function untilState(state: string): Promise<void> {
  await vi.waitFor(() => expect(capture?.status().state).toBe(state), { timeout: 15_000, interval: 20 })
}

/** Runs statements through the gateway; gives back the errors. */
async function run(...statements: string[]): Promise<string[]> {
  const { superuser: user, password } = postgres
  const client = new Client({ host: '127.0.0.1', port, user, password, database: 'postgres' })
  client.on('error', () => undefined)
  await client.connect()
  const errors: string[] = []
  for (const text of statements)
    await client.query(text).catch((error: unknown) => errors.push(String(error)))
  await client.end()
  return errors
}

const sql = (): unknown[] => events.filter(({ type }) => type === 'query').map(({ data }) => data?.['sql'])

test('events go on as they come, and the status counts them', async () => {
  start()
  await untilState('running')
  await run('select 1', 'select 2')
  await vi.waitFor(() => expect(events).toHaveLength(4))
  expect(events.map(({ type }) => type)).toEqual(['session_started', 'query', 'query', 'session_ended'])
  expect(capture?.status()).toMatchObject({
    state: 'running',
    eventsRecorded: 4,
    eventsWaiting: 0,
    sessions: 0,
  })
  expect(capture?.status().statementsPerSecond).toBeGreaterThan(0)
})

test('an address that is taken is waited for', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
  start()
  await untilState('waiting')
  expect(capture?.status().message).toBe(`127.0.0.1:${port} is used by another program.`)
  await new Promise((resolve) => taken.close(resolve))
  await untilState('running')
})

test('settings that cannot work are told, and end it for good', async () => {
  start({ clientTls: 'required', certificateFile: '/no/where', keyFile: '/no/where' })
  await untilState('failed')
  expect(capture?.status().message).toContain('/no/where cannot be read')
})

test.each(['observe', 'buffer'] as const)('while the audit log is away queries go on (%s)', async (mode) => {
  fault = new AuditError('unavailable', 'The audit log is away.')
  start({ mode })
  await untilState('running')
  expect(await run('select 1 as while_away')).toEqual([])
  await untilState('waiting')
  expect(capture?.status()).toMatchObject({ message: 'The audit log is away.', eventsLost: 0 })
  fault = undefined
  await vi.waitFor(() => expect(sql()).toEqual(['select 1 as while_away']), { timeout: 15_000 })
  await untilState('running')
})

test('what cannot be kept is not executed, and the client is told (enforce)', async () => {
  fault = new AuditError('unavailable', 'The audit log is away.')
  const spool = { ...outboxLimits.spool, segmentBytesMax: 2000, unappliedBytesMax: 2000 }
  // Written one by one: many together would be more than the spool holds.
  start({ mode: 'enforce' }, { ...outboxLimits, toldBytesMax: 1, retryMs: { first: 10, max: 50 }, spool })
  await untilState('running')
  const inserts = Array.from({ length: 40 }, (_, n) => `insert into kept values (${n})`)
  const errors = await run('create table kept (n int)', ...inserts)
  const refused = errors.length
  expect(refused).toBeGreaterThan(0)
  expect(new Set(errors)).toEqual(new Set([expect.stringMatching(/audit log|recorded/)]))
  fault = undefined
  await vi.waitFor(() => expect(capture?.status().eventsWaiting).toBe(0), { timeout: 15_000 })
  expect(await run('insert into kept values (100)')).toEqual([])
  const direct = new Client({ connectionString: postgres.connectionString() })
  await direct.connect()
  const { rows } = await direct.query<{ n: number }>('select n from kept order by n')
  await direct.end()
  const executed = rows.map(({ n }) => `insert into kept values (${n})`)
  expect(executed).toHaveLength(41 - refused)
  // Each is recorded: as executed, or as refused.
  await vi.waitFor(() => expect(sql()).toHaveLength(42), { timeout: 15_000 })
  const succeeded = events.filter(({ type, outcome }) => type === 'query' && outcome === 'success')
  expect(succeeded.map(({ data }) => data?.['sql'])).toEqual(['create table kept (n int)', ...executed])
})

test('what a gateway left on the disk is handed over when it is gone, and its folder goes', async () => {
  fault = new AuditError('unavailable', 'The audit log is away.')
  start({ mode: 'enforce' })
  await untilState('running')
  await run('select 1 as left_behind')
  await capture?.close()
  capture = undefined
  expect(existsSync(spoolDir())).toBe(true)
  const handOver = async (isUsed: boolean): Promise<void> =>
    handOverLeftSpools({
      gatewaysDir: join(folder, 'gateways'),
      isUsed: () => isUsed,
      open: async ({ integrationId, dir }) => openSpool({ ...deps, integrationId, spoolDir: dir }),
    })
  fault = undefined
  await handOver(true)
  expect(events).toEqual([])
  await handOver(false)
  expect(sql()).toEqual(['select 1 as left_behind'])
  expect(existsSync(spoolDir())).toBe(false)
  await handOver(false)
  expect(events).toHaveLength(3)
}, 30_000)
