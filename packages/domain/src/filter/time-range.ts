import { dayEnd, dayStart, nextMicrosecond, timeFromMs, timeToMs, toCanonicalTime } from '../time.ts'
import type { TimeRange } from './filter.ts'
import type { Reading } from './reading.ts'

/** `end` is exclusive and missing for the last day and the last microsecond of the year 9999: nothing is later. */
type Moment = { start: string; end?: string }

const lastDay = '9999-12-31'
const lastTime = `${lastDay}T23:59:59.999999Z`
const dayMs = 86_400_000

/** Reads the value of `after:`, `before:` or `created:`. */
export function readTimeRange(name: 'after' | 'before' | 'created', text: string): Reading<TimeRange> {
  if (name !== 'created') {
    const moment = readMoment(text)
    if (moment !== undefined)
      return { value: name === 'after' ? { from: moment.start } : { before: moment.start } }
    if (/^[<>]|\.\./.test(text)) {
      return { fault: `${name}: takes one day or time; comparisons and ranges stand behind created:.` }
    }
    return notATime(text)
  }
  const [, sign = '', rest = ''] = /^(>=|<=|>|<)?(.*)$/s.exec(text) ?? []
  if (sign !== '') return readComparison(sign, rest)
  const month = daysOfMonth(text)
  if (month !== undefined) return { fault: 'A month is written as its days.', suggestion: month }
  const dots = text.indexOf('..')
  const [first, last] = dots === -1 ? [text, text] : [text.slice(0, dots), text.slice(dots + 2)]
  const begin = readMoment(first)
  if (begin === undefined) return notATime(first, text)
  const end = readMoment(last)
  if (end === undefined) return notATime(last, text)
  if (end.end !== undefined && end.end <= begin.start) {
    return { fault: 'The range ends before it begins.', suggestion: `${last}..${first}` }
  }
  return { value: rangeOf(begin.start, end.end) }
}

function readComparison(sign: string, text: string): Reading<TimeRange> {
  const moment = readMoment(text)
  if (moment === undefined) return notATime(text, `${sign}${text}`)
  if (sign === '>=') return { value: { from: moment.start } }
  if (sign === '<') return { value: { before: moment.start } }
  if (sign === '<=') return { value: rangeOf(undefined, moment.end) }
  if (moment.end === undefined) return { fault: `No time is later than ${text}.` }
  return { value: { from: moment.end } }
}

function rangeOf(from: string | undefined, before: string | undefined): TimeRange {
  return { ...(from === undefined ? {} : { from }), ...(before === undefined ? {} : { before }) }
}

function readMoment(text: string): Moment | undefined {
  const start = dayStart(text)
  if (start !== undefined) {
    const end = text === lastDay ? undefined : dayEnd(text)
    return end === undefined ? { start } : { start, end }
  }
  const time = toCanonicalTime(text)
  if (time === undefined) return undefined
  return time === lastTime ? { start: time } : { start: time, end: nextMicrosecond(time) }
}

/** `whole` is the value in which the faulty text stands: a suggestion replaces the whole value. */
function notATime(text: string, whole = text): Reading<TimeRange> {
  const fault =
    text === ''
      ? 'A day or a time is missing, such as 2026-11-01 or 2026-11-01T10:00:00Z.'
      : `"${text}" is neither a day (2026-11-01) nor a time with its zone (2026-11-01T10:00:00Z).`
  const better = text === '' ? undefined : nearTime(text)
  return better === undefined ? { fault } : { fault, suggestion: whole.replace(text, () => better) }
}

/** `2026-11` as `2026-11-01..2026-11-30`; undefined if it is no month. */
function daysOfMonth(text: string): string | undefined {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(text) ?? []
  if (dayStart(`${text}-01`) === undefined) return undefined
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return `${text}-01..${text}-${days}`
}

function nearTime(text: string): string | undefined {
  const minutes = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/i.test(text) ? `${text}:00` : text
  return [`${text}-01`, `${text}-01-01`, `${minutes}Z`, text.replaceAll('/', '-')].find(
    (candidate) => readMoment(candidate) !== undefined,
  )
}

/** The term for a range that `readTimeRange` can make; `..` and comparisons include whole days where both ends are days. */
export function printTimeRange({ from, before }: TimeRange): string {
  if (from === undefined && before === undefined) return `created:<=${lastDay}`
  if (before === undefined) return `after:${printMoment(from ?? '')}`
  if (from === undefined) return `before:${printMoment(before)}`
  const first = printMoment(from)
  const last = printLastMoment(before)
  if (first === last) return `created:${first}`
  return `created:${first}..${last}`
}

function printMoment(time: string): string {
  if (isMidnight(time)) return time.slice(0, 10)
  return time.replace(/\.?0*Z$/, 'Z')
}

/** What stands after `..` so that the range ends directly before this time. */
function printLastMoment(before: string): string {
  if (isMidnight(before)) return timeFromMs(timeToMs(before) - dayMs).slice(0, 10)
  const micros = Number(before.slice(20, 26))
  if (micros > 0) return toTime(before.slice(0, 19), micros - 1)
  return toTime(timeFromMs(timeToMs(before) - 1000).slice(0, 19), 999_999)
}

function toTime(seconds: string, micros: number): string {
  const text = `${seconds}.${String(micros).padStart(6, '0')}Z`
  // A midnight would read as the whole day, so it keeps its time of day.
  return text.replace(/\.?0*Z$/, 'Z')
}

function isMidnight(time: string): boolean {
  return time.endsWith('T00:00:00.000000Z')
}
