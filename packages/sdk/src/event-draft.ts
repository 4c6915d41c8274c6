/** Whatever JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** What happened, in detail. The log knows the keys sql, dialect, database, login, durationMs, rows, bytes and error. */
export type EventData = { [key: string]: Json }

/** Who did it; needs an id, a name or an email. */
export type Actor = {
  type: 'user' | 'service' | 'api_key' | 'system' | 'ai_agent' | 'anonymous'
  id?: string | undefined
  name?: string | undefined
  email?: string | undefined
}

/** What it was done to. */
export type Target = { type: string; id?: string | undefined; name?: string | undefined }

/** Where it came from. */
export type EventContext = {
  ip?: string | undefined
  userAgent?: string | undefined
  application?: string | undefined
  sessionId?: string | undefined
  requestId?: string | undefined
}

/** An event as an application sends it: only `type` and `actor` are required. */
export type EventDraft = {
  /** Any UUID; made if absent. The log stores the same id once. */
  id?: string | undefined
  /** Such as `query` or `report.shared`: a lower-case letter, then up to 63 of `a-z 0-9 _ .` */
  type: string
  /** RFC 3339 with up to microseconds; the time of the call of `record` if absent. */
  occurredAt?: string | undefined
  actor: Actor
  /** `success` if absent. */
  outcome?: 'success' | 'failure' | 'denied' | undefined
  data?: EventData
  targets?: Target[] | undefined
  context?: EventContext | undefined
}
