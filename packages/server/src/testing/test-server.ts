import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { startAuditLogServer, type AuditLogServer } from '../audit-log-server.ts'
import { connect } from '../cli/connect.ts'
import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import type { ClickHouseAddress } from '../store/clickhouse/server-engine.ts'

export type TestServer = AuditLogServer & {
  dataDir: string
  /** What the server wrote to its log. */
  log: () => string
  /** A request with the bootstrap key. */
  api: (path: string, init?: RequestInit) => Promise<Response>
  get: (path: string) => Promise<Record<string, unknown>>
  post: (path: string, body: unknown) => Promise<Response>
  /** Waits until a search finds so many events, and returns them. */
  find: (q: string, count: number, more?: string) => Promise<Record<string, unknown>[]>
  /** What `audit-log fsck` asks of the server. */
  check: (options: { repair?: boolean; dropDamagedParts?: boolean }) => Promise<Record<string, unknown>>
  remove: () => Promise<void>
}

export const bootstrapApiKey = 'test_bootstrap_key_0123456789abcdef'

export type TestServerOptions = {
  dataDir?: string
  now?: () => number
  retentionDays?: number
  publicUrl?: string
  clickhouse?: ClickHouseAddress
  databaseUrl?: string
  exportDir?: string
  webhookAllowPrivate?: boolean
  rulesDir?: string
  /** With the detection rules of the product; without them no alert comes between what a test counts. */
  shippedRules?: boolean
}

/** The whole server in this process, on a free port and a directory of its own, with its real engines. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'audit-log-')))
  let log = ''
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: options.publicUrl,
    trustProxy: false,
    retentionDays: options.retentionDays ?? 400,
    admin: undefined,
    bootstrapApiKey,
    clickhouse: options.clickhouse,
    databaseUrl: options.databaseUrl,
    exportDir: options.exportDir,
    rulesDir: options.rulesDir,
    webhookAllowPrivate: options.webhookAllowPrivate ?? false,
  }
  const noRulesDir = join(dataDir, 'no-rules')
  await mkdir(noRulesDir, { recursive: true })
  const logger = createLog((line) => (log += line))
  const server = await startAuditLogServer({
    config,
    log: logger,
    listen: true,
    onFatal: (message) => {
      throw new Error(message)
    },
    ...(options.now ? { now: options.now } : {}),
    ...(options.shippedRules === true ? {} : { shippedRulesDir: noRulesDir }),
  })
  const api: TestServer['api'] = async (path, init = {}) => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${bootstrapApiKey}`)
    return fetch(`${server.url}${path}`, { ...init, headers })
  }
  // The API answers with JSON objects.
  const get: TestServer['get'] = async (path) => (await (await api(path)).json()) as Record<string, unknown>
  return {
    ...server,
    dataDir,
    log: () => log,
    api,
    get,
    post: async (path, body) =>
      api(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    find: async (q, count, more = '') => {
      const path = `/api/v1/events?limit=1000&q=${encodeURIComponent(q)}${more}`
      return vi.waitFor(
        async () => {
          const { events } = await get(path)
          if (!Array.isArray(events) || events.length !== count) {
            throw new Error(`"${q}" finds ${Array.isArray(events) ? events.length : 'no list'}, not ${count}`)
          }
          return events as Record<string, unknown>[]
        },
        { timeout: 20_000, interval: 50 },
      )
    },
    check: async (asked) => {
      const connection = await connect(undefined, config, logger)
      // The route answers with an object.
      return (await connection.call('POST', '/local/checks', asked)) as Record<string, unknown>
    },
    remove: async () => {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
