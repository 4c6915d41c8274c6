import { insightLimits } from '@aleph-audit-log/domain/api/insights'
import { AuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'

const dayMs = 86_400_000

/**
 * The UTC days of a range, first to last; one without an end ends today. Throws AuditError('invalid') for more than can
 * be shown.
 */
export function listDays({ from, before }: { from: string; before: string }, nowMs: number): string[] {
  const firstMs = floorDay(timeToMs(from))
  const lastMs = Math.max(firstMs, floorDay(Math.min(timeToMs(before) - 1, nowMs)))
  const days = (lastMs - firstMs) / dayMs + 1
  if (days > insightLimits.daysMax) {
    throw new AuditError('invalid', 'The time range is too long.', {
      problems: [
        { path: 'from', message: `gives ${days} days; at most ${insightLimits.daysMax} are counted` },
      ],
    })
  }
  return Array.from({ length: days }, (_, i) => timeFromMs(firstMs + i * dayMs).slice(0, 10))
}

function floorDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs
}

/**
 * A time zone of the IANA database as both this program and the engine spell it; undefined for what is none, also for an
 * offset. The engine finds a zone only in its own spelling, and this program in any case.
 */
export function readZone(zone: string): string | undefined {
  if (!/^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*){0,2}$/.test(zone)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
