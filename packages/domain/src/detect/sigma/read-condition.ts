import { filterLimits, type Filter } from '../../filter/filter.ts'
import { matchesWhole } from '../../filter/pattern.ts'
import { nearestText } from '../../filter/qualifiers.ts'
import { placeWithin, type NoteFault } from './faults.ts'
import { allOf, countTerms, oneOf } from './filter-terms.ts'
import type { TextNode } from './rule-node.ts'

/** The searches of a detection by their names; undefined are those with faults. */
export type Searches = ReadonlyMap<string, Filter | undefined>

const reservedNames = new Set(['and', 'or', 'not', 'of', 'them', 'all', 'any', '1'])

/** Why a search cannot have this name. */
export function findNameFault(name: string): string | undefined {
  if (reservedNames.has(name.toLowerCase())) return `"${name}" is a word of conditions, no name of a search.`
  if (/^[A-Za-z0-9_-]+$/.test(name)) return undefined
  return 'The name of a search has letters, digits, _ and - alone.'
}

type Token = { text: string; start: number; end: number }

/** A condition while it is read: `depth` is that of parentheses and negations, `terms` what it has asked for by now. */
type Reading = {
  tokens: readonly Token[]
  at: number
  depth: number
  terms: number
  searches: Searches
  /** Notes a fault at a token, or at the whole condition. */
  fail: (token: Token | undefined, message: string, suggestion?: string) => undefined
}

/**
 * Reads a condition such as `selection and not 1 of filter*`; of its words `not` binds the most, then `and`, then `or`.
 * Undefined where it has a fault, which is noted, or asks for a search with one.
 */
export function readCondition(node: TextNode, searches: Searches, note: NoteFault): Filter | undefined {
  const tokens: Token[] = [...node.value.matchAll(/[()|]|[^\s()|]+/g)].map(({ 0: text, index }) => ({
    text,
    start: index,
    end: index + text.length,
  }))
  const fail: Reading['fail'] = (token, message, suggestion) =>
    note(
      token === undefined ? node : placeWithin(node, node.value, token.start, token.end),
      message,
      suggestion,
    )
  const pipe = tokens.find(({ text }) => text === '|')
  if (pipe !== undefined) {
    return fail(pipe, 'Aggregations behind a pipe (count, near) are those of old Sigma: write a correlation.')
  }
  const reading: Reading = { tokens, at: 0, depth: 0, terms: 0, searches, fail }
  const filter = readOr(reading)
  const rest = tokens[reading.at]
  // After a fault the rest was not read.
  if (filter === undefined || rest === undefined) return filter
  return fail(rest, rest.text === ')' ? 'This parenthesis closes nothing.' : 'Here "and" or "or" is missing.')
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.text.toLowerCase() === word
}

function readOr(reading: Reading): Filter | undefined {
  return readJoined(reading, 'or', readAnd, oneOf)
}

function readAnd(reading: Reading): Filter | undefined {
  return readJoined(reading, 'and', readNot, allOf)
}

function readJoined(
  reading: Reading,
  word: string,
  read: (reading: Reading) => Filter | undefined,
  join: (filters: readonly Filter[]) => Filter,
): Filter | undefined {
  const filters: Filter[] = []
  do {
    if (filters.length > 0) reading.at++
    const filter = read(reading)
    if (filter === undefined) return undefined
    filters.push(filter)
  } while (isWord(reading.tokens[reading.at], word))
  return join(filters)
}

function readNot(reading: Reading): Filter | undefined {
  const token = reading.tokens[reading.at]
  const isNot = isWord(token, 'not')
  if (!isNot && token?.text !== '(') return readOperand(reading)
  if (reading.depth >= filterLimits.parenthesesDepthMax) {
    return reading.fail(token, `A condition is at most ${filterLimits.parenthesesDepthMax} deep.`)
  }
  reading.depth++
  reading.at++
  const filter = isNot ? readNot(reading) : readOr(reading)
  reading.depth--
  if (filter === undefined) return undefined
  if (isNot) return { kind: 'not', term: filter }
  if (reading.tokens[reading.at]?.text !== ')')
    return reading.fail(token, 'This parenthesis is never closed.')
  reading.at++
  return filter
}

function readOperand(reading: Reading): Filter | undefined {
  const { tokens, at, searches, fail } = reading
  const token = tokens[at]
  if (token === undefined) return fail(tokens.at(-1), 'Here the condition ends too early.')
  if (isWord(tokens[at + 1], 'of')) return readSelector(reading, token)
  reading.at++
  const { text } = token
  if (searches.has(text)) return take(reading, [text], token)?.[0]
  if (text === ')' || reservedNames.has(text.toLowerCase()))
    return fail(token, `Before "${text}" a search is missing.`)
  if (text.includes('*')) return fail(token, 'Before a pattern stands "1 of" or "all of".', `1 of ${text}`)
  const nearest = nearestText(text, [...searches.keys()])
  const hint = nearest === undefined ? '' : `: did you mean ${nearest}?`
  return fail(token, `There is no search "${text}"${hint}`, nearest)
}

/** `1 of x*`, `all of them`. */
function readSelector(reading: Reading, quantifier: Token): Filter | undefined {
  const { tokens, at, searches, fail } = reading
  const isAll = isWord(quantifier, 'all')
  if (!isAll && quantifier.text !== '1') {
    return fail(quantifier, `Before "of" stands 1 or all, not "${quantifier.text}".`, '1')
  }
  const target = tokens[at + 2]
  if (target === undefined || target.text === '(' || target.text === ')') {
    return fail(tokens[at + 1], 'After "of" stands "them", or a pattern such as selection*.')
  }
  reading.at += 3
  const { text } = target
  const names = [...searches.keys()].filter((name) =>
    isWord(target, 'them')
      ? !name.startsWith('_')
      : matchesName(text, name) && (text.startsWith('_') || !name.startsWith('_')),
  )
  if (names.length === 0) return fail(target, `No search is meant by "${text}".`)
  const filters = take(reading, names, target)
  return filters === undefined ? undefined : isAll ? allOf(filters) : oneOf(filters)
}

function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  return matchesWhole({ parts: [first, ...rest] }, name)
}

/** The filters of searches; undefined if one has a fault, or if the condition has become too long. */
function take(reading: Reading, names: readonly string[], token: Token): Filter[] | undefined {
  const filters: Filter[] = []
  for (const name of names) {
    const filter = reading.searches.get(name)
    if (filter === undefined) return undefined
    reading.terms += countTerms(filter)
    if (reading.terms > filterLimits.termsMax) {
      return reading.fail(token, `What a rule looks for has at most ${filterLimits.termsMax} terms.`)
    }
    filters.push(filter)
  }
  return filters
}
