import type { Filter, TextField } from '@aleph-audit-log/domain/filter/filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { matchesWhole } from '@aleph-audit-log/domain/filter/pattern'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { remember } from '../remember.ts'
import { compileFilter, type EventTest } from './compile-filter.ts'

/** Kinds, shapes and values of events that are remembered: there are few, unless somebody plays. */
const kindsMax = 5000
const shapesMax = 20_000
const valuesMax = 10_000
/** Longer values are looked at anew each time: senders choose the names of tables, and what is remembered is bounded. */
const valueUnitsMax = 300
/** Of one field, all answers together: each is as long as there are patterns. */
const answersUnitsMax = 4_000_000

type Candidate<T> = { rule: T; rest: Filter | true }

/** `test`: what is left to ask; undefined: nothing, it is found. */
type Tested<T> = { rule: T; test: EventTest | undefined }

/**
 * Finds the rules whose filters an event matches. What a filter asks of the kind of event (its type, outcome, source,
 * kind of statement) is answered once for all events that are alike in these; most rules are out after that. Of the others
 * the same is done with its shape: which of the tables, tools and so on that rules ask for it has. Values of which no rule
 * asks are alike, so there are few shapes, whatever people do. Only what is left then is asked of every event.
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
  const shapeOf = createShape(rules.map(({ filter }) => filter))
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
    for (const { rule, test } of remember(shapes, shapesMax, shape, make))
      if (test === undefined || test(event)) found.push(rule)
    return found
  }
}

const kindFields: ReadonlySet<TextField> = new Set<TextField>(['type', 'outcome', 'source', 'kind'])

/** The fields of a shape, each with a text that is another one for other values. */
const shapeTexts = new Map<TextField, (event: SearchableEvent) => string>([
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['table', ({ tables }) => listText(tables)],
  ['flag', ({ flags }) => listText(flags)],
  ['database', ({ database }) => database],
  ['login', ({ login }) => login],
  ['tool', ({ tool }) => tool],
  ['application', ({ application }) => application],
  ['tag', ({ tags }) => listText(tags)],
  ['policy', ({ policy }) => listText(policy)],
])
const shapeFields: ReadonlySet<TextField> = new Set(shapeTexts.keys())

function listText(values: readonly string[]): string {
  return values.length === 0 ? '' : JSON.stringify(values)
}

/** What filters see of the fields of a shape: two events with the same text are alike to all of them in these. */
function createShape(filters: readonly Filter[]): (event: SearchableEvent) => string {
  const asked = new Map<TextField, Map<string, FieldFilter>>()
  for (const filter of filters) collectFields(filter, asked)
  const looks = [...shapeTexts].flatMap(([field, textOf]) => {
    const own = asked.get(field)
    return own === undefined ? [] : [createLook([...own.values()], textOf)]
  })
  return (event) => {
    let shape = ''
    for (const look of looks) shape += ` ${look(event)}`
    return shape
  }
}

type FieldFilter = Extract<Filter, { kind: 'field' }>

function collectFields(filter: Filter, found: Map<TextField, Map<string, FieldFilter>>): void {
  if (filter.kind === 'and' || filter.kind === 'or') {
    for (const term of filter.terms) collectFields(term, found)
  } else if (filter.kind === 'not') collectFields(filter.term, found)
  else if (filter.kind === 'field') {
    const own = found.get(filter.field) ?? new Map<string, FieldFilter>()
    found.set(filter.field, own)
    // Many rules ask for the same.
    own.set(JSON.stringify(filter.pattern.parts), filter)
  }
}

/** Numbers what filters answer of one field. Of values that come again it is known. */
function createLook(
  filters: readonly Filter[],
  textOf: (event: SearchableEvent) => string,
): (event: SearchableEvent) => number {
  const numbers = new Map<string, number>()
  const numbersMax = Math.max(100, Math.floor(answersUnitsMax / filters.length))
  const known = new Map<string, number>()
  let last = 0
  return (event) => {
    const text = textOf(event)
    const look = (): number => {
      const answers = filters.map((filter) => (matchesFilter(filter, event) ? '1' : '0')).join('')
      return remember(numbers, numbersMax, answers, () => ++last)
    }
    return text.length > valueUnitsMax ? look() : remember(known, valuesMax, text, look)
  }
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
