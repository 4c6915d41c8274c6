import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { GatewayMode } from '@aleph-audit-log/domain/api/integrations'

const program = join(import.meta.dirname, '..', 'packages', 'server', 'dist', 'cli', 'main.js')
const startMsMax = 30_000

export type GatewayProcessOptions = {
  /** A folder of the gateway's own; what an earlier one left there is taken up. */
  folder: string
  /** Where it listens. */
  port: number
  serverPort: number
  mode: GatewayMode
  auditLog: { url: string; apiKey: string }
}

/** The built gateway in a process of its own. */
export type GatewayProcess = {
  pid: number
  port: number
  /** Everything that it has printed so far, stdout and stderr. */
  output: () => string
  /** Sends the signal and waits until the process is gone. Returns its exit code; null where a signal ended it. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

/** Runs `audit-log gateway` and waits until it listens. Throws with what it printed if it does not. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` first.`)
  const { folder, port, serverPort, mode, auditLog } = options
  const config = join(folder, 'gateway.json')
  const gateway = { listenPort: port, serverHost: '127.0.0.1', serverPort, mode }
  await writeFile(config, JSON.stringify({ stateDir: join(folder, 'state'), gateway }))
  const child = spawn(process.execPath, [program, 'gateway', '--config', config], {
    env: {
      PATH: process.env['PATH'],
      AUDIT_URL: auditLog.url,
      AUDIT_API_KEY: auditLog.apiKey,
      UV_THREADPOOL_SIZE: '16',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The gateway ${why}. It printed:\n${output}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail('did not listen in time')
    }, startMsMax)
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal} before it listened`))
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
        if (!/: (running|waiting)/.test(output)) return
        clearTimeout(timer)
        resolve()
      })
    }
  })
  return {
    pid: child.pid ?? 0,
    port,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await closed
      return child.exitCode
    },
  }
}

/** A port of this machine on which nobody listens at the moment. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  // It listens on a port, so this is no path.
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
