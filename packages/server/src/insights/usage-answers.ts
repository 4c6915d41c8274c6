import type {
  PersonCount,
  PersonRef,
  PersonUsage,
  QueryUsage,
  TableUsage,
  ToolUsage,
} from '@aleph-audit-log/domain/api/insights'
import { actorTypes, statementKinds } from '@aleph-audit-log/domain/event-values'
import { quantileOf } from '../store/duration-buckets.ts'
import { normalizedMax } from '../store/seen.ts'
import type * as store from '../store/usage-store.ts'

/** Rows of the store as the API shows them. Days that lie behind the last one (of fast clocks) are added to it. */
export function toPersonUsage({ person, perDay, ...row }: store.PersonCounts, days: string[]): PersonUsage {
  return { person: toPersonRef(person), ...row, perDay: fillDays(perDay, days) }
}

export function toTableUsage({ perDay, ...row }: store.TableCounts, days: string[]): TableUsage {
  return { ...row, perDay: fillDays(perDay, days) }
}

export function toQueryUsage(
  { perDay, durations, kind, normalized, ...row }: store.QueryCounts,
  days: string[],
): QueryUsage {
  const [p50Ms, p95Ms] = [quantileOf(durations, 0.5), quantileOf(durations, 0.95)]
  const characters = normalized.length > normalizedMax ? Array.from(normalized) : []
  const isCut = characters.length > normalizedMax
  return {
    ...row,
    normalized: isCut ? characters.slice(0, normalizedMax).join('') : normalized,
    ...(isCut ? { truncated: true as const } : {}),
    kind: statementKinds.find((known) => known === kind) ?? 'other',
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p95Ms === undefined ? {} : { p95Ms }),
    perDay: fillDays(perDay, days),
  }
}

export function toToolUsage(
  { perDay, tool, login, application, ...row }: store.ToolCounts,
  days: string[],
): ToolUsage {
  return {
    ...(tool === '' ? {} : { tool }),
    ...(login === '' ? {} : { login }),
    ...(application === '' ? {} : { application }),
    ...row,
    perDay: fillDays(perDay, days),
  }
}

export function toPersonCount({ person, count }: { person: store.PersonName; count: number }): PersonCount {
  return { person: toPersonRef(person), count }
}

function toPersonRef({ id, name, email, actorType }: store.PersonName): PersonRef {
  const type = actorTypes.find((known) => known === actorType)
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(type === undefined ? {} : { actorType: type }),
  }
}

function fillDays(perDay: store.CountsByDay, days: string[]): number[] {
  const counts = days.map((day) => perDay[day] ?? 0)
  const last = days.at(-1) ?? ''
  const later = Object.entries(perDay).filter(([day]) => day > last)
  const rest = later.reduce((sum, [, count]) => sum + count, 0)
  if (rest > 0) counts[counts.length - 1] = (counts.at(-1) ?? 0) + rest
  return counts
}
