import { hash } from 'node:crypto'
import { isIP } from 'node:net'
import type { PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import type { Actor, Attribution, EventContext, EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { idFromHash } from '../../ingest/create-event-id.ts'
import type { TooOld } from '../deliver-drafts.ts'
import { loginActor, outcomeOfSqlState, provingMethods } from '../login-actor.ts'
import type { EntrySource, FilePosition } from './log-position.ts'
import { isClient, type SessionEvent } from './session-lines.ts'

export type DraftOptions = {
  integrationId: string
  /** Who is behind a login, by login. */
  logins: ReadonlyMap<string, PostgresLogSettings['logins'][number]>
}

/** Acts of the reader itself: what is missing in the log, or was refused by ours. */
export const readerActor: Actor = { type: 'system', id: 'postgres_log_reader', name: 'PostgreSQL log reader' }

/**
 * The event for what happened in a session. Types: `query`; `session_started` (a sign-in, also one that failed: with
 * an error and outcome denied or failure); `session_ended`; `log_gap_detected`. `occurredAt` is the time of the log
 * line, which PostgreSQL writes when a statement ends. The id follows from the integration and the line, so a line
 * that is read twice makes the same event.
 */
export function toDraft(event: SessionEvent, options: DraftOptions): EventDraft {
  const { source } = event
  const id = lineEventId(options.integrationId, source, event.kind)
  if (event.kind === 'gap') {
    const data: EventData = {
      reason: 'lines_missing',
      sessionId: source.sessionId,
      from: event.from,
      to: event.to,
    }
    addWhoAndWhere(data, source)
    return gapDraft(id, source.timestamp, data)
  }
  return {
    id,
    type: event.kind,
    occurredAt: source.timestamp,
    actor: actorOf(source, options),
    outcome: outcomeOfSqlState(event.error?.code),
    data: dataOf(event),
    context: contextOf(source),
  }
}

/** An event for a part of the log that is gone: its file was removed or cut before it had been read to the end. */
export function toFileLostDraft(file: FilePosition, occurredAt: string, options: DraftOptions): EventDraft {
  const id = idOf(options.integrationId, 'file_lost', file.head, String(file.offset))
  return gapDraft(id, occurredAt, { reason: 'file_lost', file: file.path, offset: file.offset })
}

/** An event that tells of events the log refused as older than its retention. */
export function toTooOldDraft(tooOld: TooOld, occurredAt: string, options: DraftOptions): EventDraft {
  const { count, oldest, newest } = tooOld
  return {
    id: idOf(options.integrationId, 'events_too_old', oldest, newest, String(count)),
    type: 'events_too_old',
    occurredAt,
    actor: readerActor,
    outcome: 'failure',
    data: { count, oldest, newest },
  }
}

/** An event in place of one that the log refused: what it was and why, without its content. */
export function toRefusedDraft(
  refused: EventDraft,
  reasons: readonly string[],
  occurredAt: string,
  options: DraftOptions,
): EventDraft {
  return {
    id: idOf(options.integrationId, 'log_event_refused', refused.id ?? ''),
    type: 'log_event_refused',
    occurredAt,
    actor: readerActor,
    outcome: 'failure',
    data: {
      eventId: refused.id ?? '',
      eventType: refused.type,
      eventTime: refused.occurredAt ?? '',
      reasons: [...reasons],
    },
  }
}

/**
 * Who is behind an event of this capture, and how sure that is: `proven` only where the database authenticated the
 * person (a certificate, LDAP, OAuth...), otherwise `asserted`. For the step that enriches events; believe it only of
 * drafts that come from this capture, since any sender can write such data.
 */
export function readPostgresAttribution(data: EventData): Attribution | undefined {
  const { login, authentication } = data
  if (typeof login !== 'string') return undefined
  if (typeof authentication !== 'object' || authentication === null || Array.isArray(authentication)) {
    return { login, trust: 'asserted' }
  }
  const { identity, method } = authentication
  if (typeof identity !== 'string' || typeof method !== 'string' || !provingMethods.has(method)) {
    return { login, trust: 'asserted' }
  }
  return { login, claimed: { id: identity }, trust: 'proven' }
}

function lineEventId(integrationId: string, source: EntrySource, kind: SessionEvent['kind']): string {
  return idOf(integrationId, source.sessionId, String(source.lineNum), source.sessionStart, kind)
}

/** A UUID of version 8 from the SHA-256 of these texts. */
function idOf(...parts: string[]): string {
  return idFromHash(hash('sha256', JSON.stringify(parts)))
}

function gapDraft(id: string, occurredAt: string, data: EventData): EventDraft {
  return { id, type: 'log_gap_detected', occurredAt, actor: readerActor, outcome: 'failure', data }
}

// Assignments instead of spread: this runs for each event, and a flood of them must not outrun it.
function dataOf(event: Exclude<SessionEvent, { kind: 'gap' }>): EventData {
  const { source, error, authentication } = event
  const data: EventData = {}
  if (event.kind === 'query') addQuery(data, event)
  else if (event.kind === 'session_ended') data['durationMs'] = event.durationMs
  addWhoAndWhere(data, source)
  // How somebody signed in stands in the sign-in; in what follows only where it names a person.
  if (authentication !== undefined) {
    const isTold = event.kind === 'session_started' || provingMethods.has(authentication.method)
    if (isTold) data['authentication'] = authentication
  }
  if (error !== undefined) data['error'] = error
  return data
}

function addQuery(data: EventData, event: Extract<SessionEvent, { kind: 'query' }>): void {
  const { statement, functionName, durationMs, endNotLogged, source } = event
  if (statement !== undefined) Object.assign(data, statement)
  data['dialect'] = 'postgres'
  if (functionName !== undefined) data['functionName'] = functionName
  if (durationMs !== undefined) data['durationMs'] = durationMs
  if (endNotLogged !== undefined) data['endNotLogged'] = endNotLogged
  if (source.queryId !== undefined) data['queryId'] = source.queryId
}

function addWhoAndWhere(data: EventData, source: EntrySource): void {
  const { login, database, host, timeEstimated, notUtf8 } = source
  if (database !== undefined) data['database'] = database
  if (login !== undefined) data['login'] = login
  if (host !== undefined && host !== '[local]' && isIP(host) === 0) data['clientHost'] = host
  if (timeEstimated !== undefined) data['timeEstimated'] = timeEstimated
  if (notUtf8 !== undefined) data['notUtf8'] = notUtf8
}

function actorOf(source: EntrySource, { logins }: DraftOptions): Actor {
  const { login } = source
  if (login === undefined) {
    return isClient(source)
      ? { type: 'anonymous', name: 'not signed in' }
      : { type: 'system', id: 'postgresql', name: 'PostgreSQL' }
  }
  return loginActor(login, logins)
}

function contextOf({ host, application, sessionId }: EntrySource): EventContext {
  const context: EventContext = {}
  if (host !== undefined && isIP(host) !== 0) context.ip = host
  if (application !== undefined) context.application = application
  context.sessionId = sessionId
  return context
}
