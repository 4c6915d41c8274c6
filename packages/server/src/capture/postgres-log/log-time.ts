/**
 * PostgreSQL writes times in `log_timezone` and tells the zone by an abbreviation only, which alone is ambiguous (CST,
 * IST). The line also has the session's start twice: as such a text, and as Unix seconds in its session id
 * (`session_id` is `<hex seconds>.<hex pid>`, write_jsonlog in src/backend/utils/error/jsonlog.c). Their difference is
 * the offset. The text of the start is made once for each session: after `log_timezone` has been changed it is in the
 * old zone in the lines of the sessions from before.
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

export type LogClockState = {
  /** Offsets in minutes of zones that were seen, by abbreviation. */
  zones: Readonly<Record<string, number>>
  /** The time of the last line, UTC. */
  last?: string
}

/** How far a line may stand behind one that is younger: processes write side by side. */
const disorderMs = 10_000
const quarterMs = 900_000
const offsetMinMs = -12 * 3_600_000
const offsetMaxMs = 14 * 3_600_000

/** Tells the times of the lines of a log, read in their order. Owns what is known of its time zones. */
export class LogClock {
  readonly #zones: Map<string, number>
  #last: string | undefined

  constructor(state?: LogClockState) {
    this.#zones = new Map(Object.entries(state?.zones ?? {}))
    this.#last = state?.last
  }

  state(): LogClockState {
    return {
      zones: Object.fromEntries(this.#zones),
      ...(this.#last === undefined ? {} : { last: this.#last }),
    }
  }

  /**
   * The timestamp of a line in UTC (RFC 3339, with the digits that the log has). In the first lines after a change of
   * `log_timezone` the offset is not told: it is taken from the line before (`isEstimated`), to the quarter of an hour.
   * Undefined if it is no time.
   */
  toUtc(times: LogTimes): { time: string; isEstimated: boolean } | undefined {
    const exact = toUtcLogTime(times, this.#zones)
    if (exact !== undefined) {
      this.#last = exact
      return { time: exact, isEstimated: false }
    }
    const match = pattern.exec(times.timestamp)
    const local = Date.parse(`${match?.[1]}T${match?.[2]}Z`)
    if (!match || Number.isNaN(local) || this.#last === undefined) return undefined
    const sinceLast = local - (Date.parse(this.#last) - disorderMs)
    const offsetMs = Math.floor(sinceLast / quarterMs) * quarterMs
    if (offsetMs < offsetMinMs || offsetMs > offsetMaxMs) return undefined
    this.#zones.set(match[4] ?? '', offsetMs / 60_000)
    const time = toUtcLogTime(times, this.#zones)
    return time === undefined ? undefined : { time, isEstimated: true }
  }
}

/**
 * The timestamp of a single line in UTC; undefined if it is no time or its zone cannot be told. What is learnt of the
 * offset is put into `zones`.
 */
export function toUtcLogTime(times: LogTimes, zones?: Map<string, number>): string | undefined {
  const match = pattern.exec(times.timestamp)
  if (!match) return undefined
  const [, day, time, fraction = '', zone = ''] = match
  if (zone === 'UTC') return `${day}T${time}${fraction}Z`
  const told = offsetMinutes(zone, times)
  if (told !== undefined) zones?.set(zone, told)
  const offset = told ?? zones?.get(zone)
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
