import { toSearchText } from '../search-text.ts'
import type { Pattern } from './filter.ts'

/** A pattern for exactly this text; `*` in it is an ordinary character. */
export function exactPattern(text: string): Pattern {
  return { parts: [toSearchText(text)] }
}

/**
 * A pattern of literal parts with a wildcard between each two of them. Neighbouring wildcards become one, so that equal
 * patterns look equal.
 */
export function wildcardPattern(literals: readonly string[]): Pattern {
  const [first = '', ...rest] = literals.map(toSearchText)
  const last = rest.pop()
  if (last === undefined) return { parts: [first] }
  return { parts: [first, ...rest.filter((part) => part !== ''), last] }
}

/** The pattern of a substring: a wildcard at its beginning or end adds nothing and is left out. */
export function substringPattern(literals: readonly string[]): Pattern {
  const { parts } = wildcardPattern(literals)
  const [first, ...rest] = parts.filter((part) => part !== '')
  if (first !== undefined) return { parts: [first, ...rest] }
  return { parts: parts.length === 1 ? [''] : ['', ''] }
}

/** True if the pattern has no literal text at all: `*`. */
export function isAnything(pattern: Pattern): boolean {
  return pattern.parts.length > 1 && pattern.parts.every((part) => part === '')
}

/** Whether the pattern covers a lower-cased value from its beginning to its end. */
export function matchesWhole({ parts }: Pattern, value: string): boolean {
  const [first] = parts
  if (parts.length === 1) return value === first
  const last = parts.at(-1) ?? ''
  if (value.length < first.length + last.length) return false
  if (!value.startsWith(first) || !value.endsWith(last)) return false
  let end = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] ?? ''
    const at = value.indexOf(part, end)
    if (at === -1) return false
    end = at + part.length
  }
  return value.length - end >= last.length
}

/** Whether the pattern's parts stand in a lower-cased value, in this order. */
export function matchesSubstring(pattern: Pattern, value: string): boolean {
  return endOfParts(pattern.parts, value, 0) !== undefined
}

/** Where the last part ends when each is taken as early as possible; undefined if one is missing. */
function endOfParts(parts: readonly string[], value: string, start: number): number | undefined {
  let end = start
  for (const part of parts) {
    const at = value.indexOf(part, end)
    if (at === -1) return undefined
    end = at + part.length
  }
  return end
}
