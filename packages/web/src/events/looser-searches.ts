import { isAuditError } from '@aleph-audit-log/domain/error'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { printFilter } from '@aleph-audit-log/domain/filter/print-filter'

/** A search with one of its terms taken away. */
export type LooserSearch = { without: string; text: string }

/** How many are offered: a search of more terms is better edited by hand. */
const termsMax = 4

/** The searches that a search of two to four terms becomes by leaving one of them out; none for any other. */
export function looserSearches(text: string): LooserSearch[] {
  try {
    const filter = parseFilter(text)
    if (filter.kind !== 'and' || filter.terms.length < 2 || filter.terms.length > termsMax) return []
    return filter.terms.map((term, left) => ({
      without: printFilter(term),
      text: printFilter({ kind: 'and', terms: filter.terms.filter((_, index) => index !== left) }),
    }))
  } catch (error) {
    if (isAuditError(error, 'invalid')) return []
    throw error
  }
}
