import { attributeEvent } from '@aleph-audit-log/domain/attribution/attribute-event'
import { emptyPeopleIndex, type PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import type { Attribution, AuditEvent, EnrichedEvent, EventData, Json } from '@aleph-audit-log/domain/event'
import { maskPasswords } from '@aleph-audit-log/domain/sql/mask-passwords'

/** The way an event came in. */
export type Way = {
  workspaceId: string
  /** `api`, `app`, or the id of an integration. */
  source: string
  /** Set by a capture, which has the login from the database's own log: what that proves. Others only assert one. */
  attributionOf?: (data: EventData) => Attribution | undefined
}

/**
 * Adds what the sender does not say: whose log it belongs to, the way it came in, the hash of what was sent, and the
 * person behind a shared login, as the workspace's directory knows people. Secrets in SQL are masked here, before
 * anything is written, and before tool comments are read: no claim can tell one.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  redactSecret: (secret: string) => string,
  people: PeopleIndex = emptyPeopleIndex,
): EnrichedEvent {
  const masked = event.data === undefined ? event : { ...event, data: maskData(event.data, redactSecret) }
  const { source, attributionOf } = way
  const captured = attributionOf?.(event.data ?? {})
  const isCapture = attributionOf !== undefined
  const attributed = attributeEvent(masked, { source, captured, isCapture }, people)
  return { ...masked, ...attributed, workspaceId: way.workspaceId, source, contentHash }
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
