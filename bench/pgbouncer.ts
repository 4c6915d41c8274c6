import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../e2e/gateway-process.ts'
import { unprivileged } from '../packages/server/src/testing/postgres-binaries.ts'

export type Pgbouncer = { port: number; pid: number; stop: () => Promise<void> }

const readyTriesMax = 500

/**
 * Starts pgbouncer in front of a server on this machine that needs no password. In session pooling a client has a
 * connection to the server for itself, as with a gateway. Nothing is logged but faults, and nothing is looked up.
 */
export async function startPgbouncer(program: string, serverPort: number): Promise<Pgbouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'aleph-bouncer-'))
  const port = await findFreePort()
  const users = join(folder, 'users.txt')
  const settings = join(folder, 'pgbouncer.ini')
  await writeFile(users, '"postgres" ""\n')
  await writeFile(
    settings,
    `[databases]
postgres = host=127.0.0.1 port=${serverPort} dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = session
default_pool_size = 40
max_client_conn = 100
server_reset_query =
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
log_stats = 0
`,
  )
  // It refuses to run as root.
  if (unprivileged !== undefined) {
    for (const path of [folder, users, settings]) await chown(path, unprivileged.uid, unprivileged.gid)
  }
  const child = spawn(program, [settings], { stdio: ['ignore', 'ignore', 'pipe'], ...unprivileged })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-8192)))
  const gone = once(child, 'exit')
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries < readyTriesMax && child.exitCode === null) await sleep(20)
    else {
      await stop()
      throw new Error(`pgbouncer did not start: ${said}`)
    }
  }
  return { port, pid: child.pid ?? 0, stop }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
