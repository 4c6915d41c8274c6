import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { matchesWhole } from '@aleph-audit-log/domain/filter/pattern'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'

/** Kinds of events that are remembered: types, outcomes, sources and kinds of statements are few, unless somebody plays. */
const kindsMax = 5000

type Candidate<T> = { rule: T; rest: Filter | true }

/**
 * Finds the rules whose filters an event matches. What a filter asks of the event's type, outcome, source, kind and noise
 * is answered once for all events that are alike in these; most rules are out after that, and of the others only the
 * rest of their filters is asked.
 * What the product tells of alerts (`alert_*`) is found only by a rule that names such a type, so that no alert leads to
 * another one.
 */
export function createRuleIndex<T extends { filter: Filter }>(
  rules: readonly T[],
): (event: SearchableEvent) => T[] {
  const known = new Map<string, Candidate<T>[]>()
  const candidatesOf = (event: SearchableEvent): Candidate<T>[] => {
    const key = `${event.type}\n${event.outcome}\n${event.source}\n${event.kind}\n${event.noise}`
    const found = known.get(key)
    if (found !== undefined) return found
    const isOfAlerts = event.type.startsWith('alert_')
    const candidates = rules.flatMap((rule): Candidate<T>[] => {
      if (isOfAlerts && !namesType(rule.filter, event.type)) return []
      const rest = answerKnown(rule.filter, event)
      return rest === false ? [] : [{ rule, rest }]
    })
    if (known.size >= kindsMax) known.clear()
    known.set(key, candidates)
    return candidates
  }
  return (event) => {
    const found: T[] = []
    for (const { rule, rest } of candidatesOf(event)) {
      if (rest === true || matchesFilter(rest, event)) found.push(rule)
    }
    return found
  }
}

const knownFields: ReadonlySet<string> = new Set(['type', 'outcome', 'source', 'kind'])

/** What is left to ask of a filter when the known fields are answered. */
function answerKnown(filter: Filter, event: SearchableEvent): Filter | boolean {
  switch (filter.kind) {
    case 'and':
      return join('and', filter.terms, event, false)
    case 'or':
      return join('or', filter.terms, event, true)
    case 'not': {
      const term = answerKnown(filter.term, event)
      return typeof term === 'boolean' ? !term : { kind: 'not', term }
    }
    case 'field':
      return knownFields.has(filter.field) ? matchesFilter(filter, event) : filter
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

/** `decisive` is the answer of one term that is the answer of all. */
function join(
  kind: 'and' | 'or',
  terms: readonly Filter[],
  event: SearchableEvent,
  decisive: boolean,
): Filter | boolean {
  const rest: Filter[] = []
  for (const term of terms) {
    const answer = answerKnown(term, event)
    if (answer === decisive) return decisive
    if (typeof answer !== 'boolean') rest.push(answer)
  }
  const [only] = rest
  if (only === undefined) return !decisive
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
