import {
  splitSearch,
  withTermUse,
  type SearchPart,
  type TermUse,
} from '@aleph-audit-log/domain/filter/edit-filter'
import { createContext, useContext, useMemo } from 'react'

/** How a value that is on screen changes the search. */
export type SearchEdit = {
  /** What the search asks of every event. */
  parts: readonly SearchPart[]
  /** Makes this use of all these terms; the rest of the search stays as it was written. */
  apply: (terms: readonly string[], use: TermUse) => void
}

export const SearchEditContext = createContext<SearchEdit | undefined>(undefined)

/** Undefined while the search cannot be understood: nothing can be added to it then. */
export function useSearchEdit(): SearchEdit | undefined {
  return useContext(SearchEditContext)
}

/** The changes of this search; undefined unless it is valid. */
export function useSearchEditOf(
  q: string,
  valid: boolean,
  onSearch: (text: string) => void,
): SearchEdit | undefined {
  return useMemo(() => {
    if (!valid) return undefined
    return {
      parts: splitSearch(q),
      apply: (terms, use) => onSearch(terms.reduce((text, term) => withTermUse(text, term, use), q)),
    }
  }, [q, valid, onSearch])
}
