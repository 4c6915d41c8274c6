import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance } from 'fastify'
import type { Log } from '../log.ts'

export type Listening = { url: string; close: (graceMs: number) => Promise<void> }

/** Begins to answer HTTP. Throws AuditError('conflict') when the port is taken. */
export async function listenHttp(app: FastifyInstance, host: string, port: number): Promise<Listening> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    if (
      cause instanceof Error &&
      'code' in cause &&
      (cause.code === 'EADDRINUSE' || cause.code === 'EACCES')
    ) {
      const why =
        cause.code === 'EACCES' ? 'may not be used without more rights' : 'is taken by another program'
      throw new AuditError('conflict', `The port ${port} on ${host} ${why}. Set PORT to another one.`, {
        cause,
      })
    }
    throw cause
  }
  // A listening TCP server has an address of this kind.
  const { port: actual } = app.server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: async (graceMs) => {
      // Requests that are under way may end; a download that goes on longer is cut off, visibly.
      const grace = new AbortController()
      const cut = delay(graceMs, undefined, { signal: grace.signal })
        .then(() => app.server.closeAllConnections())
        .catch(() => undefined)
      await app.close()
      grace.abort()
      await cut
    },
  }
}

/** A Unix socket's path has at most so many bytes (sun_path of Linux, macOS and the BSDs). */
const socketPathBytesMax = 103

/**
 * Opens the command line's socket in the data directory, for its owner only. Everything that comes through it acts as
 * the local operator.
 */
export async function listenLocally(
  app: FastifyInstance,
  dataDir: string,
  authorization: string,
  log: Log,
): Promise<{ path: string; close: () => Promise<void> } | undefined> {
  const path = join(dataDir, 'command.sock')
  if (Buffer.byteLength(path) > socketPathBytesMax) {
    log.warn(`The path ${path} is too long for a socket: the command line needs AUDIT_URL and AUDIT_API_KEY.`)
    return undefined
  }
  await app.ready()
  // The directory is locked by this process, so a socket that is there was left behind by one that has ended.
  await rm(path, { force: true })
  const server = createServer((request, response) => {
    request.headers.authorization = authorization
    app.routing(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return {
    path,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await rm(path, { force: true })
    },
  }
}
