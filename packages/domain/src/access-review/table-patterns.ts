import type { Pattern } from '../filter/filter.ts'
import { exactPattern, matchesWhole, wildcardPattern } from '../filter/pattern.ts'
import { quote } from '../filter/quote.ts'
import { toSearchText } from '../search-text.ts'

/** A table's name or a pattern for some, as it was written: `finance.payments`, `finance.*`, `"odd, name"`. */
export type TablePattern = string

/**
 * Splits a list such as `finance.*, hr.people` at its commas. A name with a comma, a quote or a star of its own stands in
 * quotes, as in the search language. Each pattern comes back as it was written, and once; undefined where a quote is
 * not closed.
 */
export function splitTablePatterns(text: string): TablePattern[] | undefined {
  const patterns: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const match = /^(?:"(?:[^"\\]|\\.)*"|[^",]*)\s*(?:,|$)/s.exec(rest)
    if (match === null) return undefined
    const pattern = match[0].replace(/,$/, '').trim()
    if (pattern !== '' && !patterns.includes(pattern)) patterns.push(pattern)
    rest = rest.slice(match[0].length).trim()
  }
  return patterns
}

/** The opposite of `splitTablePatterns`. */
export function joinTablePatterns(patterns: readonly TablePattern[]): string {
  return patterns.join(',')
}

/** The pattern for exactly this name. */
export function patternOfTable(name: string): TablePattern {
  return /^[^\s",*\\](?:[^",*]*[^\s",*])?$/.test(name) ? name : quote(name)
}

/**
 * Tells whether a table is meant by one of the patterns, as `table:` of the search language does: regardless of case, and
 * a name without its first parts stands for the table as well (`payments` for `finance.payments`).
 */
export function tableMatcher(patterns: readonly TablePattern[]): (name: string) => boolean {
  const read = patterns.map(readPattern)
  return (name) => {
    const parts = toSearchText(name).split('.')
    const keys = parts.map((_, i) => parts.slice(i).join('.'))
    return read.some((pattern) => keys.some((key) => matchesWhole(pattern, key)))
  }
}

function readPattern(text: TablePattern): Pattern {
  const quoted = /^"(.*)"$/s.exec(text)?.[1]
  if (quoted !== undefined) return exactPattern(quoted.replaceAll(/\\(.)/gs, '$1'))
  return wildcardPattern(text.split('*'))
}
