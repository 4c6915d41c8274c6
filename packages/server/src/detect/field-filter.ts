import type { EventField } from '@aleph-audit-log/domain/detect/rule'
import type { Filter, TextField } from '@aleph-audit-log/domain/filter/filter'
import { exactPattern } from '@aleph-audit-log/domain/filter/pattern'
import { toIpKeyRange } from '@aleph-audit-log/domain/ip'

/**
 * A search that finds every event of a group, and perhaps some more: what a person is called by may be the name of
 * another one. It can be printed. Fields without a value are left out.
 */
export function groupFilter(fields: readonly EventField[], values: readonly string[]): Filter {
  return {
    kind: 'and',
    terms: fields.flatMap((field, i) => {
      const value = values[i]
      const term = value === undefined ? undefined : fieldFilter(field, value)
      return term === undefined ? [] : [term]
    }),
  }
}

function fieldFilter(field: EventField, value: string): Filter | undefined {
  if (typeof field === 'object') return { kind: 'data', path: field.path, pattern: exactPattern(value) }
  if (field === 'network') {
    const range = toIpKeyRange(value)
    return range === undefined ? undefined : { kind: 'network', text: value, ...range }
  }
  return { kind: 'field', field: searchedAs[field], pattern: exactPattern(value) }
}

const searchedAs: Record<Exclude<EventField, object | 'network'>, TextField> = {
  person: 'actor',
  actor_id: 'actor',
  name: 'name',
  email: 'email',
  type: 'type',
  outcome: 'outcome',
  source: 'source',
  database: 'database',
  login: 'login',
  tool: 'tool',
  application: 'application',
  session: 'session',
  ip: 'ip',
  kind: 'kind',
  fingerprint: 'fingerprint',
  table: 'table',
  flag: 'flag',
  target: 'target',
  tag: 'tag',
  policy: 'policy',
}
