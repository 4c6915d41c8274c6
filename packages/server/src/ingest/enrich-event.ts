import { attributeEvent } from '@aleph-audit-log/domain/attribution/attribute-event'
import { emptyPeopleIndex, type PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import type {
  Attribution,
  AuditEvent,
  EnrichedEvent,
  EventData,
  Json,
  Statement,
} from '@aleph-audit-log/domain/event'
import { maskPasswords } from '@aleph-audit-log/domain/sql/mask-passwords'

/** The way an event came in. */
export type Way = {
  workspaceId: string
  /** `api`, `app`, or the id of an integration. */
  source: string
  /** Set by a capture, which has the login from the database's own log: what that proves. Others only assert one. */
  attributionOf?: (data: EventData) => Attribution | undefined
}

/** What enriching needs of the server. */
export type Enriching = {
  /** Eight hex digits in place of a secret. */
  redactSecret: (secret: string) => string
  /** What a text of SQL does. */
  readStatement: (sql: string, dialect: string | undefined) => Statement
}

/**
 * Adds what the sender does not say: whose log it belongs to, the way it came in, the hash of what was sent, what its
 * SQL does, and the person behind a shared login, as the workspace's directory knows people. Secrets in SQL are masked
 * here, before anything is written, and before SQL and tool comments are read: neither can tell one.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  { redactSecret, readStatement }: Enriching,
  people: PeopleIndex = emptyPeopleIndex,
): EnrichedEvent {
  const masked = event.data === undefined ? event : { ...event, data: maskData(event.data, redactSecret) }
  const { source, attributionOf } = way
  const captured = attributionOf?.(event.data ?? {})
  const isCapture = attributionOf !== undefined
  const statement = masked.data === undefined ? undefined : statementOf(masked.data, readStatement)
  return {
    ...masked,
    ...(statement === undefined ? {} : { statement }),
    ...attributeEvent(masked, { source, captured, isCapture }, people),
    workspaceId: way.workspaceId,
    source,
    contentHash,
  }
}

function statementOf(
  { sql, dialect }: EventData,
  readStatement: Enriching['readStatement'],
): Statement | undefined {
  if (typeof sql !== 'string' || sql.trim() === '') return undefined
  return readStatement(sql, typeof dialect === 'string' ? dialect : undefined)
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
