import type { PersonRef } from '@aleph-audit-log/domain/api/insights'
import { wildcardPattern } from '@aleph-audit-log/domain/filter/pattern'
import { printFilter, printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import type { EventSearchParams } from '../events/event-search.ts'
import { writeRange } from '../events/time-range.ts'

/** The periods of the overview; the id stands in the address bar. */
export const periods = [
  { id: '24h', label: 'Past 24 hours', before: 'the 24 hours before', ms: 86_400_000 },
  { id: '30d', label: 'Past 30 days', before: 'the 30 days before', ms: 30 * 86_400_000 },
] as const
export type Period = (typeof periods)[number]

/** What the address bar says; the default says nothing. */
export type OverviewParams = { period?: Period['id'] }

/** Reads what stands in the address bar; what makes no sense is left out. */
export function readOverviewParams(input: Record<string, unknown>): OverviewParams {
  const period = periods.find(({ id }) => id === input['period'])
  return period === undefined || period === periods[0] ? {} : { period: period.id }
}

/** The parameters for a period. */
export function withPeriod(id: string): OverviewParams {
  return readOverviewParams({ period: id })
}

export function periodOf({ period }: OverviewParams): Period {
  return periods.find(({ id }) => id === period) ?? periods[0]
}

/** The address of exactly the events that a number of the overview has counted. */
export function eventsOf({ from, to }: { from: string; to: string }, q = ''): EventSearchParams {
  return { ...(q !== '' && { q }), ...writeRange({ kind: 'between', from, to }) }
}

/** A search for everything that somebody did. */
export function searchOfPerson({ id, email }: PersonRef): string {
  return email === undefined ? `${printTerm('actor', id)} -email:*` : printTerm('email', email)
}

/**
 * A search for everything that touched a table, and no other one of the same last name: `table:orders` finds
 * `sales.orders` as well.
 */
export function searchOfTable(table: string): string {
  const term = printTerm('table', table)
  if (table.includes('.')) return term
  return `${term} -${printFilter({ kind: 'field', field: 'table', pattern: wildcardPattern(['', `.${table}`]) })}`
}
