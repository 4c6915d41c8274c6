import { AuditError, isAuditError, type ErrorCode } from '@aleph-audit-log/domain/error'
import { DatabaseError } from 'pg'

type Meaning = { code: ErrorCode; message: string; retryAfterSeconds?: number }

const away: Meaning = {
  code: 'unavailable',
  message: 'The settings database cannot be reached at the moment.',
  retryAfterSeconds: 5,
}
const busy: Meaning = {
  code: 'unavailable',
  message: 'The settings database is busy. Try again.',
  retryAfterSeconds: 1,
}
const refused: Meaning = {
  code: 'unavailable',
  message: 'The settings database refuses this server. Its log tells more.',
  retryAfterSeconds: 30,
}

/**
 * SQLSTATEs that somebody can act on (PostgreSQL manual, appendix A), the longest beginning first. Others are bugs.
 */
const meanings: readonly (readonly [string, Meaning])[] = [
  ['53100', { code: 'storage_full', message: 'The disk of the settings database is full.' }],
  ['23505', { code: 'conflict', message: 'Somebody else has just made such a change. Look again.' }],
  // A NUL character, which a text of PostgreSQL cannot hold.
  ['22021', { code: 'invalid', message: 'A text holds a character that cannot be kept.' }],
  // lock_timeout, statement_timeout, serialisation failure, deadlock.
  ['55P03', busy],
  ['57014', busy],
  ['40001', busy],
  ['40P01', busy],
  // A standby, as after a failover.
  ['25006', away],
  ['25P03', away],
  ['42501', refused],
  ['3D000', refused],
  ['3F000', refused],
  ['28', refused],
  // Too many connections, out of memory; shut down, starting up, terminated; connection exceptions.
  ['53', away],
  ['57P', away],
  ['08', away],
]

/** The error as callers know it: an AuditError where PostgreSQL or the way to it is the reason, else itself. */
export function toAuditError(error: unknown): unknown {
  if (error instanceof AuditError) return error
  const meaning = meaningOf(error)
  if (!meaning) return error
  const { code, message, retryAfterSeconds } = meaning
  return new AuditError(code, message, {
    cause: error,
    ...(retryAfterSeconds !== undefined && { facts: { retryAfterSeconds } }),
  })
}

/** Why a server cannot start with these settings, in words for its operator; with nothing of the address but the host. */
export function toStartError(error: unknown, databaseUrl: string): unknown {
  if (!isAuditError(error, 'unavailable')) return error
  const reason = error.cause instanceof Error ? error.cause : error
  // Several addresses of one host that were tried one after the other have no message of their own.
  const words = reason.message === '' ? reason.name : reason.message
  const { host } = new URL(databaseUrl)
  return new AuditError(
    'unavailable',
    `The settings database (AUDIT_DATABASE_URL) at ${host === '' ? 'its socket' : host} cannot be used: ${words}.`,
    { cause: error },
  )
}

/** True if the connection that threw it cannot be used any more, or nobody knows in which state it is. */
export function endsConnection(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return !isProgrammingError(error)
  return error.severity === 'FATAL' || error.severity === 'PANIC'
}

function meaningOf(error: unknown): Meaning | undefined {
  if (!(error instanceof DatabaseError)) {
    // What pg itself throws has no SQLSTATE: refused, reset, timed out, ended.
    return isProgrammingError(error) ? undefined : away
  }
  const sqlState = error.code ?? ''
  return meanings.find(([start]) => sqlState.startsWith(start))?.[1]
}

function isProgrammingError(error: unknown): boolean {
  return !(error instanceof Error) || error instanceof TypeError || error instanceof RangeError
}
