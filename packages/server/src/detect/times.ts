import { timeToMs } from '@aleph-audit-log/domain/time'

/** Times of events as whole microseconds since 1970, to calculate with; a number holds them exactly until 2255. */
export type Micros = number

export const dayMicros = 86_400_000_000
export const hourMicros = 3_600_000_000

/** A canonical time. */
export function toMicros(time: string): Micros {
  return timeToMs(time) * 1000 + Number(time.slice(23, 26))
}

/** The canonical time. */
export function fromMicros(micros: Micros): string {
  const ms = Math.floor(micros / 1000)
  const text = new Date(ms).toISOString()
  return `${text.slice(0, 23)}${String(micros - ms * 1000).padStart(3, '0')}Z`
}

/** The day (in UTC) since 1970. */
export function dayOf(micros: Micros): number {
  return Math.floor(micros / dayMicros)
}
