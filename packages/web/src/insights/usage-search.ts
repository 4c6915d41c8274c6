import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { searchOfTable } from '../overview/overview-params.ts'

/**
 * What Insights counts: queries that somebody or something asked for. The Audit Log page leaves the statements that
 * programs send by themselves out by itself, and says so; a search of the server names it.
 */
const queries = 'type:query'
const withoutNoise = '-is:noise'

/** The search of the Audit Log page that finds what a number counts. */
export function eventsText(...terms: readonly string[]): string {
  return [queries, ...terms].join(' ')
}

/** The same for the server. */
export function countedText(...terms: readonly string[]): string {
  return [queries, ...terms, withoutNoise].join(' ')
}

/** A valid search as one of several terms. */
export function asTerm(search: string): string {
  return parseFilter(search).kind === 'or' ? `(${search})` : search
}

/** Everything that one person, table, query or tool is behind. */
export const terms = {
  person: (id: string) => printTerm('actor', id),
  table: searchOfTable,
  query: (fingerprint: string) => printTerm('fingerprint', fingerprint),
  failed: 'outcome:failure',
  denied: 'outcome:denied',
  succeeded: 'outcome:success',
  notSucceeded: '-outcome:success',
  reading: 'kind:read',
  changing: '-kind:read',
} as const
