/** Days and clock times of an IANA zone (`Europe/Berlin`), with its changes to and from daylight-saving time. */

const formats = new Map<string, Intl.DateTimeFormat>()
/** Making a format costs far more than using it, and an installation knows few zones. */
const formatsMax = 500

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  if (formats.size >= formatsMax) formats.clear()
  formats.set(zone, format)
  return format
}

/** Whether this program's calendar knows a zone of this name. */
export function isZone(name: string): boolean {
  // Offsets (`+02:00`) have no daylight-saving time, which is what a zone is asked for here.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** The local time as if it were one of UTC, in Unix milliseconds of whole seconds. */
function localMs(ms: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

const dayMs = 86_400_000

/** The day (`2026-11-22`) that a Unix time falls on in the zone. */
export function dayIn(ms: number, zone: string): string {
  return new Date(localMs(ms, zone)).toISOString().slice(0, 10)
}

/** The day so many days later, by the calendar. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/**
 * The Unix time at which the clocks of the zone show this time of the day. Of a time that comes twice (clocks go back) the
 * first; a time that is left out (clocks go forward) is as much later as they go forward: 2:30 becomes 3:30, and a day
 * whose midnight is left out begins when the next hour does.
 */
export function msOfLocalTime(day: string, minuteOfDay: number, zone: string): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minuteOfDay * 60_000
  const offsetAt = (ms: number): number => localMs(ms, zone) - ms
  // No zone changes its clocks twice in two days.
  const before = offsetAt(wanted - dayMs)
  const candidates = [wanted - before, wanted - offsetAt(wanted + dayMs)]
  const shown = candidates.filter((ms) => localMs(ms, zone) === wanted)
  return shown.length > 0 ? Math.min(...shown) : wanted - before
}

const quarterMs = 900_000
const clocks = new Map<string, { weekday: number; hour: number }>()
/** Calendars are slow, and events come in the order of their times mostly. */
const clocksMax = 10_000

/** The day of the week (1 for Monday) and the hour that the clocks of the zone show. */
export function clockIn(ms: number, zone: string): { weekday: number; hour: number } {
  // Every zone is whole quarters of an hour away from UTC, since 1972.
  const key = `${Math.floor(ms / quarterMs)} ${zone}`
  const known = clocks.get(key)
  if (known) return known
  const local = new Date(localMs(ms, zone))
  const clock = { weekday: local.getUTCDay() || 7, hour: local.getUTCHours() }
  if (clocks.size >= clocksMax) clocks.clear()
  clocks.set(key, clock)
  return clock
}
