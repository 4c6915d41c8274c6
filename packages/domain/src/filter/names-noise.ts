import type { Filter } from './filter.ts'

/** Whether a search itself says what is to become of noise; the page leaves it out of all others. */
export function namesNoise(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.terms.some(namesNoise)
  return filter.kind === 'not' ? namesNoise(filter.term) : filter.kind === 'noise'
}
