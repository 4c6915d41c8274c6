import { toSearchText } from '../search-text.ts'
import type { Filter } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import { printFilter } from './print-filter.ts'
import { tokenizeFilter, type Token } from './tokenize-filter.ts'

/** What a search asks of a term: only events that meet it, only events that do not, or nothing. */
export type TermUse = 'only' | 'without' | 'any'

/** One of the terms that every event has to meet, and where it stands in the text (UTF-16 units). */
export type SearchPart = {
  filter: Filter
  start: number
  end: number
  /** The value of `qualifier:value` as it was written; absent where it has wildcards, and for everything else. */
  value?: string
}

/**
 * Cuts a search into the terms that every event has to meet: words, groups, and their negations. A search of several
 * branches (`a OR b`) is one part. Throws AuditError('invalid') where `parseFilter` does.
 */
export function splitSearch(text: string): SearchPart[] {
  const whole = parseFilter(text)
  const { tokens } = tokenizeFilter(text)
  const [first] = tokens
  const last = tokens.at(-1)
  if (first === undefined || last === undefined) return []
  const pieces = cutAtTopLevel(tokens)
  if (pieces === undefined) return [{ filter: whole, start: first.start, end: last.end }]
  return pieces.map((piece) => toPart(text, piece))
}

/** The tokens of each term outside of parentheses; undefined where an OR stands there. */
function cutAtTopLevel(tokens: readonly Token[]): Token[][] | undefined {
  const pieces: Token[][] = []
  let depth = 0
  let piece: Token[] = []
  for (const token of tokens) {
    if (token.kind === 'or' && depth === 0) return undefined
    if (token.kind === 'open') depth++
    if (token.kind === 'close') depth--
    piece.push(token)
    if (depth > 0 || token.kind === 'minus') continue
    pieces.push(piece)
    piece = []
  }
  return pieces
}

function toPart(text: string, tokens: readonly Token[]): SearchPart {
  const start = tokens[0]?.start ?? 0
  const last = tokens.at(-1)
  const end = last?.end ?? start
  const filter = parseFilter(text.slice(start, end))
  const term = filter.kind === 'not' ? filter.term : filter
  if (last?.kind !== 'word' || term.kind !== 'field' || term.pattern.parts.length > 1) {
    return { filter, start, end }
  }
  return { filter, start, end, value: last.segments.map((segment) => segment.text).join('') }
}

/** What a search asks of a term, such as `printTerm` gives it. */
export function findTermUse(parts: readonly SearchPart[], term: string): TermUse {
  const [only, without] = bothWays(term)
  const printed = new Set(parts.map((part) => printFilter(part.filter)))
  if (printed.has(printFilter(parseFilter(only)))) return 'only'
  return printed.has(printFilter(parseFilter(without))) ? 'without' : 'any'
}

/**
 * A valid search that makes this use of a term, and otherwise asks for what it did, as it was written. A search that
 * makes it already stays as it is.
 */
export function withTermUse(text: string, term: string, use: TermUse): string {
  const parts = splitSearch(text)
  if (findTermUse(parts, term) === use) return text
  const both = bothWays(term)
  const gone = new Set(both.map((way) => printFilter(parseFilter(way))))
  const kept = parts
    .filter((part) => !gone.has(printFilter(part.filter)))
    .map((part) => text.slice(part.start, part.end))
    .join(' ')
  if (use === 'any') return kept
  return withTerm(kept, use === 'only' ? both[0] : both[1])
}

/** A valid search with one more term that all events have to meet. */
export function withTerm(text: string, term: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return term
  return `${parseFilter(trimmed).kind === 'or' ? `(${trimmed})` : trimmed} ${term}`
}

/** A term and its opposite; the opposite of `-name:*` is `name:*`. */
function bothWays(term: string): [only: string, without: string] {
  const filter = parseFilter(term)
  if (filter.kind === 'not') return [term, printFilter(filter.term)]
  return [term, filter.kind === 'or' || filter.kind === 'and' ? `-(${term})` : `-${term}`]
}

/** The values that a search asks for in a field, as they are written there, each once. */
export function usedValues(
  parts: readonly SearchPart[],
  field: string,
): { value: string; use: 'only' | 'without' }[] {
  const seen = new Set<string>()
  return parts.flatMap(({ filter, value }) => {
    const term = filter.kind === 'not' ? filter.term : filter
    if (value === undefined || term.kind !== 'field' || term.field !== field) return []
    const key = toSearchText(value)
    if (seen.has(key)) return []
    seen.add(key)
    return [{ value, use: filter.kind === 'not' ? ('without' as const) : ('only' as const) }]
  })
}
