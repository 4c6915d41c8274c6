import { timeToMs } from '@aleph-audit-log/domain/time'
import { fieldsIn, type Zone } from './zone.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** The day of a Unix time as `2026-11-22`. */
export function formatDay(ms: number, zone: Zone): string {
  const { year, month, day } = fieldsIn(ms, zone)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** The time of day as `10:00:00.123`, or with fewer digits. */
export function formatClock(ms: number, zone: Zone, digits: 'minutes' | 'seconds' | 'ms' = 'ms'): string {
  const fields = fieldsIn(ms, zone)
  const minutes = `${two(fields.hour)}:${two(fields.minute)}`
  if (digits === 'minutes') return minutes
  const seconds = `${minutes}:${two(fields.second)}`
  return digits === 'seconds' ? seconds : `${seconds}.${String(fields.ms).padStart(3, '0')}`
}

/** An event's time as `2026-11-22 10:00:00.123` in the zone; milliseconds are cut, not rounded. */
export function formatTimestamp(time: string, zone: Zone): string {
  const ms = timeToMs(time)
  return `${formatDay(ms, zone)} ${formatClock(ms, zone)}`
}

/** An event's time with every digit that was recorded: `2026-11-22 10:00:00.123456`. */
export function formatExactTime(time: string, zone: Zone): string {
  const ms = timeToMs(time)
  const fraction = /\.(\d+)Z$/.exec(time)?.[1] ?? ''
  const seconds = `${formatDay(ms, zone)} ${formatClock(ms, zone, 'seconds')}`
  return fraction === '' ? seconds : `${seconds}.${fraction}`
}

/** How far the zone is from UTC at that time: `UTC+01:00`. */
export function formatOffset(ms: number, zone: Zone): string {
  if (zone === 'utc') return 'UTC'
  const minutes = -new Date(ms).getTimezoneOffset()
  if (minutes === 0) return 'UTC+00:00'
  const size = Math.abs(minutes)
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** A day for a label: `22 Nov`, with the year where it is not the reader's. */
export function formatShortDay(ms: number, zone: Zone, nowMs?: number): string {
  const { year, month, day } = fieldsIn(ms, zone)
  const label = `${day} ${months[month - 1] ?? ''}`
  return nowMs !== undefined && fieldsIn(nowMs, zone).year === year ? label : `${label} ${year}`
}

const units: [limitMs: number, unitMs: number, name: string][] = [
  [60_000, 1000, 'second'],
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [30 * 86_400_000, 86_400_000, 'day'],
  [365 * 86_400_000, 30 * 86_400_000, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400_000, 'year'],
]

/** `3 minutes ago`, `in 2 hours`, `just now`. */
export function formatRelative(ms: number, nowMs: number): string {
  const distance = Math.abs(nowMs - ms)
  if (distance < 2000) return 'just now'
  const unit = units.find(([limit]) => distance < limit)
  if (unit === undefined) return ''
  const count = Math.floor(distance / unit[1])
  const amount = `${count} ${unit[2]}${count === 1 ? '' : 's'}`
  return ms <= nowMs ? `${amount} ago` : `in ${amount}`
}

/** Milliseconds as people say them: `0.4 ms`, `12.5 ms`, `3.2 s`, `4 min 10 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${trim(ms)} ms`
  if (ms < 60_000) return `${trim(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)))
}

let fractions: Intl.NumberFormat | undefined

/** `12,345`. */
export function formatCount(value: number): string {
  // The first formatter of a page takes some 30 ms to be made, while the page waits to be seen.
  if (Number.isSafeInteger(value)) return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
  fractions ??= new Intl.NumberFormat('en-US')
  return fractions.format(value)
}
