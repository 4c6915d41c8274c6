import { expect, test } from 'vitest'
import { postgresLogLimits, type PostgresLogLimits } from './log-limits.ts'
import { LogClock } from './log-time.ts'
import { readLogLine } from './read-log-line.ts'
import { SessionLines, type SessionEvent } from './session-lines.ts'
import { hashSecret, logLine, queryLine, sessionId, type LineFields } from './testing/log-text.ts'
import { toLogEntry, type LogEntry } from './to-log-entry.ts'

const startMs = Date.UTC(2026, 10, 22, 10)
const laterMs = startMs + 60_000

function entry(text: string): LogEntry {
  const line = readLogLine(text, new LogClock())
  if ('fault' in line) throw new Error(line.fault)
  return toLogEntry(line, { hashSecret, bindParameters: 'types', limits: postgresLogLimits })
}

function tell(
  lines: readonly string[],
  sessions = new SessionLines(postgresLogLimits),
  nowMs = 0,
): SessionEvent[] {
  return lines.flatMap((line) => sessions.add(entry(line), nowMs))
}

/** What an event tells, without where it comes from. */
function brief(event: SessionEvent): object {
  if (event.kind === 'gap') return { kind: event.kind, from: event.from, to: event.to }
  const { source: _source, ...told } = event
  return told
}

const line = (lineNum: number, fields: LineFields): string => logLine(7, lineNum, fields)
const statement = (lineNum: number, sql: string): string => line(lineNum, { message: `statement: ${sql}` })
const duration = (lineNum: number): string => line(lineNum, { message: 'duration: 2.5 ms' })
const failure = (lineNum: number, sql: string | undefined, fields: LineFields = {}): string =>
  line(lineNum, {
    error_severity: 'ERROR',
    state_code: '22012',
    message: 'division by zero',
    statement: sql,
    ...fields,
  })

test('a session is told from its sign-in to its end', () => {
  const events = tell([
    line(1, { message: 'connection received: host=127.0.0.1 port=1', user: undefined, dbname: undefined }),
    line(2, { message: 'connection authenticated: identity="ann@acme.com" method=ldap (pg_hba.conf:1)' }),
    line(3, { message: 'connection authorized: user=ann database=prod application_name=psql' }),
    queryLine(7, 4, 'select 1'),
    line(5, { message: 'disconnection: session time: 0:00:00.010 user=ann database=prod host=x' }),
  ])
  const authentication = { identity: 'ann@acme.com', method: 'ldap' }
  expect(events.map(brief)).toEqual([
    { kind: 'session_started', authentication },
    { kind: 'query', statement: { sql: 'select 1' }, durationMs: 0.473, authentication },
    { kind: 'session_ended', durationMs: 10, authentication },
  ])
  expect(events[0]).toMatchObject({ source: { application: 'psql', login: 'ann', database: 'prod' } })
})

test('with log_statement a statement and the line that tells its end are one event', () => {
  const error = { code: '22012', message: 'division by zero' }
  expect(
    tell([
      statement(1, 'select 1'),
      duration(2),
      statement(3, 'select 1/0'),
      failure(4, 'select 1/0'),
      statement(5, 'select 2'),
      statement(6, 'select 3'),
      failure(7, 'selec'),
      duration(8),
    ]).map(brief),
  ).toEqual([
    { kind: 'query', statement: { sql: 'select 1' }, durationMs: 2.5 },
    { kind: 'query', statement: { sql: 'select 1/0' }, error },
    { kind: 'query', statement: { sql: 'select 2' } },
    { kind: 'query', statement: { sql: 'select 3' } },
    { kind: 'query', statement: { sql: 'selec' }, error },
  ])
})

test('a failing statement keeps the parameters that were logged before it', () => {
  const before = line(1, { message: 'execute <unnamed>: select 1/$1', detail: "Parameters: $1 = '0'" })
  expect(tell([before, failure(2, 'select 1/$1')]).map(brief)).toMatchObject([
    { statement: { sql: 'select 1/$1', bind: [{ type: 'text', length: 1 }] }, error: { code: '22012' } },
  ])
})

test('a statement whose end is not told in time is told without it', () => {
  const sessions = new SessionLines(postgresLogLimits)
  expect(tell([statement(1, 'select 1')], sessions)).toEqual([])
  expect(sessions.expire(postgresLogLimits.pendingMsMax - 1)).toEqual([])
  expect(sessions.expire(postgresLogLimits.pendingMsMax).map(brief)).toEqual([
    { kind: 'query', statement: { sql: 'select 1' }, endNotLogged: true },
  ])
  expect(tell([duration(2)], sessions)).toEqual([])
})

test('statements that wait take bounded room: the oldest are told first', () => {
  const limits: PostgresLogLimits = { ...postgresLogLimits, pendingBytesMax: 2000 }
  const sessions = new SessionLines(limits)
  const lines = [1, 2, 3, 4, 5].map((pid) => logLine(pid, 1, { message: `statement: select ${pid}` }))
  expect(tell(lines, sessions).map(brief)).toMatchObject([
    { statement: { sql: 'select 1' }, endNotLogged: true },
    { statement: { sql: 'select 2' }, endNotLogged: true },
  ])
})

test.each([
  ['authentication', '28P01', 'session_started'],
  ['startup', '3D000', 'session_started'],
])('an error during %s is a failed sign-in', (ps, code, kind) => {
  const fatal = line(2, { error_severity: 'FATAL', state_code: code, message: 'no', ps })
  expect(tell([line(1, { message: 'connection received: host=x' }), fatal]).map(brief)).toEqual([
    { kind, error: { code, message: 'no' } },
  ])
})

test('what ended a session is told with its end', () => {
  const events = tell([
    queryLine(7, 1, 'select 1'),
    line(2, { error_severity: 'FATAL', state_code: '57P01', message: 'terminating', ps: 'idle' }),
    line(3, {
      message: 'disconnection: session time: 0:00:00.010 user=ann database=prod host=x',
      ps: 'idle',
    }),
  ])
  expect(events.map(brief)[1]).toEqual({
    kind: 'session_ended',
    durationMs: 10,
    error: { code: '57P01', message: 'terminating' },
  })
})

test('an error without its statement (log_min_error_statement) is told, that of a background process is not', () => {
  const error = { code: '22012', message: 'division by zero' }
  expect(tell([failure(1, undefined)]).map(brief)).toEqual([{ kind: 'query', error }])
  expect(tell([failure(1, undefined, { backend_type: 'autovacuum worker' })])).toEqual([])
})

test('missing lines are told; a session that was running before the first line is no gap', () => {
  const sessions = new SessionLines(postgresLogLimits)
  expect(tell([queryLine(7, 40, 'select 1')], sessions).map(brief)).toHaveLength(1)
  expect(tell([queryLine(7, 43, 'select 2')], sessions).map(brief)).toMatchObject([
    { kind: 'gap', from: 41, to: 42 },
    { statement: { sql: 'select 2' } },
  ])
  expect(tell([queryLine(8, 3, 'select 3', laterMs)], sessions).map(brief)).toMatchObject([
    { kind: 'gap', from: 1, to: 2 },
    { statement: { sql: 'select 3' } },
  ])
})

test('a line that was read before makes no event', () => {
  const sessions = new SessionLines(postgresLogLimits)
  tell([queryLine(7, 1, 'select 1'), queryLine(7, 2, 'select 2')], sessions)
  expect(tell([queryLine(7, 1, 'select 1'), queryLine(7, 2, 'select 2')], sessions)).toEqual([])
  expect(sessions.repeated).toBe(2)
})

test('sessions are forgotten when there are too many, and no gap is made up because of it', () => {
  const sessions = new SessionLines({ ...postgresLogLimits, sessionsMax: 2 })
  tell([queryLine(1, 1, 'select 1')], sessions)
  for (const pid of [2, 3, 4]) tell([queryLine(pid, 1, 'select 1', laterMs)], sessions)
  expect(sessions.evicted).toBe(2)
  expect(sessions.state().sessions.map(([id]) => id)).toEqual([sessionId(3, laterMs), sessionId(4, laterMs)])
  expect(tell([queryLine(2, 9, 'select 2', laterMs)], sessions).map(brief)).toMatchObject([{ kind: 'query' }])
})

test('going on from a saved state, after any line, tells the same', () => {
  const lines = [
    line(1, { message: 'connection authenticated: identity="ann" method=cert (pg_hba.conf:1)' }),
    line(2, { message: 'connection authorized: user=ann database=prod' }),
    statement(3, 'select 1'),
    duration(4),
    statement(5, 'select 2'),
    failure(7, 'select 2'),
    logLine(8, 2, { message: 'duration: 1 ms  statement: select 3' }, laterMs),
    line(8, { message: 'disconnection: session time: 0:00:00.010 user=ann database=prod host=x' }),
    line(9, { message: 'late' }),
  ]
  const whole = tell(lines)
  for (let at = 0; at <= lines.length; at++) {
    const first = new SessionLines(postgresLogLimits)
    const before = tell(lines.slice(0, at), first)
    // As it comes back from where it was saved.
    const second = new SessionLines(postgresLogLimits, JSON.parse(JSON.stringify(first.state())))
    expect([...before, ...tell(lines.slice(at), second)]).toEqual(whole)
  }
})
