import { timeFromMs, toUtcTime } from '@aleph-audit-log/domain/time'

/** How a foreign record writes a time: as text, or as a number of such units since 1970-01-01 UTC. */
export const timeForms = ['text', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'] as const
export type TimeForm = (typeof timeForms)[number]

/**
 * A time in UTC (RFC 3339, up to microseconds). `isExact` is false where it does not tell all that was written: digits
 * beyond microseconds are cut, and of an hour that a time zone has twice the first is taken.
 */
export type ReadTime = { time: string; isExact: boolean } | { fault: string }

const text =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)? ?(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?$/
const epoch = /^(-?)(\d{1,25})(?:\.(\d{1,25}))?$/
const fixedZone = /^[+-]\d{2}:\d{2}$/

/** Powers of ten by which a unit is smaller than a second. */
const unitDigits: Record<Exclude<TimeForm, 'text'>, number> = {
  'epoch-s': 0,
  'epoch-ms': 3,
  'epoch-us': 6,
  'epoch-ns': 9,
}

const microsecondDigits = 6

/** Reads a time as a foreign record has it. `zone` (`UTC`, `+02:00`, `Europe/Vienna`) holds where a text tells none. */
export function readTime(value: string, form: TimeForm, zone: string): ReadTime {
  return form === 'text' ? readText(value, zone) : readEpoch(value, unitDigits[form])
}

/** True for a zone that `readTime` takes. */
export function isTimeZone(zone: string): boolean {
  if (zone === 'UTC') return true
  if (fixedZone.test(zone)) return toUtcTime(`2000-01-01T12:00:00${zone}`) !== undefined
  try {
    return /^[A-Za-z]/.test(zone) && formatOf(zone) !== undefined
  } catch (error) {
    // What Intl throws for a zone that the tz database does not have.
    if (error instanceof RangeError) return false
    throw error
  }
}

function readText(value: string, zone: string): ReadTime {
  const match = text.exec(value)
  if (!match) {
    return { fault: `${quoted(value)} is no time such as 2026-11-22T10:00:00.123456Z or 2026-11-22 10:00:00` }
  }
  const [, day, minute, second = '00', digits = '', utc, sign, hours, minutes = '00'] = match
  const local = `${day}T${minute}:${second}`
  const { fraction, isExact } = toFraction(digits)
  const noDate = { fault: `${quoted(value)} is no date and time that there is` }
  if (utc !== undefined || sign !== undefined || zone === 'UTC' || fixedZone.test(zone)) {
    const offset =
      sign === undefined ? (utc === undefined && zone !== 'UTC' ? zone : 'Z') : `${sign}${hours}:${minutes}`
    const time = toUtcTime(`${local}${fraction}${offset}`)
    return time === undefined ? noDate : { time, isExact }
  }
  if (toUtcTime(`${local}Z`) === undefined) return noDate
  const [first, again] = utcOfLocal(local, zone)
  if (first === undefined) return { fault: `${quoted(value)} is no time that there was in ${zone}` }
  return { time: `${first}${fraction}Z`, isExact: isExact && again === undefined }
}

function readEpoch(value: string, digitsOfUnit: number): ReadTime {
  const match = epoch.exec(value)
  if (!match) return { fault: `${quoted(value)} is no number of units since 1970` }
  const [, sign, whole = '', part = ''] = match
  const magnitude = BigInt(whole + part) * (sign === '-' ? -1n : 1n)
  const shift = microsecondDigits - digitsOfUnit - part.length
  const divisor = 10n ** BigInt(Math.max(-shift, 0))
  const scaled = magnitude * 10n ** BigInt(Math.max(shift, 0))
  const micros = floorDivide(scaled, divisor)
  const seconds = floorDivide(micros, 1_000_000n)
  // The years 0001 to 9999, which is what an event can hold.
  if (seconds < -62_135_596_800n || seconds > 253_402_300_799n) {
    return { fault: `${quoted(value)} lies outside the years 0001 to 9999: is the unit right?` }
  }
  const base = timeFromMs(Number(seconds) * 1000).slice(0, 19)
  const fraction = String(micros - seconds * 1_000_000n).padStart(6, '0')
  return { time: `${base}.${fraction}Z`, isExact: micros * divisor === scaled }
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

function toFraction(digits: string): { fraction: string; isExact: boolean } {
  const kept = digits.slice(0, microsecondDigits)
  return {
    fraction: kept === '' ? '' : `.${kept}`,
    isExact: /^0*$/.test(digits.slice(microsecondDigits)),
  }
}

function quoted(value: string): string {
  const shown = value.length > 60 ? `${value.slice(0, 60)}...` : value
  return JSON.stringify(shown)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      era: 'short',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

/** How far the zone's clocks are ahead of UTC at a moment, in ms. */
function offsetAt(utcMs: number, zone: string): number {
  const part = new Map(
    formatOf(zone)
      .formatToParts(utcMs)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const read = (name: Intl.DateTimeFormatPartTypes): number => part.get(name) ?? 0
  const local = Date.UTC(2000, read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
  return new Date(local).setUTCFullYear(read('year'), read('month') - 1, read('day')) - utcMs
}

const dayMs = 86_400_000

/** History is in order: the next record mostly has the same minute. */
let lastLocal: { minute: string; zone: string; offsets: number[] } | undefined

/** Whole seconds in UTC at which the zone's clocks showed a local time: none, one, or two in their order. */
function utcOfLocal(local: string, zone: string): string[] {
  const localMs = Date.parse(`${local}Z`)
  const minute = local.slice(0, 16)
  if (lastLocal?.minute !== minute || lastLocal.zone !== zone) {
    const around = [offsetAt(localMs - dayMs, zone), offsetAt(localMs + dayMs, zone)]
    const offsets = [...new Set(around)].filter((offset) => offsetAt(localMs - offset, zone) === offset)
    lastLocal = { minute, zone, offsets: offsets.sort((a, b) => b - a) }
  }
  return lastLocal.offsets.map((offset) => timeFromMs(localMs - offset).slice(0, 19))
}
