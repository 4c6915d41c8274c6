import type { Attribution, AuditEvent, EnrichedEvent, EventData, Json } from '@aleph-audit-log/domain/event'
import { maskPasswords } from '@aleph-audit-log/domain/sql/mask-passwords'

/** The way an event came in. */
export type Way = {
  workspaceId: string
  /** `api`, `app`, or the id of an integration. */
  source: string
  /** What a capture that reads the database's own log knows about the person; others can only assert a login. */
  attributionOf?: (data: EventData) => Attribution | undefined
}

/**
 * Adds what the sender does not say: whose log it belongs to, the way it came in, the hash of what was sent, and the
 * database login behind a statement. Secrets in SQL are masked here, before anything is written.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  redactSecret: (secret: string) => string,
): EnrichedEvent {
  const attribution = (way.attributionOf ?? assertedLogin)(event.data ?? {})
  return {
    ...event,
    ...(event.data === undefined ? {} : { data: maskData(event.data, redactSecret) }),
    workspaceId: way.workspaceId,
    source: way.source,
    contentHash,
    ...(attribution === undefined ? {} : { attribution }),
  }
}

function assertedLogin({ login }: EventData): Attribution | undefined {
  return typeof login === 'string' && login !== '' ? { login, trust: 'asserted' } : undefined
}

/** A text without these words sets no password, and most have neither: they are not scanned. */
const mayHoldPassword = /passw|identif/i

/** Masks the passwords of role statements in `sql`, and what an error message quotes of them. */
function maskData(data: EventData, redactSecret: (secret: string) => string): EventData {
  const { sql, error } = data
  if (typeof sql !== 'string' || !mayHoldPassword.test(sql)) return data
  const { text, hasPassword, maskBeside } = maskPasswords(sql, redactSecret)
  if (!hasPassword) return data
  return { ...data, sql: text, ...(error === undefined ? {} : { error: maskError(error, maskBeside) }) }
}

function maskError(error: Json, mask: (text: string) => string): Json {
  if (typeof error === 'string') return mask(error)
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return error
  const { message } = error
  return typeof message === 'string' ? { ...error, message: mask(message) } : error
}
