import type {
  ExportRun,
  RunState,
  Schedule,
  ScheduleFormat,
  ScheduleTiming,
} from '@aleph-audit-log/domain/api/schedules'
import { formatShortDay } from '../events/format-time.ts'

export const formatWords: Record<ScheduleFormat, string> = {
  xlsx: 'Excel',
  csv: 'CSV',
  jsonl: 'JSON Lines',
  digest: 'Digest',
}

export const weekdays = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const

export const stateWords: Record<RunState, string> = {
  waiting: 'Waiting',
  running: 'Running',
  delivered: 'Delivered',
  failed: 'Failed',
  skipped: 'Left out',
}

/** `08:05`. */
export function printClock({ hour, minute }: Pick<ScheduleTiming, 'hour' | 'minute'>): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** The opposite; undefined for what is no time of the day. */
export function readClock(text: string): { hour: number; minute: number } | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? []
  const clock = { hour: Number(hour), minute: Number(minute) }
  return hour !== undefined && clock.hour < 24 && clock.minute < 60 ? clock : undefined
}

/** `Every Monday at 08:00, Europe/Berlin`. */
export function sayTiming(timing: ScheduleTiming): string {
  const day = timing.every === 'day' ? 'day' : (weekdays[timing.weekday - 1] ?? 'week')
  return `Every ${day} at ${printClock(timing)}, ${timing.zone}`
}

/** What comes, and of which days. */
export function sayContent({ format, timing }: Pick<Schedule, 'format' | 'timing'>): string {
  return `${formatWords[format]} of ${timing.covers === 'day' ? 'the day before' : 'the seven days before'}`
}

/** Where it goes. */
export function sayDestination({ destination }: Pick<Schedule, 'destination'>): string {
  if (destination.kind === 'email') return destination.to.join(', ')
  return destination.folder === '' ? 'Folder of the server' : `Folder ${destination.folder}`
}

/** `1.2 MiB`. */
export function sayBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const units = ['KiB', 'MiB', 'GiB']
  let value = bytes / 1024
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** The days that a run covers: `28 Nov 2026`, `22 – 28 Nov 2026`. */
export function sayDays({ firstDay, lastDay }: Pick<ExportRun, 'firstDay' | 'lastDay'>): string {
  const [first, last] = [firstDay, lastDay].map((day) => Date.parse(`${day}T00:00:00Z`))
  if (first === undefined || last === undefined) return ''
  if (first === last) return formatShortDay(last, 'utc')
  return `${formatShortDay(first, 'utc', last)} – ${formatShortDay(last, 'utc')}`
}
