import type { Filter, TextField } from '@aleph-audit-log/domain/filter/filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { matchesWhole } from '@aleph-audit-log/domain/filter/pattern'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { compileFilter, type EventTest } from './compile-filter.ts'

/** Kinds and shapes of events that are remembered: there are few, unless somebody plays. */
const kindsMax = 5000
const shapesMax = 20_000
/** A longer shape is looked at anew each time: senders choose the names of tables, and what is remembered is bounded. */
const shapeUnitsMax = 2000

type Candidate<T> = { rule: T; rest: Filter | true }

/** `test`: what is left to ask; undefined: nothing, it is found. */
type Tested<T> = { rule: T; test: EventTest | undefined }

/**
 * Finds the rules whose filters an event matches. What a filter asks of the kind of event (its type, outcome, source,
 * kind of statement) is answered once for all events that are alike in these; most rules are out after that. Of the others
 * the same is done with its shape (the fingerprint, tables, tools...), which comes again and again. Only what is left then is
 * asked of every event.
 * What the product itself tells of alerts (`alert_*`) is found only by a rule that names such a type, so that no alert leads to
 * another one.
 */
export function createRuleIndex<T extends { filter: Filter }>(
  rules: readonly T[],
): (event: SearchableEvent) => T[] {
  const all = rules.map((rule): Candidate<T> => ({ rule, rest: rule.filter }))
  const kinds = new Map<string, Candidate<T>[]>()
  const shapes = new Map<string, Tested<T>[]>()
  /** By what is left to ask, which is the same object for many shapes. */
  const tests = new Map<Filter, EventTest>()
  const testOf = (rest: Filter): EventTest => remember(tests, shapesMax, rest, () => compileFilter(rest))
  const ofKind = (kind: string, event: SearchableEvent): Candidate<T>[] =>
    remember(kinds, kindsMax, kind, () => {
      const isOfAlerts = event.source === 'app' && event.type.startsWith('alert_')
      const able = isOfAlerts ? all.filter(({ rule }) => namesType(rule.filter, event.type)) : all
      return answer(able, kindFields, event)
    })
  return (event) => {
    const kind = `${event.type}\n${event.outcome}\n${event.source}\n${event.kind}\n${event.noise}`
    const able = ofKind(kind, event)
    if (able.length === 0) return []
    const shape = `${kind}\n${shapeOf(event)}`
    const found: T[] = []
    const make = (): Tested<T>[] =>
      answer(able, shapeFields, event).map(({ rule, rest }): Tested<T> => ({
        rule,
        test: rest === true ? undefined : testOf(rest),
      }))
    const tested = shape.length > shapeUnitsMax ? make() : remember(shapes, shapesMax, shape, make)
    for (const { rule, test } of tested) if (test === undefined || test(event)) found.push(rule)
    return found
  }
}

function remember<K, V>(known: Map<K, V>, most: number, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  if (known.size >= most) known.clear()
  known.set(key, made)
  return made
}

const kindFields: ReadonlySet<TextField> = new Set<TextField>(['type', 'outcome', 'source', 'kind'])
const shapeFields: ReadonlySet<TextField> = new Set<TextField>([
  'fingerprint',
  'table',
  'flag',
  'database',
  'login',
  'tool',
  'application',
  'tag',
  'policy',
])

/** Everything that the fields of a shape say, and nothing else. */
function shapeOf(event: SearchableEvent): string {
  const { fingerprint, database, login, tool, application, tables, flags, tags, policy } = event
  return JSON.stringify([fingerprint, database, login, tool, application, tables, flags, tags, policy])
}

/** What is left of candidates when some fields are answered. */
function answer<T>(
  candidates: readonly Candidate<T>[],
  fields: ReadonlySet<TextField>,
  event: SearchableEvent,
): Candidate<T>[] {
  return candidates.flatMap(({ rule, rest }): Candidate<T>[] => {
    const left = rest === true || answerKnown(rest, fields, event)
    return left === false ? [] : [{ rule, rest: left }]
  })
}

/** What is left to ask of a filter when these fields, and noise, are answered. */
function answerKnown(
  filter: Filter,
  fields: ReadonlySet<TextField>,
  event: SearchableEvent,
): Filter | boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return answerTerms(filter, fields, event)
    case 'not': {
      const term = answerKnown(filter.term, fields, event)
      if (term === filter.term) return filter
      return typeof term === 'boolean' ? !term : { kind: 'not', term }
    }
    case 'field':
      return fields.has(filter.field) ? matchesFilter(filter, event) : filter
    case 'noise':
      return event.noise
    case 'text':
    case 'actorId':
    case 'network':
    case 'number':
    case 'time':
    case 'data':
    case 'dataNumber':
      return filter
  }
}

/** Where nothing is answered it is the same object, which is compiled once. */
function answerTerms(
  filter: Extract<Filter, { kind: 'and' | 'or' }>,
  fields: ReadonlySet<TextField>,
  event: SearchableEvent,
): Filter | boolean {
  const { kind, terms } = filter
  /** The answer of one term that is the answer of all. */
  const decisive = kind === 'or'
  const rest: Filter[] = []
  let isWhole = true
  for (const term of terms) {
    const answer = answerKnown(term, fields, event)
    if (answer === decisive) return decisive
    if (typeof answer !== 'boolean') rest.push(answer)
    isWhole &&= answer === term
  }
  const [only] = rest
  if (only === undefined) return !decisive
  if (isWhole) return filter
  return rest.length === 1 ? only : { kind, terms: rest }
}

/** Whether a filter asks for a type that begins as this one does, rather than for any. */
function namesType(filter: Filter, type: string): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.some((term) => namesType(term, type))
    case 'field':
      return (
        filter.field === 'type' &&
        filter.pattern.parts[0].startsWith('alert_') &&
        matchesWhole(filter.pattern, type)
      )
    case 'not':
    case 'text':
    case 'actorId':
    case 'network':
    case 'number':
    case 'time':
    case 'data':
    case 'dataNumber':
    case 'noise':
      return false
  }
}
