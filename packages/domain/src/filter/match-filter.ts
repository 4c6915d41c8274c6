import { toPathKey } from '../data-path.ts'
import { toSearchText } from '../search-text.ts'
import type { SearchableEvent } from '../searchable-event.ts'
import type { Filter, NumberField, NumberRange, TextField, TimeRange } from './filter.ts'
import { matchesSubstring, matchesWhole } from './pattern.ts'

/**
 * The plain meaning of the search language: whether an event matches. Every event store must find the same events; a
 * property test compares them.
 */
export function matchesFilter(filter: Filter, event: SearchableEvent): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => matchesFilter(term, event))
    case 'or':
      return filter.terms.some((term) => matchesFilter(term, event))
    case 'not':
      return !matchesFilter(filter.term, event)
    case 'text':
      return [event.name, event.email, event.type, ...event.dataValues].some((value) =>
        matchesSubstring(filter.pattern, value),
      )
    case 'field':
      return textValues[filter.field](event).some(
        (value) => value !== '' && matchesWhole(filter.pattern, value),
      )
    case 'actorId':
      return event.actorId !== '' && event.actorId === toSearchText(filter.id)
    case 'network':
      return event.ipKey !== '' && event.ipKey >= filter.first && event.ipKey <= filter.last
    case 'number':
      return isInRange(numberValue[filter.field](event), filter.range)
    case 'time':
      return isInTimeRange(event.occurredAt, filter.range)
    case 'data':
      return valuesAt(event, toPathKey(filter.path)).some((value) => matchesWhole(filter.pattern, value))
    case 'dataNumber':
      return event.numberValues.some(
        (value, i) => event.numberPaths[i] === toPathKey(filter.path) && isInRange(value, filter.range),
      )
    case 'noise':
      return event.noise
  }
}

/** The values of a field; the empty text stands for a missing one. */
const textValues: Record<TextField, (event: SearchableEvent) => readonly string[]> = {
  actor: (event) => [event.actorId, event.name, event.email],
  name: (event) => [event.name],
  email: (event) => [event.email],
  id: (event) => [event.id],
  type: (event) => [event.type],
  outcome: (event) => [event.outcome],
  table: (event) => event.tables,
  kind: (event) => [event.kind],
  fingerprint: (event) => [event.fingerprint],
  flag: (event) => event.flags,
  tag: (event) => event.tags,
  policy: (event) => event.policy,
  database: (event) => [event.database],
  login: (event) => [event.login],
  tool: (event) => [event.tool],
  application: (event) => [event.application],
  source: (event) => [event.source],
  ip: (event) => [event.ip],
  session: (event) => [event.session],
  request: (event) => [event.request],
  target: (event) => event.targets,
  error: (event) => event.errors,
}

const numberValue: Record<NumberField, (event: SearchableEvent) => number | undefined> = {
  duration: (event) => event.durationMs,
  rows: (event) => event.rows,
}

/** A missing number is in no range, not even in the one without ends. */
function isInRange(value: number | undefined, { min, minOpen, max, maxOpen }: NumberRange): boolean {
  if (value === undefined) return false
  if (min !== undefined && (minOpen ? value <= min : value < min)) return false
  if (max !== undefined && (maxOpen ? value >= max : value > max)) return false
  return true
}

// Canonical times order like their texts.
function isInTimeRange(time: string, { from, before }: TimeRange): boolean {
  return (from === undefined || time >= from) && (before === undefined || time < before)
}

function valuesAt(event: SearchableEvent, path: string): string[] {
  const values = event.dataValues.filter((_, i) => event.dataPaths[i] === path)
  if (event.truePaths.includes(path)) values.push('true')
  if (event.falsePaths.includes(path)) values.push('false')
  return values
}
