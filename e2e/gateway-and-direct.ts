import { execFile, spawn } from 'node:child_process'
import { Client, type ClientConfig } from 'pg'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  startTestGateway,
  type TestGateway,
} from '../packages/server/src/capture/postgres-gateway/testing/test-gateway.ts'
import type { GatewayTls } from '../packages/server/src/capture/postgres-gateway/gateway-tls.ts'
import { findProgram } from '../packages/server/src/testing/find-program.ts'
import {
  startPostgresServer,
  type PostgresServer,
  type PostgresServerOptions,
} from '../packages/server/src/testing/postgres-server.ts'

/** A database of its own on one of two ways to the same server. */
export type Way = {
  name: 'direct' | 'gateway'
  port: number
  database: string
  user: string
  password: string
}

/** What a program left behind. */
export type Outcome = { code: number | null; stdout: string; stderr: string }

const login = { name: 'client_user', password: 'the password of a client' }
const outputBytesMax = 64 * 1024 * 1024

/** The server that Debian has installed: what its programs can read and dump. Undefined: the one of the tests. */
function installedBinaries(): { initdb: string; postgres: string } | undefined {
  const [initdb, postgres] = [findProgram('initdb'), findProgram('postgres')]
  return initdb === undefined || postgres === undefined ? undefined : { initdb, postgres }
}

/**
 * A real server, and a gateway in front of it. What a client does is done twice, on a database of its own each time:
 * directly and through the gateway.
 */
export class GatewayAndDirect {
  #server: PostgresServer | undefined
  #gateway: TestGateway | undefined
  #databases = 0

  /** Registers the hooks. */
  constructor(options: PostgresServerOptions & { usesInstalled?: boolean; tls?: GatewayTls } = {}) {
    beforeAll(async () => {
      const binaries = options.usesInstalled === true ? installedBinaries() : undefined
      this.#server = await startPostgresServer({
        ...options,
        ...(binaries === undefined ? {} : { binaries }),
      })
      await this.ask(`create role ${login.name} superuser login password '${login.password}'`)
      const { tls } = options
      this.#gateway = await startTestGateway({
        server: { host: '127.0.0.1', port: this.server.port },
        ...(tls === undefined ? {} : { tls }),
      })
    })
    afterAll(async () => {
      await this.#gateway?.gateway.close()
      await this.#server?.stop()
    })
  }

  get server(): PostgresServer {
    if (this.#server === undefined) throw new Error('The server is not there yet.')
    return this.#server
  }

  get gateway(): TestGateway {
    if (this.#gateway === undefined) throw new Error('The gateway is not there yet.')
    return this.#gateway
  }

  /** Does something both ways; the results, with all that is not the same each time taken out, have to be the same. */
  async expectSame<T>(act: (way: Way) => Promise<T>): Promise<T> {
    const direct = await act(await this.newWay('direct'))
    const before = this.gateway.gateway.status().counters.statements
    const through = await act(await this.newWay('gateway'))
    expect(through).toEqual(direct)
    // Else it might have gone another way.
    expect(this.gateway.gateway.status().counters.statements).toBeGreaterThan(before)
    return direct
  }

  /** A way to an empty database. */
  async newWay(name: Way['name']): Promise<Way> {
    const database = `database_${++this.#databases}`
    await this.ask(`create database ${database}`)
    const port = name === 'direct' ? this.server.port : this.gateway.port
    return { name, port, database, user: login.name, password: login.password }
  }

  /** Rows of a query of somebody else. */
  async ask(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.server.connectionString() })
    await client.connect()
    try {
      // The columns are those of the query.
      return (await client.query(sql, values)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }

  /** Waits until a statement with this text is being executed in the database of this way. */
  async untilExecuting({ database }: Way, text: string): Promise<void> {
    const sql = `select 1 from pg_stat_activity where datname = $1 and state = 'active' and query like $2`
    while ((await this.ask(sql, [database, `%${text}%`])).length === 0);
  }
}

export function clientConfig({ port, database, user, password }: Way): ClientConfig {
  return { host: '127.0.0.1', port, database, user, password }
}

/** Works with a connected client of `pg`. */
export async function withClient<T>(
  way: Way,
  work: (client: Client) => Promise<T>,
  config: ClientConfig = {},
): Promise<T> {
  const client = new Client({ ...clientConfig(way), ...config })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The environment that brings programs of PostgreSQL this way. */
export function environmentOf(way: Way): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    PGHOST: '127.0.0.1',
    PGPORT: String(way.port),
    PGDATABASE: way.database,
    PGUSER: way.user,
    PGPASSWORD: way.password,
    PGCONNECT_TIMEOUT: '20',
  }
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  { env, cwd, input = '' }: { env: NodeJS.ProcessEnv; cwd?: string; input?: string },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: outputBytesMax, ...(cwd === undefined ? {} : { cwd }) }
    const child = execFile(program, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
    // A program may end before it has read everything.
    child.stdin?.on('error', () => undefined).end(input)
  })
}

/** Runs a program, and interrupts it (Ctrl-C) when `when` has resolved. */
export async function runInterrupted(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  when: () => Promise<void>,
): Promise<Outcome> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await when()
  child.kill('SIGINT')
  await closed
  return { code: child.exitCode, stdout, stderr }
}
