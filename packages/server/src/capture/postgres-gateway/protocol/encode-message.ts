import { backend, frontend } from './message-types.ts'
import type { OwnError } from './own-errors.ts'

/** An ErrorResponse (section "Error and Notice Message Fields"). */
export function encodeError({ severity, code, message, hint }: OwnError): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${message}`]
  if (hint !== undefined) fields.push(`H${hint}`)
  return encodeMessage(backend.errorResponse, Buffer.from(`${fields.join('\0')}\0\0`))
}

export function encodeMessage(type: number, body: Buffer): Buffer {
  const message = Buffer.allocUnsafe(5 + body.length)
  message[0] = type
  message.writeInt32BE(4 + body.length, 1)
  body.copy(message, 5)
  return message
}

/**
 * What goes to the server in the place of a statement that was refused: a statement that must fail, and executes
 * nothing. So the server itself is in the state in which an error leaves it (a failed transaction, messages that are
 * passed over until Sync), and the client's state agrees with it.
 */
export const refusedQuery: Buffer = encodeMessage(
  frontend.query,
  Buffer.from('a statement was refused by the gateway of the audit log\0'),
)

/** The same for Execute: a portal that does not exist. */
export const refusedExecute: Buffer = encodeMessage(
  frontend.execute,
  Buffer.concat([Buffer.from('(refused by the gateway of the audit log)\0'), Buffer.alloc(4)]),
)

const saslCode = 10

/**
 * A list of SASL mechanisms without those that bind to the channel (`SCRAM-SHA-256-PLUS`): the client's channel is not
 * the server's where the gateway ends TLS. Undefined where the message has none of them.
 */
export function withoutChannelBinding(body: Buffer): Buffer | undefined {
  if (body.length < 4 || body.readInt32BE(0) !== saslCode) return undefined
  const mechanisms = body
    .toString('latin1', 4)
    .split('\0')
    .filter((name) => name !== '')
  const kept = mechanisms.filter((name) => !name.endsWith('-PLUS'))
  if (kept.length === mechanisms.length) return undefined
  const names = Buffer.from(`${kept.map((name) => `${name}\0`).join('')}\0`, 'latin1')
  return encodeMessage(backend.authentication, Buffer.concat([body.subarray(0, 4), names]))
}
