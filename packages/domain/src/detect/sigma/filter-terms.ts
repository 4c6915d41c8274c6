import type { Filter } from '../../filter/filter.ts'

/** All of one or more filters, in the form in which the search language reads it. */
export function allOf(filters: readonly Filter[]): Filter {
  return join('and', filters)
}

/** One of one or more filters, in the form in which the search language reads it. */
export function oneOf(filters: readonly Filter[]): Filter {
  return join('or', filters)
}

function join(kind: 'and' | 'or', filters: readonly Filter[]): Filter {
  const terms = filters.flatMap((filter) => (filter.kind === kind ? filter.terms : [filter]))
  const [first] = terms
  return terms.length === 1 && first !== undefined ? first : { kind, terms }
}

/** How many terms a filter has, as the limits of a search count them. */
export function countTerms(filter: Filter): number {
  if (filter.kind === 'not') return countTerms(filter.term)
  if (filter.kind !== 'and' && filter.kind !== 'or') return 1
  return filter.terms.reduce((sum, term) => sum + countTerms(term), 0)
}
