import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayMode } from '@aleph-audit-log/domain/api/integrations'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import {
  startPostgresServer,
  type PostgresServer,
  type PostgresServerOptions,
} from '../packages/server/src/testing/postgres-server.ts'
import { findFreePort, startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'

export type FoundEvent = {
  type: string
  outcome: string
  data: { sql: string; outcomeUnknown?: boolean; bind?: unknown }
}

/** For what comes soon, on a machine that may be busy with other things. */
export const soon = { timeout: 30_000, interval: 100 }

/**
 * A PostgreSQL server, an audit log, and in each test a gateway between them, all of them processes of their own. The
 * superuser needs no password.
 */
export class GatewayStack {
  #postgres: PostgresServer | undefined
  #auditLog: ServerProcess | undefined
  #gateway: GatewayProcess | undefined
  #dataDir = ''
  #folder = ''
  #port = 0
  #auditPort: number | undefined

  /** Registers the hooks. */
  constructor(options: PostgresServerOptions = {}) {
    beforeAll(async () => {
      const hba = [...(options.hba ?? []), 'host all postgres 127.0.0.1/32 trust']
      this.#postgres = await startPostgresServer({ ...options, hba })
      this.#dataDir = await mkdtemp(join(tmpdir(), 'aleph-audit-'))
      await this.startAuditLog()
    })
    afterAll(async () => {
      await this.#auditLog?.stop()
      await this.#postgres?.stop()
      await rm(this.#dataDir, { recursive: true, force: true })
    })
    beforeEach(async () => {
      this.#folder = await mkdtemp(join(tmpdir(), 'aleph-gateway-'))
      this.#port = await findFreePort()
    })
    afterEach(async () => {
      await this.stopGateway('SIGKILL')
      await rm(this.#folder, { recursive: true, force: true })
    })
  }

  get postgres(): PostgresServer {
    if (this.#postgres === undefined) throw new Error('The server is not there yet.')
    return this.#postgres
  }

  get auditLog(): ServerProcess {
    if (this.#auditLog === undefined) throw new Error('The audit log is not there.')
    return this.#auditLog
  }

  get gateway(): GatewayProcess {
    if (this.#gateway === undefined) throw new Error('The gateway was not started.')
    return this.#gateway
  }

  /** The gateway's own folder. */
  get folder(): string {
    return this.#folder
  }

  /** The port of the gateway. */
  get port(): number {
    return this.#port
  }

  /** On the same port as before. */
  async startAuditLog(): Promise<void> {
    this.#auditPort ??= await findFreePort()
    this.#auditLog = await startServer({
      dataDir: this.#dataDir,
      env: { AUDIT_BOOTSTRAP_API_KEY: apiKey, PORT: String(this.#auditPort) },
    })
  }

  async stopAuditLog(): Promise<void> {
    await this.#auditLog?.stop()
    this.#auditLog = undefined
  }

  /** Starts a gateway on the same port and with the same folder as the last one in this test. */
  async startGateway(mode: GatewayMode): Promise<void> {
    this.#gateway = await startGatewayProcess({
      folder: this.#folder,
      port: this.#port,
      serverPort: this.postgres.port,
      mode,
      auditLog: { url: this.auditLog.url, apiKey },
    })
  }

  async stopGateway(signal: NodeJS.Signals): Promise<number | null> {
    const running = this.#gateway
    this.#gateway = undefined
    return (await running?.stop(signal)) ?? null
  }

  /** A client that came through the gateway. */
  async connect(): Promise<Client> {
    const url = new URL(this.postgres.connectionString())
    url.port = String(this.#port)
    const client = new Client({ connectionString: url.href })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  /** Rows of a query past the gateway. */
  async ask(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.postgres.connectionString() })
    await client.connect()
    try {
      // The columns are those of the query.
      return (await client.query(sql)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }

  /** All events that a search finds. */
  async find(q: string): Promise<FoundEvent[]> {
    const found: FoundEvent[] = []
    for (let cursor = ''; ;) {
      const path = `/api/v1/events?limit=1000&q=${encodeURIComponent(q)}${cursor}`
      const answer = await fetch(`${this.auditLog.url}${path}`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      // As the API's contract says.
      const page = (await answer.json()) as { events: FoundEvent[]; nextCursor?: string }
      found.push(...page.events)
      if (page.nextCursor === undefined) return found
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
    }
  }
}
