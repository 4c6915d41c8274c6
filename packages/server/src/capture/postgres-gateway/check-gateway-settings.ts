import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { GatewayTestResponse, PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { connectServer } from './connect-server.ts'
import { gatewayLimits } from './gateway-limits.ts'
import { readTls, serverAddressOf } from './gateway-settings.ts'
import { GatewayTlsContexts } from './gateway-tls.ts'
import { backend } from './protocol/message-types.ts'

/** Where the gateway listens that has these settings already: its own address is not free, and that is no fault. */
export type OwnAddress = { host: string; port: number } | undefined

/**
 * Checks what only this machine can tell: the files of the settings, whether they work together, and whether the
 * address is free. Throws AuditError('invalid') with a problem at the setting that is at fault. A server that is away is
 * no fault: it may come.
 */
export async function checkGatewaySettings(
  settings: PostgresGatewaySettings,
  own: OwnAddress,
): Promise<void> {
  await readContexts(settings)
  if (own?.host !== settings.listenHost || own.port !== settings.listenPort) await checkAddress(settings)
}

/**
 * Goes the way of a session as far as the server's first question. Errors: as `checkGatewaySettings`, and `invalid` with
 * a problem at `settings.serverHost` or `settings.serverTls` where the server cannot be reached.
 */
export async function testGatewaySettings(
  settings: PostgresGatewaySettings,
  own: OwnAddress,
): Promise<GatewayTestResponse> {
  await checkGatewaySettings(settings, own)
  const socket = await connect(settings)
  try {
    socket.write(startupOfNobody())
    const authentication = await readAuthentication(socket)
    const serverTls = socket instanceof TLSSocket ? (socket.getProtocol() ?? 'TLS') : undefined
    return { authentication, ...(serverTls === undefined ? {} : { serverTls: serverTls.replace('v', ' ') }) }
  } finally {
    socket.destroy()
  }
}

async function readContexts(settings: PostgresGatewaySettings): Promise<GatewayTlsContexts> {
  const tls = await readTls(settings)
  try {
    return new GatewayTlsContexts(tls, serverAddressOf(settings))
  } catch (error) {
    if (isAuditError(error, 'invalid') && error.problems.length === 0) {
      const field = tls.client === undefined ? 'serverTls' : 'certificateFile'
      throw faultAt(`settings.${field}`, error.message, error)
    }
    throw error
  }
}

/** Listens on the address for a moment. */
async function checkAddress({ listenHost, listenPort }: PostgresGatewaySettings): Promise<void> {
  const server = createServer()
  try {
    server.listen(listenPort, listenHost)
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') throw faultAt('settings.listenPort', 'is used by another program', error)
    if (code === 'EACCES') throw faultAt('settings.listenPort', 'may not be used by this server', error)
    throw faultAt('settings.listenHost', 'is no address of this machine', error)
  } finally {
    server.close()
  }
}

async function connect(settings: PostgresGatewaySettings): Promise<Socket> {
  const { signal } = new AbortController()
  const tls = await readContexts(settings)
  try {
    return await connectServer({
      address: serverAddressOf(settings),
      tls,
      connectMs: gatewayLimits.connectMs,
      signal,
    })
  } catch (error) {
    if (isAuditError(error, 'unavailable')) throw faultAt('settings.serverHost', error.message, error)
    if (isAuditError(error, 'invalid')) throw faultAt('settings.serverTls', error.message, error)
    throw error
  }
}

/** A StartupMessage of a login that hardly exists: the server asks for its password all the same, or refuses it. */
function startupOfNobody(): Buffer {
  const text = Buffer.from('user\0audit_log_connection_test\0database\0postgres\0\0')
  const message = Buffer.alloc(8 + text.length)
  message.writeInt32BE(message.length, 0)
  message.writeInt32BE(3 << 16, 4)
  text.copy(message, 8)
  return message
}

/** The codes of AuthenticationRequest messages. */
const authentications: Record<number, string> = {
  0: 'no password at all',
  3: 'a password in clear text',
  5: 'an MD5 password',
  7: 'GSSAPI',
  9: 'SSPI',
  10: 'a SCRAM password',
}

/** What the server answers to a StartupMessage: its type is in the first byte, the kind of authentication in the sixth on. */
async function readAuthentication(socket: Socket): Promise<string> {
  const signal = AbortSignal.timeout(gatewayLimits.connectMs)
  let bytes = Buffer.alloc(0)
  try {
    while (bytes.length < 9) {
      const [chunk] = (await once(socket, 'data', { signal })) as [Buffer]
      bytes = Buffer.concat([bytes, chunk])
    }
  } catch (error) {
    throw faultAt('settings.serverHost', 'does not answer as a PostgreSQL server does', error)
  }
  if (bytes[0] === backend.authentication) return authentications[bytes.readInt32BE(5)] ?? 'a sign-in'
  // It has refused a login that it does not know, by its rules.
  if (bytes[0] === backend.errorResponse) return 'a login and an address that its rules allow'
  throw faultAt('settings.serverHost', 'does not answer as a PostgreSQL server does', undefined)
}

function faultAt(path: string, message: string, cause: unknown): AuditError {
  return new AuditError('invalid', 'The gateway cannot work like this.', {
    cause,
    problems: [{ path, message }],
  })
}
