import { toPathKey } from '@aleph-audit-log/domain/data-path'
import type { Filter, Pattern } from '@aleph-audit-log/domain/filter/filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { matchesWhole } from '@aleph-audit-log/domain/filter/pattern'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'

export type EventTest = (event: SearchableEvent) => boolean

/**
 * `matchesFilter` for a filter that is asked of every event. Rules ask for dozens of texts at one path of `data`: its
 * values are looked up once for all of them.
 */
export function compileFilter(filter: Filter): EventTest {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.terms.map(compileFilter)
      return (event) => {
        for (const test of tests) if (!test(event)) return false
        return true
      }
    }
    case 'or':
      return compileOr(filter.terms)
    case 'not': {
      const test = compileFilter(filter.term)
      return (event) => !test(event)
    }
    case 'data':
      return compileAt(filter.path, [filter.pattern])
    case 'text':
    case 'field':
    case 'actorId':
    case 'network':
    case 'number':
    case 'time':
    case 'dataNumber':
    case 'noise':
      return (event) => matchesFilter(filter, event)
  }
}

function compileOr(terms: readonly Filter[]): EventTest {
  const tests: EventTest[] = []
  const atPath = new Map<string, Pattern[]>()
  for (const term of terms) {
    if (term.kind !== 'data') tests.push(compileFilter(term))
    else atPath.set(term.path, [...(atPath.get(term.path) ?? []), term.pattern])
  }
  for (const [path, patterns] of atPath) tests.push(compileAt(path, patterns))
  return (event) => {
    for (const test of tests) if (test(event)) return true
    return false
  }
}

/** Whether one of the values at a path matches one of the patterns. */
function compileAt(path: string, patterns: readonly Pattern[]): EventTest {
  const key = toPathKey(path)
  const substrings: string[] = []
  const others: Pattern[] = []
  for (const pattern of patterns) {
    const [before, text, after, ...more] = pattern.parts
    if (before === '' && text !== undefined && after === '' && more.length === 0) substrings.push(text)
    else others.push(pattern)
  }
  const hasSubstring = compileSubstrings(substrings)
  const matches = (value: string): boolean => {
    if (hasSubstring(value)) return true
    for (const pattern of others) if (matchesWhole(pattern, value)) return true
    return false
  }
  return ({ dataPaths, dataValues, truePaths, falsePaths }) => {
    for (let i = dataPaths.indexOf(key); i !== -1; i = dataPaths.indexOf(key, i + 1)) {
      if (matches(dataValues[i] ?? '')) return true
    }
    if (truePaths.includes(key) && matches('true')) return true
    return falsePaths.includes(key) && matches('false')
  }
}

/** Fewer texts are found sooner one by one. */
const expressionMin = 4

/** Whether a value has one of the texts: many are one expression, which goes through the value once. */
function compileSubstrings(texts: readonly string[]): (value: string) => boolean {
  if (texts.length < expressionMin) {
    return (value) => {
      for (const text of texts) if (value.includes(text)) return true
      return false
    }
  }
  const expression = new RegExp(texts.map(escapeExpression).join('|'))
  return (value) => expression.test(value)
}

function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
