import { hash } from 'node:crypto'
import type { Attribution, EventContext, EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { maskSql, maskText, type MaskedText } from '@aleph-audit-log/domain/secrets/mask-secrets'
import { createEventId } from '../../ingest/create-event-id.ts'
import { fitText } from '../fit-text.ts'
import { gatewaySessionEventId, type ServerSession } from '../gateway-sessions.ts'
import { loginActor, outcomeOfSqlState, provingMethods, type LoginPerson } from '../login-actor.ts'
import { addBind } from './bind-data.ts'
import type { SessionEnd, SessionFacts } from './gateway-facts.ts'
import type { ErrorFacts, Intent, SqlText, StatementFacts } from './protocol/statement-facts.ts'

export type GatewayDraftOptions = {
  /** Of the integration. */
  gatewayId: string
  /** A keyed hash in hex: what is masked can be recognised, not read. */
  hashSecret: (secret: string) => string
  /** `none`: how many; `types`: types and lengths; `full`: the values as well. */
  bindParameters: 'none' | 'types' | 'full'
  /** Who is behind a login, by login. */
  logins: ReadonlyMap<string, LoginPerson>
}

/** Parts of an event, as JSON; together they stay below `eventLimits.eventBytesMax`. */
const sqlBytesMax = 320 * 1024
const preparedSqlBytesMax = 64 * 1024
const errorBytesMax = 16 * 1024
const textUnitsMax = 1024

/** The event of a sign-in: `session_started`; one that failed has the error and the outcome denied or failure. */
export function toSessionStartedDraft(
  session: SessionFacts,
  error: ErrorFacts | undefined,
  options: GatewayDraftOptions,
): EventDraft {
  const data: EventData = {}
  addSession(data, session)
  data['encrypted'] = session.isEncrypted
  data['protocol'] = session.protocol
  if (session.authentication !== undefined) data['authentication'] = session.authentication
  if (error !== undefined) data['error'] = errorData(error, undefined, options)
  const draft = draftOf('session_started', session, session.startedAtMs, data, options, error)
  const serverSession = serverSessionOf(session)
  if (serverSession !== undefined) draft.id = gatewaySessionEventId(options.gatewayId, serverSession)
  return draft
}

/** The session as the server knows it; undefined where the gateway never was connected to the server for it. */
export function serverSessionOf({
  backendPid = 0,
  serverPort = 0,
  serverConnectedAtMs,
}: SessionFacts): ServerSession | undefined {
  if (serverConnectedAtMs === undefined) return undefined
  return { pid: backendPid, port: serverPort, startedSeconds: Math.floor(serverConnectedAtMs / 1000) }
}

/** The event of a session's end: `session_ended`. */
export function toSessionEndedDraft(
  session: SessionFacts,
  end: SessionEnd,
  options: GatewayDraftOptions,
): EventDraft {
  const { error } = end
  const data: EventData = {
    durationMs: toMs(end.durationMs),
    statements: end.statements,
    bytes: end.bytesFromServer,
    bytesFromClient: end.bytesFromClient,
    cause: end.cause,
  }
  // What was not committed then is taken back by the server.
  if (end.transaction !== 'idle') data['transaction'] = end.transaction
  addSession(data, session)
  if (error !== undefined) data['error'] = errorData(error, undefined, options)
  return draftOf('session_ended', session, end.endedAtMs, data, options, error)
}

/**
 * The event of a statement: `query`. Its time is when the statement began. Denied for SQLSTATE 42501 and class 28, a
 * failure for other errors and where the session ended before the server told (`data.outcomeUnknown`).
 */
export function toQueryDraft(
  session: SessionFacts,
  statement: StatementFacts,
  options: GatewayDraftOptions,
): EventDraft {
  const { error, executions, transaction } = statement
  const masked = maskSql(statement.text.sql ?? '', 'postgres', options.hashSecret)
  const data: EventData = {}
  addSql(data, statement.text, masked)
  data['dialect'] = 'postgres'
  data['durationMs'] = toMs(statement.durationMs)
  if (statement.firstRowMs !== undefined) data['firstRowMs'] = toMs(statement.firstRowMs)
  if (statement.rows !== undefined) data['rows'] = statement.rows
  data['bytes'] = statement.bytes
  if (executions !== 1) data['executions'] = executions
  addStatement(data, statement, options)
  addBind(data, statement, masked.hasSecret, options.bindParameters)
  data['transaction'] = transaction
  addSession(data, session)
  if (session.authentication !== undefined && provingMethods.has(session.authentication.method)) {
    data['authentication'] = session.authentication
  }
  if (error !== undefined) data['error'] = errorData(error, masked, options)
  const draft = draftOf('query', session, statement.startedAt, data, options, error)
  if (statement.isOutcomeUnknown === true) draft.outcome = 'failure'
  if (draft.context !== undefined && statement.application !== undefined) {
    draft.context.application = statement.application.slice(0, textUnitsMax)
  }
  return draft
}

/**
 * The event that a statement which is about to be executed becomes, if nothing more is ever told of it: `query`, a failure
 * of which nobody knows the outcome.
 */
export function toIntentDraft(
  session: SessionFacts,
  intent: Intent,
  options: GatewayDraftOptions,
): EventDraft {
  const masked = maskSql(intent.text.sql ?? '', 'postgres', options.hashSecret)
  const data: EventData = {}
  addSql(data, intent.text, masked)
  data['dialect'] = 'postgres'
  data['protocol'] = intent.protocol
  if (intent.statementName !== undefined) data['statementName'] = intent.statementName.slice(0, textUnitsMax)
  if (intent.functionOid !== undefined) data['functionOid'] = intent.functionOid
  const { before } = intent
  if (before?.sql !== undefined) {
    // Executed in its place if the server does not take the new one.
    data['sqlBefore'] = fitText(
      maskSql(before.sql, 'postgres', options.hashSecret).text,
      preparedSqlBytesMax,
    ).text
  }
  const { bind } = intent
  addBind(
    data,
    bind === undefined ? { executions: 1 } : { bind, executions: 1 },
    masked.hasSecret,
    options.bindParameters,
  )
  addSession(data, session)
  data['outcomeUnknown'] = true
  data['error'] = { code: '', message: 'The gateway ended before the statement did.' }
  return { ...draftOf('query', session, intent.startedAt, data, options, undefined), outcome: 'failure' }
}

/**
 * Who is behind an event of a gateway: `proven` where the client showed the gateway a certificate of its own, or the
 * server's log tells that the server made sure of the person, otherwise `asserted`. Believe it only of drafts that come from a gateway.
 */
export function readGatewayAttribution(data: EventData): Attribution | undefined {
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

function draftOf(
  type: string,
  session: SessionFacts,
  atMs: number,
  data: EventData,
  { logins }: GatewayDraftOptions,
  error: ErrorFacts | undefined,
): EventDraft {
  const context: EventContext = { sessionId: session.id }
  if (session.clientIp !== undefined) context.ip = session.clientIp
  if (session.application !== undefined) context.application = session.application.slice(0, textUnitsMax)
  return {
    id: createEventId(Math.floor(atMs)),
    type,
    occurredAt: toTime(atMs),
    actor: loginActor(session.login.slice(0, textUnitsMax), logins),
    outcome: outcomeOfSqlState(error?.code),
    data,
    context,
  }
}

function addSession(data: EventData, session: SessionFacts): void {
  data['database'] = session.database
  data['login'] = session.login
  if (session.replication !== undefined) data['replication'] = session.replication
  if (session.backendPid !== undefined) data['backendPid'] = session.backendPid
  // What the server's log calls the port of the client.
  if (session.serverPort !== undefined) data['serverPort'] = session.serverPort
  if (session.clientPort !== undefined) data['clientPort'] = session.clientPort
}

/**
 * The SQL as much as an event can hold: with `sqlTruncatedBytes`, the UTF-8 bytes left out, and `sqlHash`, the SHA-256
 * of the whole masked text, where the gateway has read all of it.
 */
function addSql(data: EventData, text: SqlText, masked: MaskedText): void {
  if (text.sql === undefined) {
    if (text.bytes > 0) data['sqlTruncatedBytes'] = text.bytes
    data['sqlNotKept'] = true
    return
  }
  const { text: fitted, cutBytes } = fitText(masked.text, sqlBytesMax)
  data['sql'] = fitted
  const notRead = text.isCut ? Math.max(0, text.bytes - Buffer.byteLength(text.sql)) : 0
  if (cutBytes + notRead > 0) data['sqlTruncatedBytes'] = cutBytes + notRead
  if (cutBytes > 0 && !text.isCut) data['sqlHash'] = hash('sha256', masked.text)
}

function addStatement(data: EventData, statement: StatementFacts, { hashSecret }: GatewayDraftOptions): void {
  const { statementName, preparedSql, functionOid, copy, tag, failedStep, statements } = statement
  data['protocol'] = statement.protocol
  if (statementName !== undefined) data['statementName'] = statementName.slice(0, textUnitsMax)
  if (preparedSql !== undefined) {
    const masked = maskSql(preparedSql, 'postgres', hashSecret)
    data['preparedSql'] = fitText(masked.text, preparedSqlBytesMax).text
  }
  if (functionOid !== undefined) data['functionOid'] = functionOid
  if (copy !== undefined) data['copy'] = copy
  if (tag !== undefined) data['tag'] = tag
  if (failedStep !== undefined) data['failedStep'] = failedStep
  if (statements !== undefined) data['statements'] = statements
  if (statement.isPartial === true) data['partial'] = true
  if (statement.isOutcomeUnknown === true) data['outcomeUnknown'] = true
  if (statement.isRefused === true) data['refused'] = true
}

function errorData(
  { code, message }: ErrorFacts,
  sql: MaskedText | undefined,
  { hashSecret }: GatewayDraftOptions,
): EventData {
  const masked = maskText(message, hashSecret).text
  const { text, cutBytes } = fitText(sql?.maskBeside(masked) ?? masked, errorBytesMax)
  return { code, message: text, ...(cutBytes > 0 ? { messageTruncatedBytes: cutBytes } : {}) }
}

/** Microseconds are what a time can be told in. */
function toMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** Unix time in ms with a fraction as RFC 3339 with microseconds. */
function toTime(ms: number): string {
  const microseconds = Math.round(ms * 1000)
  const whole = Math.floor(microseconds / 1000)
  const rest = String(microseconds - whole * 1000).padStart(3, '0')
  return `${new Date(whole).toISOString().slice(0, -1)}${rest}Z`
}
