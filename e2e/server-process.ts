import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { nodeThreads } from '../tools/run-program.mjs'

const root = join(import.meta.dirname, '..')
const program = join(root, 'packages', 'server', 'dist', 'main.js')

const startMsMax = 60_000
export const stopMsMax = 20_000

const readyLine = /^Aleph Audit Log is ready at (http:\/\/\S+)$/m
const setupLink = /http:\/\/\S+\/setup\?token=\S+/

export type StartOptions = {
  /** A directory to use and to keep, such as that of a server which was stopped. A new one is removed by `stop`. */
  dataDir?: string
  env?: Record<string, string>
  /** A program and its arguments that run the server, such as strace. It must become the server (or leave it its pid). */
  under?: readonly string[]
  /** Kills the server when it is aborted, ready or not. */
  signal?: AbortSignal
}

/** The answer of a check; `isSound` says that nothing is wrong. */
export type LogCheck = { isSound: boolean; journal: object; store: object; damagedParts: string[] }

export type ServerProcess = {
  url: string
  /** The one-time link to make the first user; only on the first start of a data directory. */
  readonly setupUrl: string | undefined
  dataDir: string
  /** The server's process, for a test that looks at it from outside. */
  pid: number
  /** From its spawn to the line that says that it is ready. */
  readyMs: number
  /** Everything that it has printed so far, stdout and stderr. */
  output: () => string
  /** Its exit code, when it has ended by whatever cause; null: by a signal. */
  ended: Promise<number | null>
  /** Asks the server to end (SIGTERM) and waits until it has. Returns its exit code; throws if it does not end in time. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
  /** What `audit-log fsck` asks of it: everything that is stored is compared with the journal. */
  fsck: () => Promise<LogCheck>
  /** Ends it like a power cut, and waits until it is gone. The data directory stays. */
  kill: () => Promise<void>
}

/**
 * Runs the built server in a process and a data directory of its own, on a free port, and waits until it is ready.
 * Throws with what it printed if it ends before, or is not ready within a minute.
 */
export async function startServer(options: StartOptions = {}): Promise<ServerProcess> {
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` first.`)
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'aleph-e2e-')))
  const [command, ...args] = [...(options.under ?? []), process.execPath, ...nodeThreads.options, program]
  const begin = performance.now()
  const child = spawn(command, args, {
    env: {
      ...ownEnvironment(),
      ...nodeThreads.env,
      HOST: '127.0.0.1',
      PORT: '0',
      AUDIT_DATA_DIR: dataDir,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  options.signal?.addEventListener('abort', () => child.kill('SIGKILL'))
  // Two lines may come in two pieces.
  const printsSetupLink = options.dataDir === undefined && options.env?.['AUDIT_ADMIN_EMAIL'] === undefined
  let output = ''
  const exited = once(child, 'exit')
  const ended = exited.then(() => child.exitCode)
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The server ${why}. It printed:\n${output}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`was not ready within ${startMsMax} ms`)
    }, startMsMax)
    const read = (chunk: string): void => {
      output += chunk
      const ready = readyLine.exec(output)?.[1]
      if (ready !== undefined && (!printsSetupLink || setupLink.test(output))) settle(() => resolve(ready))
    }
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      finish()
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('error', (error) => settle(() => reject(error)))
    child.once('exit', (code, signal) =>
      settle(() => fail(`ended with ${code ?? signal} before it was ready`)),
    )
  })
  const readyMs = performance.now() - begin
  return {
    url,
    get setupUrl() {
      return setupLink.exec(output)?.[0]
    },
    dataDir,
    pid: child.pid ?? 0,
    readyMs,
    output: () => output,
    ended,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
      await exited
      clearTimeout(timer)
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true })
      if (child.signalCode === 'SIGKILL') {
        throw new Error(`The server did not end within ${stopMsMax} ms of ${signal}. It printed:\n${output}`)
      }
      return child.exitCode
    },
    fsck: async () => checkLog(join(dataDir, 'command.sock')),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The environment of the tests without what would configure the server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('AUDIT_') && name !== 'HOST' && name !== 'PORT',
    ),
  )
}

async function checkLog(socketPath: string): Promise<LogCheck> {
  const asked = request({
    socketPath,
    path: '/local/checks',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  asked.end('{}')
  // Filled by Node as its documentation says.
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return json(answer) as Promise<LogCheck>
}
