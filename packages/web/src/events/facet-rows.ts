import {
  findTermUse,
  usedValues,
  type SearchPart,
  type TermUse,
} from '@aleph-audit-log/domain/filter/edit-filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { Facet, FacetField } from '../api/events.ts'

/** The fields that can be filtered by at the left of the table, in their order. */
export const facetFields = [
  { field: 'type', title: 'Type' },
  { field: 'actor', title: 'Name' },
  { field: 'table', title: 'Table' },
  { field: 'outcome', title: 'Outcome' },
  { field: 'database', title: 'Database' },
  { field: 'application', title: 'Application' },
  { field: 'source', title: 'Source' },
  { field: 'kind', title: 'Kind' },
  { field: 'tool', title: 'Tool' },
] as const satisfies readonly { field: FacetField; title: string }[]

export type ShownFacetField = (typeof facetFields)[number]['field']

/** A value of a field: how often it occurs (unless that is not known), and what the search asks of it. */
export type FacetRow = { value: string; term: string; count: number | undefined; use: TermUse }

/**
 * The values of a field: those that the search names and that do not occur (an excluded one never does), then those
 * that occur, the most frequent first.
 */
export function facetRows(
  field: FacetField,
  facet: Facet | undefined,
  parts: readonly SearchPart[],
): FacetRow[] {
  const values = facet?.values ?? []
  const occurring = new Set(values.map(({ value }) => toSearchText(value)))
  const named = usedValues(parts, field)
    .filter(({ value }) => !occurring.has(toSearchText(value)))
    .map(({ value, use }): FacetRow => {
      const count = facet !== undefined && use === 'only' ? 0 : undefined
      return { value, term: printTerm(field, value), count, use }
    })
  const found = values.map(({ value, count }): FacetRow => {
    const term = printTerm(field, value)
    return { value, term, count, use: findTermUse(parts, term) }
  })
  return [...named, ...found]
}

/** The first rows, and all further ones that the search names. */
export function firstRows(rows: readonly FacetRow[], max: number): FacetRow[] {
  let rest = max
  return rows.filter((row) => row.use !== 'any' || rest-- > 0)
}
