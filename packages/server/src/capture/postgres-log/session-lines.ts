import type { PostgresLogLimits } from './log-limits.ts'
import type {
  Authentication,
  EntryError,
  EntrySource,
  EntrySql,
  SessionLinesState,
  SessionState,
} from './log-position.ts'
import type { EntryMessage, LogEntry } from './to-log-entry.ts'

type Told = { source: EntrySource; authentication?: Authentication }

/** Something that happened in a session, put together from its lines. */
export type SessionEvent =
  | (Told & {
      kind: 'query'
      statement?: EntrySql
      functionName?: string
      durationMs?: number
      error?: EntryError
      /** The log did not tell in time how the statement ended. */
      endNotLogged?: true
    })
  | (Told & { kind: 'session_started'; error?: EntryError })
  | (Told & { kind: 'session_ended'; durationMs: number; error?: EntryError })
  /** Lines `from` to `to` of a session are missing in the log. */
  | { kind: 'gap'; source: EntrySource; from: number; to: number }

/**
 * Joins the lines of each session, in the order of the log. Owns what must be known of earlier lines: the last line
 * number, who signed in and how, and a statement whose end has not been told. No effects: the same entries and times
 * give the same events, and `state()` is all that is needed to go on elsewhere.
 *
 * One event comes of one statement. With `log_min_duration_statement=0` a line tells all of it. With `log_statement`
 * the statement's line comes before it runs: it waits for the line with its duration, its error, the session's next
 * statement or its end (then it ended well, since errors are always logged); if none comes in `pendingMsMax` it is told
 * with `endNotLogged`. Durations, parse and bind lines and further fetches make no events.
 */
export class SessionLines {
  readonly #limits: PostgresLogLimits
  readonly #sessions: Map<string, SessionState>
  readonly #ended: Map<string, number>
  #knownSinceSeconds: number | undefined
  #pendingBytes = 0
  /** Sessions that were forgotten while they may have gone on: gaps in them go unnoticed. */
  evicted = 0
  /** Lines that had been read before. */
  repeated = 0

  constructor(limits: PostgresLogLimits, state?: SessionLinesState) {
    this.#limits = limits
    this.#sessions = new Map(structuredClone(state?.sessions))
    this.#ended = new Map(state?.ended)
    this.#knownSinceSeconds = state?.knownSinceSeconds
    for (const session of this.#sessions.values()) this.#pendingBytes += bytesOf(session)
  }

  /** A copy of the state, as JSON. */
  state(): SessionLinesState {
    const sessions = [...this.#sessions].map(([id, session]): [string, SessionState] => [id, { ...session }])
    return {
      ...(this.#knownSinceSeconds === undefined ? {} : { knownSinceSeconds: this.#knownSinceSeconds }),
      sessions,
      ended: [...this.#ended],
    }
  }

  /** Takes the next line of the log, read at `nowMs`. */
  add({ source, message }: LogEntry, nowMs: number): SessionEvent[] {
    const events: SessionEvent[] = []
    const session = this.#follow(source, events)
    if (session === undefined) return events
    this.#apply(session, source, message, nowMs, events)
    return events
  }

  /** Tells of the statements that have waited too long for their end. */
  expire(nowMs: number): SessionEvent[] {
    const events: SessionEvent[] = []
    if (this.#pendingBytes === 0) return events
    for (const session of this.#sessions.values()) {
      const since = session.pending?.sinceMs
      if (since !== undefined && nowMs - since >= this.#limits.pendingMsMax) {
        this.#finishPending(session, events, { endNotLogged: true })
      }
    }
    return events
  }

  /** Finds the session of a line and checks its number; undefined for a line that was read before. */
  #follow(source: EntrySource, events: SessionEvent[]): SessionState | undefined {
    const { sessionId, lineNum } = source
    // The second after the first line that was ever read: sessions that began later are seen whole.
    this.#knownSinceSeconds ??= Math.ceil(Date.parse(source.timestamp) / 1000) + 1
    const session = this.#sessions.get(sessionId) ?? this.#newSession(source)
    if (lineNum <= session.lastLine) {
      this.repeated++
      return undefined
    }
    if (lineNum > session.lastLine + 1) {
      this.#finishPending(session, events, { endNotLogged: true })
      events.push({ kind: 'gap', source, from: session.lastLine + 1, to: lineNum - 1 })
    }
    session.lastLine = lineNum
    // Moves it to the end: the first of the map is the one to forget.
    this.#sessions.delete(sessionId)
    this.#sessions.set(sessionId, session)
    this.#ended.delete(sessionId)
    if (this.#sessions.size > this.#limits.sessionsMax) this.#evict(events)
    return session
  }

  #newSession(source: EntrySource): SessionState {
    const startSeconds = source.sessionStartSeconds
    const seenWhole = this.#knownSinceSeconds !== undefined && startSeconds >= this.#knownSinceSeconds
    const lastLine = this.#ended.get(source.sessionId) ?? (seenWhole ? 0 : source.lineNum - 1)
    return { lastLine, startSeconds, open: false }
  }

  #evict(events: SessionEvent[]): void {
    for (const [id, session] of this.#sessions) {
      this.#finishPending(session, events, { endNotLogged: true })
      this.#sessions.delete(id)
      this.evicted++
      this.#knownSinceSeconds = Math.max(this.#knownSinceSeconds ?? 0, session.startSeconds + 1)
      return
    }
  }

  #apply(
    session: SessionState,
    source: EntrySource,
    message: EntryMessage,
    nowMs: number,
    events: SessionEvent[],
  ): void {
    switch (message.kind) {
      case 'statement':
        this.#statement(session, source, message, nowMs, events)
        break
      case 'function_call': {
        const { name: functionName, durationMs } = message
        this.#finishPending(session, events)
        session.open = true
        events.push({
          ...told(session, source),
          kind: 'query',
          functionName,
          ...optionalDuration(durationMs),
        })
        break
      }
      case 'duration':
        this.#finishPending(session, events, { durationMs: message.durationMs })
        break
      case 'error':
        this.#error(session, source, message, events)
        break
      case 'authenticated':
        session.authentication = { identity: message.identity, method: message.method }
        break
      case 'authorized': {
        session.open = true
        const { application = source.application } = message
        const known = application === undefined ? source : { ...source, application }
        events.push({ ...told(session, known), kind: 'session_started' })
        break
      }
      case 'disconnected':
        this.#finishPending(session, events)
        events.push({
          ...told(session, source),
          kind: 'session_ended',
          durationMs: message.durationMs,
          ...(session.lastError === undefined ? {} : { error: session.lastError }),
        })
        this.#end(source)
        break
      case 'translated':
      case 'other':
        break
    }
  }

  #statement(
    session: SessionState,
    source: EntrySource,
    { statement, durationMs }: Extract<EntryMessage, { kind: 'statement' }>,
    nowMs: number,
    events: SessionEvent[],
  ): void {
    this.#finishPending(session, events)
    session.open = true
    if (durationMs !== undefined) {
      // The case of nearly every line: no spread.
      const event: SessionEvent = { kind: 'query', source, statement, durationMs }
      if (session.authentication !== undefined) event.authentication = session.authentication
      events.push(event)
      return
    }
    session.pending = { source, statement, sinceMs: nowMs }
    this.#pendingBytes += bytesOf(session)
    if (this.#pendingBytes > this.#limits.pendingBytesMax) this.#relievePending(events)
  }

  /** Tells the statements that have waited longest, until what waits fits again. */
  #relievePending(events: SessionEvent[]): void {
    for (const session of this.#sessions.values()) {
      if (this.#pendingBytes <= this.#limits.pendingBytesMax) return
      this.#finishPending(session, events, { endNotLogged: true })
    }
  }

  #error(
    session: SessionState,
    source: EntrySource,
    { error, statement, ends }: Extract<EntryMessage, { kind: 'error' }>,
    events: SessionEvent[],
  ): void {
    const { pending } = session
    if (pending !== undefined && statement !== undefined && pending.statement.sql === statement.sql) {
      // The line before told the same statement, and its parameters.
      this.#dropPending(session)
      events.push({ ...told(session, source), kind: 'query', statement: pending.statement, error })
    } else {
      this.#finishPending(session, events)
      if (statement !== undefined) events.push({ ...told(session, source), kind: 'query', statement, error })
      else if (!isClient(source)) return
      else if (!ends) events.push({ ...told(session, source), kind: 'query', error })
      else if (isSigningIn(session, source)) {
        events.push({ ...told(session, source), kind: 'session_started', error })
        // No line tells the end of a session that did not come about.
        this.#end(source)
      }
    }
    if (ends) session.lastError = error
  }

  #finishPending(
    session: SessionState,
    events: SessionEvent[],
    end: { durationMs?: number; endNotLogged?: true } = {},
  ): void {
    const { pending } = session
    if (pending === undefined) return
    this.#dropPending(session)
    events.push({ ...told(session, pending.source), kind: 'query', statement: pending.statement, ...end })
  }

  #dropPending(session: SessionState): void {
    this.#pendingBytes -= bytesOf(session)
    delete session.pending
  }

  #end(source: EntrySource): void {
    this.#sessions.delete(source.sessionId)
    this.#ended.set(source.sessionId, source.lineNum)
    for (const id of this.#ended.keys()) {
      if (this.#ended.size <= this.#limits.endedSessionsMax) return
      this.#ended.delete(id)
    }
  }
}

function told(session: SessionState, source: EntrySource): Told {
  return {
    source,
    ...(session.authentication === undefined ? {} : { authentication: session.authentication }),
  }
}

function optionalDuration(durationMs: number | undefined): { durationMs?: number } {
  return durationMs === undefined ? {} : { durationMs }
}

/** What a waiting statement weighs; a rough measure is enough for a limit. */
function bytesOf({ pending }: SessionState): number {
  if (pending === undefined) return 0
  const { sql, bind } = pending.statement
  return sql.length * 2 + (bind === undefined ? 0 : JSON.stringify(bind).length * 2) + 500
}

/** False for background processes: their errors are nobody's action. */
export function isClient(source: EntrySource): boolean {
  const { backendType } = source
  return backendType === undefined || ['client backend', 'walsender', 'not initialized'].includes(backendType)
}

/** `ps` tells it, unless `update_process_title` is off. */
function isSigningIn(session: SessionState, source: EntrySource): boolean {
  if (source.ps === 'authentication' || source.ps === 'startup') return true
  return source.ps === undefined && !session.open
}
