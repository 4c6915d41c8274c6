import { isUtf8 } from 'node:buffer'
import type { LogClock } from './log-time.ts'

/**
 * A value of a very long line that was cut while reading: how many bytes of text are missing, and the SHA-256 of what is
 * missing as it stood in the line.
 */
export type CutValue = { bytes: number; sha256: string }
export type CutValues = Readonly<Record<string, CutValue>>

/** One line of PostgreSQL's jsonlog (version 15 and later), with what is of use here. */
export type LogLine = {
  /** UTC, RFC 3339. */
  timestamp: string
  sessionId: string
  /** Counts the lines of a session from 1. */
  lineNum: number
  /** As it stands in the line. */
  sessionStart: string
  sessionStartSeconds: number
  severity: string
  /** SQLSTATE; absent on most lines that are no errors. */
  code?: string
  message: string
  detail?: string
  statement?: string
  context?: string
  user?: string
  database?: string
  /** An address, a host name with `log_hostname=on`, or `[local]`. */
  remoteHost?: string
  /** Absent on a unix socket. */
  remotePort?: number
  application?: string
  backendType?: string
  /** What the process was doing: `idle`, `authentication`, `SELECT`... */
  ps?: string
  /** 64 bits, so a text; absent where the server computes none. */
  queryId?: string
  /** The time zone was not told and had to be concluded: the time may be wrong by hours. */
  timeEstimated?: true
  /** The line was no UTF-8 and was read as Latin-1: the database has another encoding. */
  notUtf8?: true
  cut?: CutValues
}

/** Why a line is none. Never holds anything of the line. */
export type LogLineFault = { fault: 'not_json' | 'not_a_log_line' | 'unknown_time_zone' }

/** Fields that may be absent, by PostgreSQL's name; an empty text counts as absent. */
const optionalFields = [
  ['state_code', 'code'],
  ['detail', 'detail'],
  ['statement', 'statement'],
  ['context', 'context'],
  ['user', 'user'],
  ['dbname', 'database'],
  ['remote_host', 'remoteHost'],
  ['application_name', 'application'],
  ['backend_type', 'backendType'],
  ['ps', 'ps'],
] as const

const sessionIdPattern = /^([0-9a-f]{1,12})\.[0-9a-f]{1,8}$/
/**
 * The query id is the last value of a line. JSON.parse would round it, so its digits are taken from the text: inside of
 * a string the quotes would stand behind a backslash.
 */
const queryIdPattern = /"query_id":(-?\d{1,20})\}\s*$/

/**
 * Reads the bytes of one line (without its newline). PostgreSQL writes what a session says in its database's encoding,
 * whatever that is: what is no UTF-8 is read as Latin-1, which keeps every byte, and marked.
 */
export function readLogBytes(bytes: Buffer, clock: LogClock, cut?: CutValues): LogLine | LogLineFault {
  if (isUtf8(bytes)) return readLogLine(bytes.toString('utf8'), clock, cut)
  const line = readLogLine(bytes.toString('latin1'), clock, cut)
  return 'fault' in line ? line : { ...line, notUtf8: true }
}

/** Reads one line (without its newline); `clock` knows the lines before it. Any text gives a line or a fault. */
export function readLogLine(text: string, clock: LogClock, cut?: CutValues): LogLine | LogLineFault {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { fault: 'not_json' }
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { fault: 'not_a_log_line' }
  // Each value is checked before use.
  const fields = json as Readonly<Record<string, unknown>>
  const sessionId = stringOf(fields['session_id']) ?? ''
  const started = sessionIdPattern.exec(sessionId)?.[1]
  const lineNum = fields['line_num']
  const timestamp = stringOf(fields['timestamp'])
  const severity = stringOf(fields['error_severity'])
  if (started === undefined || timestamp === undefined || severity === undefined || !isLineNum(lineNum)) {
    return { fault: 'not_a_log_line' }
  }
  const sessionStart = stringOf(fields['session_start']) ?? ''
  const sessionStartSeconds = Number.parseInt(started, 16)
  const utc = clock.toUtc({ timestamp, sessionStart, sessionStartSeconds })
  if (utc === undefined) return { fault: 'unknown_time_zone' }
  const line: LogLine = {
    timestamp: utc.time,
    sessionId,
    lineNum,
    sessionStart,
    sessionStartSeconds,
    severity,
    message: stringOf(fields['message']) ?? '',
  }
  for (const [name, key] of optionalFields) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '') line[key] = value
  }
  const port = fields['remote_port']
  if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535) line.remotePort = port
  const queryId = queryIdPattern.exec(text.slice(-64))?.[1]
  if (queryId !== undefined && queryId !== '0') line.queryId = queryId
  if (utc.isEstimated) line.timeEstimated = true
  if (cut !== undefined) line.cut = cut
  return line
}

function isLineNum(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
