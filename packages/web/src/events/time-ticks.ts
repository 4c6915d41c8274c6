import { formatClock, formatShortDay } from './format-time.ts'
import { fieldsIn, msOfFields, type Zone } from './zone.ts'

export type Tick = { ms: number; label: string }

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const clockSteps = [1, 2, 5, 10, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * minuteMs)
const daySteps = [1, 2, 7, 14, 30, 91, 182, 365, 730, 1825]

/**
 * Times for an axis from `fromMs` to `toMs`, at most `ticksMax`, at round hours or at midnights of the zone. Days are
 * stepped by the calendar, so a change to summer time moves no label.
 */
export function timeTicks(fromMs: number, toMs: number, zone: Zone, ticksMax: number): Tick[] {
  if (toMs <= fromMs || ticksMax < 1) return []
  const step = clockSteps.find((stepMs) => (toMs - fromMs) / stepMs <= ticksMax)
  return step === undefined ? dayTicks(fromMs, toMs, zone, ticksMax) : clockTicks(fromMs, toMs, zone, step)
}

function clockTicks(fromMs: number, toMs: number, zone: Zone, stepMs: number): Tick[] {
  const { year, month, day } = fieldsIn(fromMs, zone)
  const midnight = msOfFields({ year, month, day }, zone)
  const ticks: Tick[] = []
  for (let ms = midnight + Math.ceil((fromMs - midnight) / stepMs) * stepMs; ms < toMs; ms += stepMs) {
    const { hour, minute } = fieldsIn(ms, zone)
    const label = hour === 0 && minute === 0 ? dayLabel(ms, zone) : formatClock(ms, zone, 'minutes')
    ticks.push({ ms, label })
  }
  return ticks
}

function dayTicks(fromMs: number, toMs: number, zone: Zone, ticksMax: number): Tick[] {
  const days = (toMs - fromMs) / dayMs
  const step = daySteps.find((step) => days / step <= ticksMax) ?? Math.ceil(days / ticksMax)
  const { year, month, day } = fieldsIn(fromMs, zone)
  const ticks: Tick[] = []
  for (let count = 0; ; count += step) {
    const ms = msOfFields({ year, month, day: day + 1 + count }, zone)
    if (ms >= toMs) return ticks
    ticks.push({ ms, label: dayLabel(ms, zone) })
  }
}

function dayLabel(ms: number, zone: Zone): string {
  return formatShortDay(ms, zone, ms)
}
