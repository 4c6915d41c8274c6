import { toPathKey } from '../data-path.ts'
import { toSearchText } from '../search-text.ts'
import type { SearchableEvent } from '../searchable-event.ts'
import type { Filter, NumberField, NumberRange, Pattern, TextField, TimeRange } from './filter.ts'
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
      return matchesAt(event, toPathKey(filter.path), filter.pattern)
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

// A rule asks for dozens of texts at one path, of every event: nothing is made for it here.
function matchesAt(event: SearchableEvent, path: string, pattern: Pattern): boolean {
  const { dataPaths, dataValues, truePaths, falsePaths } = event
  for (let i = dataPaths.indexOf(path); i !== -1; i = dataPaths.indexOf(path, i + 1)) {
    if (matchesWhole(pattern, dataValues[i] ?? '')) return true
  }
  if (truePaths.includes(path) && matchesWhole(pattern, 'true')) return true
  return falsePaths.includes(path) && matchesWhole(pattern, 'false')
}
