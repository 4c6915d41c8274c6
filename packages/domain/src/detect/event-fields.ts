import { toPathKey } from '../data-path.ts'
import type { SearchableEvent } from '../searchable-event.ts'
import type { EventField } from './rule.ts'

/**
 * The values of a field in an event, lower-cased as they are searched, each once and none empty: no value where the field
 * is missing, several where it is a list (tables, flags, targets, tags, policies, a path of `data` through a list). The `path` of a field
 * is lower-cased already.
 */
export function eventFieldValues(field: EventField, event: SearchableEvent): string[] {
  const values = typeof field === 'object' ? valuesAt(field.path, event) : named[field](event)
  // One value is what nearly every event has.
  if (values.length === 1) return values[0] === '' ? [] : [...values]
  return [...new Set(values)].filter((value) => value !== '')
}

const named: Record<Exclude<EventField, object>, (event: SearchableEvent) => readonly string[]> = {
  person: (event) => [event.email || event.actorId || event.name],
  actor_id: (event) => [event.actorId],
  name: (event) => [event.name],
  email: (event) => [event.email],
  type: (event) => [event.type],
  outcome: (event) => [event.outcome],
  source: (event) => [event.source],
  database: (event) => [event.database],
  login: (event) => [event.login],
  tool: (event) => [event.tool],
  application: (event) => [event.application],
  session: (event) => [event.session],
  ip: (event) => [event.ip],
  network: (event) => [networkOf(event.ipKey)],
  kind: (event) => [event.kind],
  fingerprint: (event) => [event.fingerprint],
  table: (event) => fullNames(event.tables),
  flag: (event) => event.flags,
  target: (event) => event.targets,
  tag: (event) => event.tags,
  // The decision comes first.
  policy: (event) => event.policy.slice(1),
}

/**
 * The tables by their full names alone. A short name that also stands for a longer one in the event is taken for that:
 * `orders` beside `sales.orders` is no table of its own.
 */
function fullNames(tables: readonly string[]): string[] {
  // Every shorter name is in the list, so the one after the first dot leads to each of them.
  const shorter = new Set(tables.map((name) => name.slice(name.indexOf('.') + 1 || name.length)))
  return tables.filter((name) => !shorter.has(name))
}

const mappedPrefix = `${'0'.repeat(20)}ffff`

/** The network of an address key as `203.0.113.0/24` or `2001:db8:1::/48`; empty for none. */
function networkOf(ipKey: string): string {
  if (ipKey === '') return ''
  if (ipKey.startsWith(mappedPrefix)) {
    const bytes = [20, 22, 24].map((at) => Number.parseInt(ipKey.slice(at + 4, at + 6), 16))
    return `${bytes.join('.')}.0/24`
  }
  const groups = [0, 4, 8].map((at) => Number.parseInt(ipKey.slice(at, at + 4), 16).toString(16))
  while (groups.at(-1) === '0') groups.pop()
  return `${groups.join(':')}::/48`
}

function valuesAt(path: string, event: SearchableEvent): string[] {
  const key = toPathKey(path)
  const values = event.dataValues.filter((_, i) => event.dataPaths[i] === key)
  if (event.truePaths.includes(key)) values.push('true')
  if (event.falsePaths.includes(key)) values.push('false')
  return values
}
