import type { Actor, EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { databases, type DatabaseName } from './databases.ts'
import { chooseFailure, type Failure } from './failures.ts'
import type { MadeEvent } from './made-event.ts'
import { domain, type Person } from './people.ts'
import { fillTemplate, type QueryTemplate } from './query-template.ts'
import type { Random } from './random.ts'
import type { Comment } from './tool-comments.ts'

/** A connection to a database, and who made it. */
export type Client = {
  actor: Actor
  login: string
  database: DatabaseName
  application?: string
  ip: string
  userAgent?: string
  sessionId: string
  /** How the database made sure of the person. */
  authentication?: { identity: string; method: string }
  comment?: (template: QueryTemplate) => Comment
  timeoutMs: number
}

/** A person's own login, as which the directory lets them in. */
export function personClient(
  person: Person,
  database: DatabaseName,
  application: string,
  random: Random,
  ms: number,
): Client {
  const isLake = database === 'lake'
  return {
    actor: { type: 'user', id: person.login, name: person.name, email: person.email },
    login: isLake ? person.email : person.login,
    database,
    application,
    ip: person.ip,
    sessionId: makeSessionId(random, ms, isLake),
    ...(isLake
      ? {}
      : {
          authentication: {
            identity: `uid=${person.login},ou=people,dc=${domain.replace('.', ',dc=')}`,
            method: 'ldap',
          },
        }),
    timeoutMs: 120_000,
  }
}

/** PostgreSQL's session ids are the second of the connection and the process id in hex. */
export function makeSessionId(random: Random, ms: number, isLake = false): string {
  if (isLake) return `bquxjob_${random.hex(8)}_${random.hex(11)}`
  return `${Math.floor(ms / 1000).toString(16)}.${random.integer(4_000, 900_000).toString(16)}`
}

/** Unix milliseconds with a fraction as a canonical time, to the microsecond. */
export function toTime(ms: number): string {
  const micros = Math.floor((ms - Math.floor(ms)) * 1000)
  return `${timeFromMs(Math.floor(ms)).slice(0, 23)}${String(micros).padStart(3, '0')}Z`
}

export type QueryOptions = {
  random: Random
  /** When the statement begins, Unix milliseconds. */
  ms: number
  client: Client
  template: QueryTemplate
  failureRate: number
  routine: boolean
  /** Instead of what the template makes likely. */
  rows?: number
  failure?: Failure
}

/** Queries of single customers never return so many rows: what does is worth a look. */
const routineRowsMax = 90_000

/** A run of a template: an event of type `query`, which happens when the statement ends. */
export function makeQuery({
  random,
  ms,
  client,
  template,
  failureRate,
  routine,
  ...given
}: QueryOptions): MadeEvent {
  const database = databases[template.database]
  const filled = fillTemplate(template, random, ms)
  const { head = '', tail = '' } = client.comment?.(template) ?? {}
  const failure =
    given.failure ??
    (random.chance(failureRate)
      ? chooseFailure({
          template,
          sql: filled.sql,
          random,
          timeoutMs: client.timeoutMs,
          byHand: client.actor.type === 'user',
        })
      : undefined)
  const sql = `${head}${failure?.sql ?? filled.sql}${tail}`
  const durationMs = failure?.durationMs ?? random.logNormal(template.durationMs, 0.7)
  // `sql` stands first, so that it is what people see first where the data is shown as JSON.
  const data: EventData = { sql, dialect: database.dialect, database: database.name, login: client.login }
  data['durationMs'] = Math.round(durationMs * 1000) / 1000
  if (!failure) addResult(data, template, random, routine, given.rows)
  else data['error'] = { code: failure.code, message: failure.message }
  if (client.authentication) data['authentication'] = client.authentication
  const { literal } = filled
  // A statement is told when it has ended.
  const endMs = ms + durationMs
  return {
    draft: draftOf(client, 'query', endMs, data, failure?.outcome),
    ms: endMs,
    source: database.source,
    ...(failure?.code === '42601' ? {} : { template }),
    lagMs: 40 + random.logNormal(180, 0.6),
    ...(literal === undefined || failure?.code === '42601'
      ? {}
      : { literal: { start: head.length + literal.start, end: head.length + literal.end } }),
    routine,
  }
}

function addResult(
  data: EventData,
  template: QueryTemplate,
  random: Random,
  routine: boolean,
  rows?: number,
): void {
  if (rows !== undefined) data['rows'] = rows
  else if (template.rows === 1) data['rows'] = 1
  else if (template.rows !== undefined) {
    const likely = Math.round(random.logNormal(template.rows, 0.8))
    data['rows'] = routine && template.kind === 'read' ? Math.min(likely, routineRowsMax) : likely
  }
  if (template.database === 'lake' && template.kind === 'read') {
    data['bytes'] = Math.round(random.logNormal(2.4e9, 1.4))
  }
}

/** The beginning or the end of a connection, as PostgreSQL's log tells it. */
export function makeSessionEvent(
  type: 'session_started' | 'session_ended',
  {
    random,
    ms,
    client,
    durationMs,
    error,
  }: {
    random: Random
    ms: number
    client: Client
    durationMs?: number
    error?: { code: string; message: string }
  },
): MadeEvent {
  const data: EventData = { database: client.database, login: client.login }
  if (durationMs !== undefined) data['durationMs'] = Math.round(durationMs * 1000) / 1000
  if (client.authentication) data['authentication'] = client.authentication
  if (error) data['error'] = error
  return {
    draft: draftOf(client, type, ms, data, error ? 'denied' : undefined),
    ms,
    source: databases[client.database].source,
    lagMs: 40 + random.logNormal(180, 0.6),
    routine: true,
  }
}

function draftOf(
  client: Client,
  type: string,
  ms: number,
  data: EventData,
  outcome: EventDraft['outcome'],
): MadeEvent['draft'] {
  const { ip, application, userAgent, sessionId } = client
  return {
    type,
    occurredAt: toTime(ms),
    actor: client.actor,
    ...(outcome === undefined ? {} : { outcome }),
    data,
    context: {
      ip,
      ...(application === undefined ? {} : { application }),
      ...(userAgent === undefined ? {} : { userAgent }),
      sessionId,
    },
  }
}
