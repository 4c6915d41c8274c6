import { ProtocolFault } from './protocol-fault.ts'

/** The first packets of a connection (section "Message Formats": StartupMessage, SSLRequest and their like). */
export type StartupPacket =
  | { kind: 'ssl_request' }
  | { kind: 'gss_request' }
  | { kind: 'cancel_request' }
  | { kind: 'startup'; startup: Startup }

export type Startup = {
  /** `3.0`, `3.2`: what the client asks for. */
  protocol: string
  login: string
  database: string
  application?: string
  /** A connection of replication: `physical`, or `logical` with a database. */
  replication?: 'physical' | 'logical'
}

/** MAX_STARTUP_PACKET_LENGTH of the server (src/include/libpq/pqcomm.h). */
export const startupBytesMax = 10_000

const sslRequest = 80877103
const gssRequest = 80877104
const cancelRequest = 80877102

/** A cancel request has the process id and a key of 4 to 256 bytes. */
const cancelBytesMin = 16
const cancelBytesMax = 12 + 256

/**
 * How long the packet at the beginning of these bytes is; undefined as long as they do not tell. Throws ProtocolFault
 * for a length that no packet has.
 */
export function startupLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined
  const length = bytes.readInt32BE(0)
  if (length < 8 || length > startupBytesMax) {
    throw new ProtocolFault('bad_startup', `invalid length ${length} of a startup packet`)
  }
  return length
}

/** Reads a whole packet, as long as `startupLength` says. Throws ProtocolFault. */
export function readStartupPacket(packet: Buffer): StartupPacket {
  const code = packet.readInt32BE(4)
  if (code === sslRequest || code === gssRequest) {
    if (packet.length !== 8) throw new ProtocolFault('bad_startup', 'invalid request for encryption')
    return { kind: code === sslRequest ? 'ssl_request' : 'gss_request' }
  }
  if (code === cancelRequest) {
    if (packet.length < cancelBytesMin || packet.length > cancelBytesMax) {
      throw new ProtocolFault('bad_startup', 'invalid length of a cancel request')
    }
    return { kind: 'cancel_request' }
  }
  const major = code >>> 16
  if (major !== 3) {
    throw new ProtocolFault(
      'bad_startup',
      `unsupported frontend protocol ${major}.${code & 0xffff}: the gateway speaks 3.0 and newer of 3`,
    )
  }
  return { kind: 'startup', startup: readStartup(packet, code & 0xffff) }
}

function readStartup(packet: Buffer, minor: number): Startup {
  const parameters = readParameters(packet)
  const login = parameters.get('user') ?? ''
  if (login === '')
    throw new ProtocolFault('bad_startup', 'no PostgreSQL user name specified in startup packet')
  const database = parameters.get('database') ?? ''
  const startup: Startup = {
    protocol: `3.${minor}`,
    login,
    // As the server does it.
    database: database === '' ? login : database,
  }
  const application = parameters.get('application_name')
  if (application !== undefined) startup.application = application
  const replication = replicationOf(parameters.get('replication'))
  if (replication !== undefined) startup.replication = replication
  return startup
}

function readParameters(packet: Buffer): Map<string, string> {
  const parameters = new Map<string, string>()
  const last = packet.length - 1
  let at = 8
  while (at < last && packet[at] !== 0) {
    const nameEnd = packet.indexOf(0, at)
    const valueEnd = packet.indexOf(0, nameEnd + 1)
    if (nameEnd < 0 || valueEnd < 0) throw noTerminator()
    parameters.set(packet.toString('utf8', at, nameEnd), packet.toString('utf8', nameEnd + 1, valueEnd))
    at = valueEnd + 1
  }
  // An empty name is the terminator, and has to be the end.
  if (at !== last || packet[at] !== 0) throw noTerminator()
  return parameters
}

function noTerminator(): ProtocolFault {
  return new ProtocolFault('bad_startup', 'invalid startup packet layout: expected terminator as last byte')
}

/** The server takes every text that `parse_bool` takes, beginnings of words too (src/backend/tcop/backend_startup.c). */
function replicationOf(value: string | undefined): Startup['replication'] {
  if (value === undefined) return undefined
  const text = value.toLowerCase()
  if (text === 'database') return 'logical'
  const isOff =
    text === '0' ||
    (text !== '' && ('false'.startsWith(text) || 'no'.startsWith(text))) ||
    /^off?$/.test(text)
  return isOff ? undefined : 'physical'
}
