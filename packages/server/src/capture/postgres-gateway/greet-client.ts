import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { readClientCertificate, type ClientCertificate, type GatewayTlsContexts } from './gateway-tls.ts'
import { ProtocolFault } from './protocol/protocol-fault.ts'
import type { SessionStep } from './protocol/session-states.ts'
import { readStartupPacket, type Startup } from './protocol/startup-packet.ts'
import { readStartup } from './read-startup.ts'

/** What a client wants, after encryption was agreed on. */
export type Greeting =
  | { kind: 'cancel'; socket: Socket; packet: Buffer }
  | {
      kind: 'startup'
      socket: Socket
      packet: Buffer
      /** What came behind the packet at once. */
      rest: Buffer
      startup: Startup
      isEncrypted: boolean
      certificate: ClientCertificate | undefined
    }

/** A client may ask once for each kind of encryption. */
const requestsMax = 2

const yes = Buffer.from('S')
const no = Buffer.from('N')

/**
 * Agrees with a client on encryption and reads what it wants. Undefined where it left, or its TLS handshake failed.
 * Rejects with ProtocolFault; `socketChanged` tells the socket over which it can be told so.
 */
export async function greetClient(
  raw: Socket,
  tls: GatewayTlsContexts,
  step: (step: SessionStep) => void,
  socketChanged: (socket: Socket) => void,
): Promise<Greeting | undefined> {
  let socket = raw
  let secured: TLSSocket | undefined
  for (let requests = 0; ;) {
    const read = await readStartup(socket)
    if (read === undefined) return undefined
    const wanted = read === 'tls' ? ({ kind: 'ssl_request' } as const) : readStartupPacket(read.packet)
    if (wanted.kind === 'cancel_request' || wanted.kind === 'startup') {
      if (read === 'tls') return undefined
      if (wanted.kind === 'cancel_request') return { kind: 'cancel', socket, packet: read.packet }
      const certificate = secured === undefined ? undefined : readClientCertificate(secured)
      const { packet, rest } = read
      const isEncrypted = secured !== undefined
      return { kind: 'startup', socket, packet, rest, startup: wanted.startup, isEncrypted, certificate }
    }
    if (++requests > requestsMax || secured !== undefined) {
      throw new ProtocolFault('bad_startup', 'encryption was asked for once too often')
    }
    if (read !== 'tls' && read.rest.length > 0) {
      throw new ProtocolFault(
        'bytes_before_encryption',
        'received unencrypted data after a request for encryption',
      )
    }
    const isTls = wanted.kind === 'ssl_request' && tls.settings.client !== undefined
    if (!isTls) {
      if (read === 'tls') return undefined
      socket.write(no)
      continue
    }
    step('encrypt')
    if (read !== 'tls') socket.write(yes)
    secured = await tls.accept(socket)
    if (secured === undefined) return undefined
    socket = secured
    socketChanged(secured)
    step('encrypted')
  }
}
