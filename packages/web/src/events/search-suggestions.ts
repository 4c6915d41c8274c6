import { completeFilter } from '@aleph-audit-log/domain/filter/complete-filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'

export type Suggestion = { text: string; description: string; kind: 'name' | 'value' }
/** What can stand at the cursor: each item replaces the text from `start` to `end`. */
export type Suggestions = { start: number; end: number; items: Suggestion[] }

/** How many are shown: more would be a list to scroll, not a help. */
const itemsMax = 12

/**
 * What can stand at the cursor: qualifiers, their fixed values, and for the others the values that `knownValues` finds.
 */
export function suggestAt(
  text: string,
  cursor: number,
  knownValues: (field: string) => string[],
): Suggestions {
  const { start, end, suggestions, field } = completeFilter(text, cursor)
  const isValue = text[start - 1] === ':'
  const items = suggestions.map((suggestion): Suggestion => ({
    ...suggestion,
    kind: isValue ? 'value' : 'name',
  }))
  if (field !== undefined) {
    const typed = text.slice(start, cursor).replace(/^"/, '').toLowerCase()
    for (const value of knownValues(field)) {
      if (value.toLowerCase().includes(typed)) {
        items.push({ text: printTerm(field, value).slice(field.length + 1), description: '', kind: 'value' })
      }
    }
  }
  // What stands there already is no suggestion.
  const current = text.slice(start, end)
  return { start, end, items: items.filter((item) => item.text !== current).slice(0, itemsMax) }
}

/** The text with a suggestion in it, and the cursor behind it; after a value a space begins the next term. */
export function applyCompletion(
  text: string,
  { start, end }: { start: number; end: number },
  suggestion: string,
): { text: string; cursor: number } {
  const rest = text.slice(end)
  const isOpen = suggestion.endsWith(':') || suggestion.endsWith('.')
  const space = isOpen || rest.startsWith(' ') ? '' : ' '
  const head = `${text.slice(0, start)}${suggestion}${space}`
  return { text: head + rest, cursor: head.length }
}
