import type { LogLine } from './read-log-line.ts'

/**
 * What a line says, read from its message. The forms are those of PostgreSQL 15 to 18: src/backend/tcop/postgres.c
 * (exec_simple_query, exec_execute_message, check_log_duration, log_disconnections), src/backend/tcop/fastpath.c,
 * src/backend/libpq/auth.c and src/backend/utils/init/postinit.c.
 */
export type LogMessage =
  /** A statement; without a duration it comes from `log_statement`, before the statement runs. */
  | { kind: 'statement'; sql: string; durationMs?: number; parameters?: string }
  /** A call of one function by its number, as libpq's large objects do. */
  | { kind: 'function_call'; name: string; durationMs?: number }
  /** The duration of the statement whose text was logged before. */
  | { kind: 'duration'; durationMs: number }
  | { kind: 'error'; code: string; message: string; sql?: string; parameters?: string; ends: boolean }
  | { kind: 'authenticated'; identity: string; method: string }
  | { kind: 'authorized'; application?: string }
  | { kind: 'disconnected'; durationMs: number }
  /** Looks like a duration in another language than English (`lc_messages`). */
  | { kind: 'translated' }
  /** Parse, bind, a further fetch from a statement already told, and everything else. */
  | { kind: 'other' }

const duration = /^duration: (\d+(?:\.\d+)?) ms/
const sessionTime = /^disconnection: session time: (\d+):(\d\d):(\d\d\.\d+) user=/
const authorized = /^(?:replication )?connection authorized: user=/
const functionCall = /^fastpath function call: "(.*)" \(OID \d+\)$/s
const translatedDuration = /^[^\s:]{1,40}: \d+[.,]\d+ \S{1,6}(?: {2}|$)/u
const errorSeverities = new Set(['ERROR', 'FATAL', 'PANIC'])
const otherSeverities = new Set(['LOG', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'])

/** Reads what a line says. Pure. */
export function readLogMessage(line: LogLine): LogMessage {
  // A parallel worker's error is told again by the process that it works for.
  if (line.backendType === 'parallel worker') return { kind: 'other' }
  if (isError(line)) return readError(line)
  // PostgreSQL's own lines have neither; `RAISE LOG 'statement: ...'` in a function has both.
  if (line.statement !== undefined || line.context !== undefined) return { kind: 'other' }
  const { message } = line
  if (message.startsWith('duration: ')) return readDuration(line)
  if (message.startsWith('statement: ') || message.startsWith('execute '))
    return readText(message, line) ?? { kind: 'other' }
  if (message.startsWith('fastpath ')) return readText(message, line) ?? { kind: 'other' }
  if (message.startsWith('connection authenticated: ')) return readAuthenticated(message)
  if (authorized.test(message)) return readAuthorized(line)
  const ended = sessionTime.exec(message)
  if (ended) {
    const seconds = Number(ended[1]) * 3600 + Number(ended[2]) * 60 + Number(ended[3])
    return { kind: 'disconnected', durationMs: Math.round(seconds * 1000) }
  }
  return translatedDuration.test(message) ? { kind: 'translated' } : { kind: 'other' }
}

/** Severities are translated, SQLSTATEs are not: classes 00 to 02 are no errors (errcodes.txt). */
function isError(line: LogLine): boolean {
  if (errorSeverities.has(line.severity)) return true
  if (otherSeverities.has(line.severity) || /^DEBUG[1-5]$/.test(line.severity)) return false
  return line.code !== undefined && !/^0[0-2]/.test(line.code)
}

function readError(line: LogLine): LogMessage {
  return {
    kind: 'error',
    code: line.code ?? 'XX000',
    message: line.message,
    // In another language an error without a statement is taken for one that ends the session.
    ends: line.severity !== 'ERROR',
    ...(line.statement === undefined ? {} : { sql: line.statement }),
  }
}

function readDuration(line: LogLine): LogMessage {
  const match = duration.exec(line.message)
  if (!match) return { kind: 'other' }
  const durationMs = Number(match[1])
  const length = match[0].length
  if (line.message.length === length) return { kind: 'duration', durationMs }
  if (!line.message.startsWith('  ', length)) return { kind: 'other' }
  const message = readText(line.message.slice(length + 2), line)
  if (message === undefined) return { kind: 'other' }
  message.durationMs = durationMs
  return message
}

type Text = Extract<LogMessage, { kind: 'statement' | 'function_call' }>

/**
 * `statement: SQL`, `execute NAME: SQL` or `execute NAME/PORTAL: SQL`. Names are the client's: one that has a colon and
 * a space itself moves the beginning of the SQL to the left, so that nothing of the SQL can be hidden in a name.
 * `execute fetch from NAME` gets more rows of a statement that was told when it began.
 */
function readText(text: string, line: LogLine): Text | undefined {
  if (text.startsWith('statement: ')) return { kind: 'statement', sql: text.slice(11) }
  if (text.startsWith('execute ') && !text.startsWith('execute fetch from ')) {
    const colon = text.indexOf(': ')
    if (colon < 0) return undefined
    const statement: Text = { kind: 'statement', sql: text.slice(colon + 2) }
    if (line.detail !== undefined) statement.parameters = line.detail
    return statement
  }
  const name = functionCall.exec(text)?.[1]
  return name === undefined ? undefined : { kind: 'function_call', name }
}

/** `identity="CN=x" method=cert (/path/pg_hba.conf:10)`; with method trust PostgreSQL says `user=` and proves nothing. */
function readAuthenticated(message: string): LogMessage {
  const begin = 'connection authenticated: identity="'
  // The identity may hold anything: what PostgreSQL wrote behind it comes last.
  const end = message.lastIndexOf('" method=')
  if (!message.startsWith(begin) || end < begin.length) return { kind: 'other' }
  const method = /^[\w-]+/.exec(message.slice(end + 9))?.[0] ?? ''
  return { kind: 'authenticated', identity: message.slice(begin.length, end), method }
}

function readAuthorized(line: LogLine): LogMessage {
  const at = line.message.indexOf(' application_name=')
  const text = at < 0 ? '' : line.message.slice(at + ' application_name='.length)
  const application = line.application ?? text.replace(/ (?:SSL enabled|GSS) \(.*$/s, '')
  return { kind: 'authorized', ...(application === '' ? {} : { application }) }
}
