/**
 * Times are strings from end to end, because a JavaScript `Date` holds milliseconds and the log holds microseconds.
 * A canonical time is RFC 3339 in UTC with exactly six digits, `2026-11-22T10:00:00.123456Z`: 27 characters whose
 * alphabetical order is the order in time.
 */
const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/

const dayMs = 86_400_000

/**
 * An RFC 3339 time (section 5.6, at most microseconds) as a canonical time; undefined if it is none or lies outside
 * the years 0001 to 9999. A leap second (`:60`) is refused: neither engine can hold one.
 */
export function toCanonicalTime(text: string): string | undefined {
  const utc = toUtcTime(text)
  return utc === undefined ? undefined : padMicroseconds(utc)
}

/** Like `toCanonicalTime`, but keeps as many digits of the second as were sent. */
export function toUtcTime(text: string): string | undefined {
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, digits] = match
  if (!isDate(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const fraction = digits === undefined ? '' : `.${digits}`
  const base = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  if (match[8] !== undefined) return `${base}${fraction}Z`
  const offsetHours = Number(match[10])
  const offsetMinutes = Number(match[11])
  if (offsetHours > 23 || offsetMinutes > 59) return undefined
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (match[9] === '+' ? 1 : -1)
  const shifted = isoSeconds(Date.parse(`${base}Z`) - offsetMs)
  return shifted === undefined ? undefined : `${shifted}${fraction}Z`
}

/** Whether the Gregorian calendar has this day, in the years 0001 to 9999. */
function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  if (day <= 28) return true
  if (month !== 2) return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
  return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The whole seconds of a Unix time as `2026-11-22T10:00:00`; undefined outside the years 0001 to 9999. */
function isoSeconds(ms: number): string | undefined {
  const text = new Date(ms).toISOString()
  return text.length === 24 && !text.startsWith('0000') ? text.slice(0, 19) : undefined
}

/** A UTC time of any precision (`2026-11-22T10:00:00Z`) as a canonical one. */
export function padMicroseconds(utc: string): string {
  if (utc.length === 27) return utc
  if (utc.length === 20) return `${utc.slice(0, 19)}.000000Z`
  return `${utc.slice(0, -1).padEnd(26, '0')}Z`
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/** `2026-11-22` as the canonical time at which that UTC day begins; undefined if it is no day. */
export function dayStart(text: string): string | undefined {
  return dayPattern.test(text) ? toCanonicalTime(`${text}T00:00:00Z`) : undefined
}

/** The canonical time at which the UTC day after `2026-11-22` begins; undefined if it is no day. */
export function dayEnd(text: string): string | undefined {
  const start = dayStart(text)
  return start === undefined ? undefined : timeFromMs(timeToMs(start) + dayMs)
}

/** A Unix time in milliseconds as a canonical time. */
export function timeFromMs(ms: number): string {
  return padMicroseconds(new Date(ms).toISOString())
}

/** A canonical (or any UTC) time as Unix milliseconds; microseconds are cut. */
export function timeToMs(time: string): number {
  return Date.parse(`${time.slice(0, 23).replace(/Z$/, '')}Z`)
}

/** The canonical time one microsecond later: turns an inclusive end into an exclusive one. */
export function nextMicrosecond(time: string): string {
  const micros = Number(time.slice(20, 26)) + 1
  if (micros < 1_000_000) return `${time.slice(0, 20)}${String(micros).padStart(6, '0')}Z`
  return timeFromMs(timeToMs(`${time.slice(0, 19)}Z`) + 1000)
}
