import { connect, type Socket } from 'node:net'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { GatewayTlsContexts, ServerAddress } from './gateway-tls.ts'
import type { ReadBuffer } from './read-buffer.ts'

const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const yes = 0x53

export type ConnectServerOptions = {
  address: ServerAddress
  tls: GatewayTlsContexts
  connectMs: number
  signal: AbortSignal
  /** What is read goes there, and causes no `data`. Not where the connection is encrypted. */
  into?: ReadBuffer | undefined
}

/**
 * Opens a connection to the server, encrypted if the settings say so. Rejects with AuditError: `unavailable` where the
 * server cannot be reached, `invalid` where it is not as the settings want it. The socket is then closed.
 */
export async function connectServer(options: ConnectServerOptions): Promise<Socket> {
  const { address, tls, connectMs, signal, into } = options
  const socket = connect({
    ...address,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    ...(into === undefined ? {} : { onread: into.onread }),
  })
  const limit = AbortSignal.any([signal, AbortSignal.timeout(connectMs)])
  const abort = (): void => void socket.destroy(new Error('the time for it is over'))
  limit.addEventListener('abort', abort)
  try {
    await connected(socket)
    if (tls.settings.server === undefined) return socket
    socket.write(sslRequest)
    await saysYes(socket)
    return await tls.secureServer(socket, address)
  } catch (cause) {
    socket.destroy()
    if (isAuditError(cause)) throw cause
    throw new AuditError('unavailable', `The database server cannot be reached: ${reasonOf(cause)}`, {
      cause,
    })
  } finally {
    limit.removeEventListener('abort', abort)
  }
}

/** A name with several addresses fails with an error that has no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve()
    })
    socket.once('error', reject)
  })
}

/** The answer to an SSLRequest is one byte. What comes behind it is not encrypted, and may be anybody's. */
function saysYes(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (fault: Error | undefined): void => {
      socket.off('readable', onReadable)
      socket.off('error', settle)
      socket.off('end', onEnd)
      if (fault === undefined) resolve()
      else reject(fault)
    }
    const onEnd = (): void => settle(new Error('it ended the connection'))
    const onReadable = (): void => {
      const answer = socket.read() as Buffer | null
      if (answer === null) return
      if (answer.length > 1) settle(new Error('it sent more than an answer before the encryption'))
      else if (answer[0] === yes) settle(undefined)
      else settle(new AuditError('invalid', 'The database server has no TLS, which the gateway requires.'))
    }
    socket.on('readable', onReadable)
    socket.on('error', settle)
    socket.on('end', onEnd)
  })
}
