import {
  findQualifier,
  nearestQualifier,
  nearestText,
  qualifiers,
  type Qualifier,
} from '../../filter/qualifiers.ts'
import type { Reading } from '../../filter/reading.ts'
import { toSearchText } from '../../search-text.ts'
import type { EventField, NumberPath } from '../rule.ts'

/** What a field of a detection asks: a term of the search language; `path` is what follows `data.`, lower-cased. */
export type SearchField =
  | { kind: 'term'; name: string; qualifier: SearchQualifier; path: string }
  | { kind: 'noise' }

type SearchQualifier = Exclude<Qualifier, { kind: 'is' | 'time' }>

/** The fields by which events are grouped and compared: a new one does not compile until it stands here. */
const groupFields: Record<Exclude<EventField, object>, true> = {
  person: true,
  actor_id: true,
  name: true,
  email: true,
  type: true,
  outcome: true,
  source: true,
  database: true,
  login: true,
  tool: true,
  application: true,
  session: true,
  ip: true,
  network: true,
  kind: true,
  fingerprint: true,
  table: true,
  flag: true,
  target: true,
  tag: true,
  policy: true,
}

const groupFieldNames = Object.keys(groupFields)

const searchFieldNames = [
  'person',
  ...qualifiers.flatMap(({ kind, name }) =>
    isSearched(kind) ? [name === 'data.' ? 'data.<path>' : name] : [],
  ),
  'noise',
]

function isSearched(kind: Qualifier['kind']): boolean {
  return kind !== 'is' && kind !== 'time'
}

/** The field of a detection with this name. */
export function readSearchField(name: string): Reading<SearchField> {
  const key = name.toLowerCase()
  if (key === 'data') return missingPath
  if (key === 'noise') return { value: { kind: 'noise' } }
  if (key === 'actor_id') {
    const fault = 'actor_id groups events; actor finds them by the id, the name or the e-mail of who did it.'
    return { fault, suggestion: 'actor' }
  }
  if (key === 'network')
    return { fault: 'network groups events; ip|cidr finds those of a network.', suggestion: 'ip|cidr' }
  const qualifier = findQualifier(key === 'person' ? 'actor' : name)
  if (qualifier === undefined || qualifier.kind === 'is' || qualifier.kind === 'time') {
    return unknownField(name, searchFieldNames)
  }
  const path = qualifier.kind === 'data' ? toSearchText(name.slice('data.'.length)) : ''
  if (qualifier.kind === 'data' && path === '') return missingPath
  return { value: { kind: 'term', name, qualifier, path } }
}

/** The field with this name by which events are grouped, compared or counted. */
export function readEventField(name: string): Reading<EventField> {
  const key = name.toLowerCase()
  if (key === 'data') return missingPath
  if (key.startsWith('data.')) {
    const path = toSearchText(name.slice('data.'.length))
    return path === '' ? missingPath : { value: { path } }
  }
  if (key === 'actor') return { fault: 'actor finds events; person groups them.', suggestion: 'person' }
  if (!Object.hasOwn(groupFields, key)) return unknownField(name, [...groupFieldNames, 'data.<path>'])
  // A key of the record is the name of a field.
  return { value: key as Exclude<EventField, object> }
}

/** The number of an event with this name. */
export function readNumberField(name: string): Reading<NumberPath> {
  const key = name.toLowerCase()
  if (key === 'rows' || key === 'duration') return { value: key }
  if (!key.startsWith('data.')) return unknownField(name, ['rows', 'duration', 'data.<path>'])
  const path = toSearchText(name.slice('data.'.length))
  return path === '' ? missingPath : { value: { path } }
}

const missingPath = { fault: 'data. needs a path, such as data.region.' }

function unknownField(name: string, known: readonly string[]): { fault: string; suggestion?: string } {
  const meant = nearestText(name.toLowerCase(), known) ?? nearestQualifier(name)
  const suggestion =
    meant !== undefined && (known.includes(meant) || meant.startsWith('data.')) ? meant : undefined
  const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`
  const fault = `"${name}" is no field here; these are: ${known.join(', ')}.${hint}`
  return suggestion === undefined || suggestion.includes('<') ? { fault } : { fault, suggestion }
}
