import { eventGroups } from '@aleph-audit-log/domain/detect/event-groups'
import type { EventField } from '@aleph-audit-log/domain/detect/rule'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { detectionLimits } from './detection-limits.ts'

/** A group of a rule: the values of its `groupBy`, and what tells it apart from other groups of this rule. */
export type Group = { key: string; values: readonly string[] }

export function groupOf(values: readonly string[]): Group {
  const [only] = values
  return { key: only !== undefined && values.length === 1 ? only : JSON.stringify(values), values }
}

/** The groups that an event is in; undefined: they are too many. */
export type GroupsOf = (fields: readonly EventField[]) => readonly Group[] | undefined

/** Looks up the groups of an event for many rules, most of which group by the same. */
export function groupsOfEvent(event: SearchableEvent): GroupsOf {
  const known = new Map<readonly EventField[], readonly Group[] | undefined>()
  return (fields) => {
    if (known.has(fields)) return known.get(fields)
    const groups = eventGroups(fields, event, detectionLimits.groupsOfEventMax)?.map(groupOf)
    known.set(fields, groups)
    return groups
  }
}
