/**
 * PostgreSQL writes times in `log_timezone` and tells the zone by an abbreviation only, which alone is ambiguous (CST,
 * IST). The line also has the session's start twice: as such a text, and as Unix seconds in its session id
 * (`session_id` is `<hex seconds>.<hex pid>`, write_jsonlog in src/backend/utils/error/jsonlog.c). Their difference is
 * the offset.
 */
const pattern = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,6})? (\S{1,40})$/
const numericZone = /^([+-])(\d{2})(\d{2})?$/

/** Standard time and the summer time of the same place, one hour later: all such pairs of letters in the tz database. */
const summerTimes: readonly (readonly [standard: string, summer: string])[] = [
  ['GMT', 'BST'],
  ['GMT', 'IST'],
  ['WET', 'WEST'],
  ['CET', 'CEST'],
  ['EET', 'EEST'],
  ['IST', 'IDT'],
  ['MSK', 'MSD'],
  ['NST', 'NDT'],
  ['AST', 'ADT'],
  ['EST', 'EDT'],
  ['CST', 'CDT'],
  ['MST', 'MDT'],
  ['PST', 'PDT'],
  ['AKST', 'AKDT'],
  ['HST', 'HDT'],
  ['ACST', 'ACDT'],
  ['AEST', 'AEDT'],
  ['NZST', 'NZDT'],
]

/** The times of a log line as they stand there. */
export type LogTimes = { timestamp: string; sessionStart: string; sessionStartSeconds: number }

/**
 * The timestamp of a log line in UTC (RFC 3339, with the digits that the log has); undefined if it is no time or its
 * zone cannot be told.
 */
export function toUtcLogTime(times: LogTimes): string | undefined {
  const match = pattern.exec(times.timestamp)
  if (!match) return undefined
  const [, day, time, fraction = '', zone = ''] = match
  if (zone === 'UTC') return `${day}T${time}${fraction}Z`
  const offset = offsetMinutes(zone, times)
  const ms = Date.parse(`${day}T${time}Z`)
  if (offset === undefined || Number.isNaN(ms)) return undefined
  const utc = new Date(ms - offset * 60_000).toISOString()
  return `${utc.slice(0, 19)}${fraction}Z`
}

function offsetMinutes(zone: string, times: LogTimes): number | undefined {
  const numeric = numericZone.exec(zone)
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0)
    return numeric[1] === '-' ? -minutes : minutes
  }
  const start = pattern.exec(times.sessionStart)
  if (!start) return undefined
  const local = Date.parse(`${start[1]}T${start[2]}Z`) / 1000
  const seconds = local - times.sessionStartSeconds
  // Real offsets are whole quarters of an hour within a day; anything else is no session of this log.
  if (!Number.isInteger(seconds / 900) || Math.abs(seconds) > 86_400) return undefined
  const startZone = start[4] ?? ''
  if (startZone === zone) return seconds / 60
  for (const [standard, summer] of summerTimes) {
    if (startZone === standard && zone === summer) return seconds / 60 + 60
    if (startZone === summer && zone === standard) return seconds / 60 - 60
  }
  return undefined
}
