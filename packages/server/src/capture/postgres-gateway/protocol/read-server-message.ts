import { zeroIn } from './read-bind.ts'
import type { ErrorFacts, TransactionState } from './statement-facts.ts'

/** The code, message and severity of an ErrorResponse; where it was cut, as much as there is. */
export function readError(body: Buffer, start: number, end: number): ErrorFacts {
  const error: ErrorFacts = { code: 'XX000', message: '', severity: 'ERROR' }
  let isNeutral = false
  for (let at = start; at < end && body[at] !== 0;) {
    const field = body[at]
    const to = zeroIn(body, at + 1, end)
    if (field === 0x43) error.code = body.toString('latin1', at + 1, to)
    else if (field === 0x4d) error.message = body.toString('utf8', at + 1, to)
    else if (field === 0x56 || (field === 0x53 && !isNeutral)) {
      // V is never translated, S may be; servers before 9.6 send S alone.
      isNeutral ||= field === 0x56
      error.severity = body.toString('utf8', at + 1, to)
    }
    at = to + 1
  }
  return error
}

/** Whether the session is over with this error. */
export function isFatal({ severity }: ErrorFacts): boolean {
  return severity === 'FATAL' || severity === 'PANIC'
}

/** A ParameterStatus. */
export function readParameter(body: Buffer, start: number, end: number): { name: string; value: string } {
  const nameEnd = zeroIn(body, start, end)
  const valueFrom = Math.min(nameEnd + 1, end)
  const valueEnd = zeroIn(body, valueFrom, end)
  return {
    name: body.toString('latin1', start, nameEnd),
    value: body.toString('utf8', valueFrom, valueEnd),
  }
}

/** The byte of ReadyForQuery. */
export function readTransactionState(status: number | undefined): TransactionState {
  if (status === 0x54) return 'in_transaction'
  return status === 0x45 ? 'failed' : 'idle'
}

/** The state after a statement of which a later ReadyForQuery will tell more. */
export function transactionAfter(before: TransactionState, tag: string): TransactionState {
  if (tag === 'BEGIN' || tag === 'START TRANSACTION') return 'in_transaction'
  return tag === 'COMMIT' || tag === 'ROLLBACK' || tag === 'PREPARE TRANSACTION' ? 'idle' : before
}

/** The number at the end of a tag such as `INSERT 0 5`; undefined where it has none. */
export function rowsOfTag(tag: string): number | undefined {
  const digits = /\d{1,15}$/.exec(tag)
  return digits === null ? undefined : Number(digits[0])
}

/** The types that a ParameterDescription tells. */
export function readParameterTypes(body: Buffer, start: number, end: number): number[] {
  const types: number[] = []
  const count = start + 2 <= end ? body.readUInt16BE(start) : 0
  for (let i = 0, at = start + 2; i < count && at + 4 <= end; i++, at += 4) types.push(body.readUInt32BE(at))
  return types
}

const passwordMethods: ReadonlyMap<number, string> = new Map([
  [3, 'password'],
  [5, 'md5'],
  [7, 'gss'],
  [9, 'sspi'],
  [10, 'scram-sha-256'],
])

/** How the server wants a client to prove who it is; undefined for what is no request. */
export function readAuthenticationMethod(body: Buffer, start: number, end: number): string | undefined {
  const code = end - start >= 4 ? body.readInt32BE(start) : -1
  if (code === 10 && body.toString('latin1', start + 4, end).startsWith('OAUTHBEARER')) return 'oauth'
  return passwordMethods.get(code)
}
