import type { PastRangeId } from '@aleph-audit-log/domain/api/views'
import { timeFromMs, timeToMs, toUtcTime } from '@aleph-audit-log/domain/time'
import { formatClock, formatDay, formatShortDay } from './format-time.ts'
import { fieldsIn, msOfFields, type Zone } from './zone.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The relative ranges that the picker offers; the id stands in the address bar (`range=7d`). */
export const pastRanges = [
  { id: '15m', label: 'Past 15 minutes', ms: 15 * minuteMs },
  { id: '1h', label: 'Past 1 hour', ms: hourMs },
  { id: '24h', label: 'Past 24 hours', ms: dayMs },
  { id: '7d', label: 'Past 7 days', ms: 7 * dayMs },
  { id: '30d', label: 'Past 30 days', ms: 30 * dayMs },
  { id: '90d', label: 'Past 90 days', ms: 90 * dayMs },
] as const satisfies readonly { id: PastRangeId; label: string; ms: number }[]

const defaultPastRange: PastRangeId = '30d'

/**
 * The time that a search covers: back from now, or from a time (inclusive) to a time (exclusive; until now if absent),
 * canonical times.
 */
export type TimeRange = { kind: 'past'; id: PastRangeId } | { kind: 'between'; from: string; to?: string }

/** What the address bar says about the range. */
export type RangeParams = { range?: string; from?: string; to?: string }

/** Reads the range from the address bar; what is missing or makes no sense becomes the default, never an error. */
export function readRange(params: RangeParams): TimeRange {
  const to = params.to === undefined ? undefined : readTime(params.to)
  const from = params.from === undefined ? undefined : readTime(params.from)
  if (from !== undefined && params.to === undefined) return { kind: 'between', from }
  if (from !== undefined && to !== undefined && from < to) return { kind: 'between', from, to }
  if (to !== undefined && params.from === undefined) {
    return { kind: 'between', from: timeFromMs(timeToMs(to) - 30 * dayMs), to }
  }
  const past = pastRanges.find(({ id }) => id === params.range)
  return { kind: 'past', id: past?.id ?? defaultPastRange }
}

function readTime(text: string): string | undefined {
  const utc = toUtcTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  return utc === undefined ? undefined : timeFromMs(timeToMs(utc))
}

/** What the address bar says for a range; the default says nothing. */
export function writeRange(range: TimeRange): RangeParams {
  if (range.kind === 'between')
    return withTo({ from: shortTime(range.from) }, range.to && shortTime(range.to))
  return range.id === defaultPastRange ? {} : { range: range.id }
}

function withTo(from: { from: string }, to: string | undefined): { from: string; to?: string } {
  return to === undefined ? from : { ...from, to }
}

/** Drops the zeros at the end of a canonical time: `2026-11-22T10:00:00Z`. */
function shortTime(time: string): string {
  return time.replace(/(\.\d*?)0+Z$/, '$1Z').replace('.Z', 'Z')
}

/**
 * The `from` and `to` of a request. The default range sends neither: the server then takes 30 days by its own clock, and
 * a time in the search text (`after:2025-01-01`) may reach further back. Relative ranges stay open towards now.
 */
export function questionTimes(range: TimeRange, nowMs: number): { from?: string; to?: string } {
  if (range.kind === 'between') return withTo({ from: range.from }, range.to)
  if (range.id === defaultPastRange) return {}
  return { from: timeFromMs(nowMs - pastRangeMs(range.id)) }
}

/** The Unix times (milliseconds) that a range covers, for drawing. */
export function rangeBounds(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  if (range.kind === 'between') {
    return { fromMs: timeToMs(range.from), toMs: range.to === undefined ? nowMs : timeToMs(range.to) }
  }
  return { fromMs: nowMs - pastRangeMs(range.id), toMs: nowMs }
}

function pastRangeMs(id: PastRangeId): number {
  return pastRanges.find((past) => past.id === id)?.ms ?? 30 * dayMs
}

/** The range in words, for its button: `Past 30 days`, `1 – 5 Nov 2026`, `22 Nov 2026, 10:00 – 11:30`. */
export function describeRange(range: TimeRange, zone: Zone): string {
  if (range.kind === 'past') return pastRanges.find(({ id }) => id === range.id)?.label ?? ''
  const fromMs = timeToMs(range.from)
  if (range.to === undefined)
    return `Since ${formatShortDay(fromMs, zone)}, ${formatClock(fromMs, zone, 'minutes')}`
  const toMs = timeToMs(range.to)
  if (isMidnight(fromMs, zone) && isMidnight(toMs, zone)) {
    const first = formatShortDay(fromMs, zone, toMs)
    const last = formatShortDay(toMs - 1, zone)
    return formatDay(fromMs, zone) === formatDay(toMs - 1, zone) ? last : `${first} – ${last}`
  }
  const digits = fromMs % minuteMs === 0 && toMs % minuteMs === 0 ? 'minutes' : 'seconds'
  const from = `${formatShortDay(fromMs, zone)}, ${formatClock(fromMs, zone, digits)}`
  const until = formatClock(toMs, zone, digits)
  return formatDay(fromMs, zone) === formatDay(toMs, zone)
    ? `${from} – ${until}`
    : `${from} – ${formatShortDay(toMs, zone)}, ${until}`
}

function isMidnight(ms: number, zone: Zone): boolean {
  const { hour, minute, second, ms: rest } = fieldsIn(ms, zone)
  return hour === 0 && minute === 0 && second === 0 && rest === 0
}

const typedTime = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/

/**
 * A time as a person types it (`2026-11-22`, `2026-11-22 10:00`, `...:05.250`) in the zone, as Unix milliseconds;
 * undefined if it is none, such as 30 February.
 */
export function parseTypedTime(text: string, zone: Zone): number | undefined {
  const match = typedTime.exec(text.trim())
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
  if (year === undefined || month === undefined || day === undefined) return undefined
  const fields = { year, month, day, hour: hour ?? 0, minute: minute ?? 0, second: second ?? 0 }
  if (fields.hour > 23 || fields.minute > 59 || fields.second > 59) return undefined
  const ms = msOfFields({ ...fields, ms: Number((match[7] ?? '').padEnd(3, '0')) }, zone)
  const read = fieldsIn(ms, zone)
  return read.year === year && read.month === month && read.day === day ? ms : undefined
}

/** A Unix time as `parseTypedTime` reads it: `2026-11-22 10:00:00`. */
export function printTypedTime(ms: number, zone: Zone): string {
  return `${formatDay(ms, zone)} ${formatClock(ms, zone, ms % 1000 === 0 ? 'seconds' : 'ms')}`
}

/** The canonical range of two Unix times; undefined if they stand in the wrong order. */
export function rangeBetween(fromMs: number, toMs: number): TimeRange | undefined {
  return fromMs < toMs ? { kind: 'between', from: timeFromMs(fromMs), to: timeFromMs(toMs) } : undefined
}
