import { filterLimits } from './filter.ts'
import {
  findQualifier,
  knownDataPaths,
  qualifiers,
  type Qualifier,
  type QualifierName,
} from './qualifiers.ts'
import { rawText } from './read-term.ts'
import { tokenizeFilter, type Word } from './tokenize-filter.ts'

/**
 * What can stand at the cursor: `suggestions` replace the text from `start` to `end` (UTF-16 units). `field` names the
 * qualifier whose values only the server knows (see `printTerm` for writing one).
 */
export type Completion = {
  start: number
  end: number
  suggestions: { text: string; description: string }[]
  field?: QualifierName
}

/** Completes a search text that somebody is still typing; it need not be valid. */
export function completeFilter(text: string, cursor: number): Completion {
  const nothing = { start: cursor, end: cursor, suggestions: [] }
  if (text.length > filterLimits.textUnitsMax) return nothing
  const word = tokenizeFilter(text).tokens.find((token) =>
    token.kind === 'or' || token.kind === 'word' ? token.start <= cursor && cursor <= token.end : false,
  )
  if (word === undefined) return { ...nothing, suggestions: suggestNames('') }
  if (word.kind !== 'word') return nothing
  const { qualifier, valueStart } = word
  if (qualifier !== undefined && cursor >= valueStart)
    return completeValue(text, word, qualifier.name, cursor)
  if (qualifier === undefined && word.segments.some((segment) => segment.quoted)) return nothing
  return {
    start: word.start,
    end: qualifier === undefined ? word.end : valueStart,
    suggestions: suggestNames(text.slice(word.start, cursor).toLowerCase()),
  }
}

type Suggestion = Completion['suggestions'][number]

/** Names that begin like this, then those that people may have meant by it. */
function suggestNames(prefix: string): Suggestion[] {
  if (prefix.startsWith('data.')) {
    return knownDataPaths
      .map(({ path, meaning }) => ({ text: `data.${path}:`, description: meaning }))
      .filter((suggestion) => suggestion.text.toLowerCase().startsWith(prefix))
  }
  const named = qualifiers.filter(({ name }) => name.startsWith(prefix))
  const meant = qualifiers.filter(
    (qualifier) =>
      !named.includes(qualifier) && qualifier.synonyms?.some((synonym) => synonym.startsWith(prefix)),
  )
  return [...named, ...meant].map(suggestName)
}

function suggestName(qualifier: Qualifier): Suggestion {
  const text =
    qualifier.kind === 'data' ? 'data.' : qualifier.kind === 'is' ? 'is:noise' : `${qualifier.name}:`
  return { text, description: qualifier.meaning }
}

function completeValue(text: string, word: Word, name: string, cursor: number): Completion {
  const span = { start: word.valueStart, end: word.end }
  const qualifier = findQualifier(name)
  if (qualifier === undefined) return { ...span, suggestions: [] }
  const typed = text.slice(word.valueStart, cursor).toLowerCase()
  switch (qualifier.kind) {
    case 'choice':
    case 'is':
      return {
        ...span,
        suggestions: qualifier.values
          .filter((value) => value.startsWith(typed))
          .map((value) => ({ text: value, description: '' })),
      }
    case 'number':
    case 'time':
      return { ...span, suggestions: rawText(word.segments) === '' ? suggestExamples(qualifier) : [] }
    case 'text':
      return { ...span, suggestions: [], ...(qualifier.facet ? { field: qualifier.name } : {}) }
    case 'data':
      return { ...span, suggestions: [] }
  }
}

function suggestExamples({ name, examples, meaning }: Qualifier): Suggestion[] {
  return examples
    .filter((example) => example.startsWith(`${name}:`))
    .map((example) => ({ text: example.slice(name.length + 1), description: meaning }))
}
