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
  /** What a capture that reads the database's own log knows about the person; others can only assert a login. */
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
 * SQL does, and the database login behind it. Secrets in SQL are masked here, before anything is written or read.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  { redactSecret, readStatement }: Enriching,
): EnrichedEvent {
  const attribution = (way.attributionOf ?? assertedLogin)(event.data ?? {})
  const data = event.data === undefined ? undefined : maskData(event.data, redactSecret)
  const statement = data === undefined ? undefined : statementOf(data, readStatement)
  return {
    ...event,
    ...(data === undefined ? {} : { data }),
    workspaceId: way.workspaceId,
    source: way.source,
    contentHash,
    ...(statement === undefined ? {} : { statement }),
    ...(attribution === undefined ? {} : { attribution }),
  }
}

function statementOf(
  { sql, dialect }: EventData,
  readStatement: Enriching['readStatement'],
): Statement | undefined {
  if (typeof sql !== 'string' || sql.trim() === '') return undefined
  return readStatement(sql, typeof dialect === 'string' ? dialect : undefined)
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
