import { WeightedPicker, type Random } from './random.ts'
import type { Office } from './people.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The made-up time: from `fromMs` (inclusive) to `toMs` (exclusive), Unix milliseconds. */
export type Span = { fromMs: number; toMs: number }

/** A time as a clock on the wall of an office shows it. `day` counts days since 1970. */
export type LocalTime = { day: number; weekday: number; hour: number; monthDay: string }

type ZoneClock = { format: Intl.DateTimeFormat; offsets: Map<number, number> }

// What is asked again and again does not change: kept for the life of the process.
const clocks = new Map<string, ZoneClock>()
const monthDays = new Map<number, string>()

function clockOf(zone: string): ZoneClock {
  let clock = clocks.get(zone)
  if (!clock) {
    const parts = {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    } as const
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts })
    clock = { format, offsets: new Map() }
    clocks.set(zone, clock)
  }
  return clock
}

/** How far a zone is ahead of UTC, in ms. Zones change their clocks at full quarters of an hour. */
export function zoneOffsetMs(zone: string, ms: number): number {
  const { format, offsets } = clockOf(zone)
  const quarter = Math.floor(ms / (hourMs / 4))
  const known = offsets.get(quarter)
  if (known !== undefined) return known
  const at = quarter * (hourMs / 4)
  const shown = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute } = shown
  const offset = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`) - at
  offsets.set(quarter, offset)
  return offset
}

export function localTime(zone: string, ms: number): LocalTime {
  const local = ms + zoneOffsetMs(zone, ms)
  const day = Math.floor(local / dayMs)
  let monthDay = monthDays.get(day)
  if (monthDay === undefined) {
    monthDay = new Date(local).toISOString().slice(5, 10)
    monthDays.set(day, monthDay)
  }
  // The first of January 1970 was a Thursday.
  return { day, weekday: (day + 4) % 7, hour: (local - day * dayMs) / hourMs, monthDay }
}

/** Public holidays with a fixed date, by country. Those that move with the moon are working days here. */
const holidays: Record<Office['country'], readonly string[]> = {
  DE: ['01-01', '05-01', '10-03', '12-25', '12-26'],
  US: ['01-01', '06-19', '07-04', '11-11', '12-25'],
  BR: ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25'],
  IN: ['01-26', '08-15', '10-02', '12-25'],
  JP: ['01-01', '01-02', '02-11', '02-23', '04-29', '05-03', '05-04', '05-05', '08-11', '11-03', '11-23'],
  IL: ['05-14'],
  GR: ['01-01', '01-06', '03-25', '05-01', '08-15', '10-28', '12-25', '12-26'],
  EG: ['01-07', '01-25', '04-25', '05-01', '07-23', '10-06'],
  KR: ['01-01', '03-01', '05-05', '06-06', '08-15', '10-03', '10-09', '12-25'],
  TH: ['01-01', '04-13', '04-14', '04-15', '05-01', '07-28', '10-13', '10-23', '12-05', '12-10', '12-31'],
}

/** Whether nobody is expected to work in an office on the local day of a time. */
function isDayOff(office: Office, local: LocalTime): boolean {
  return office.weekend.includes(local.weekday) || holidays[office.country].includes(local.monthDay)
}

/** How busy something is at a time, relative to its busiest; 0 means never. */
export type Intensity = (ms: number) => number

/** A working day: it rises in the morning, dips at lunch and fades out; few work on days off, and nobody at night. */
export function workingHours(office: Office, begins: number, ends: number): Intensity {
  return (ms) => {
    const local = localTime(office.zone, ms)
    if (local.hour < begins || local.hour >= ends) return 0
    const part = (local.hour - begins) / (ends - begins)
    const lunch = local.hour >= 12.25 && local.hour < 13.25 ? 0.35 : 1
    const shape = part < 0.1 ? 0.5 : part > 0.85 ? 0.45 : 1
    return shape * lunch * (isDayOff(office, local) ? 0.02 : 1)
  }
}

const slotMs = hourMs / 12

/** Draws times from a span so that there are as many as the intensity says. */
export class TimeSampler {
  readonly #picker: WeightedPicker<number>
  readonly #span: Span

  constructor(span: Span, intensity: Intensity) {
    this.#span = span
    const slots: number[] = []
    for (let ms = Math.floor(span.fromMs / slotMs) * slotMs; ms < span.toMs; ms += slotMs) slots.push(ms)
    this.#picker = new WeightedPicker(slots, (ms) => Math.max(0, intensity(ms)))
  }

  /** Unix milliseconds within the span. */
  sample(random: Random): number {
    const ms = this.#picker.pick(random) + random.fraction() * slotMs
    return Math.min(Math.max(ms, this.#span.fromMs), this.#span.toMs - 1)
  }
}
