import type { SearchableEvent } from '../searchable-event.ts'
import { eventFieldValues } from './event-fields.ts'
import type { EventField } from './rule.ts'

/**
 * The groups that an event belongs to: one value of each field, in their order. A field with several values makes a group
 * of each of them; a missing one makes none. Without fields every event is in the one group without values.
 * Undefined if there are more than `groupsMax`: none of them is left out in silence.
 */
export function eventGroups(
  fields: readonly EventField[],
  event: SearchableEvent,
  groupsMax: number,
): string[][] | undefined {
  let groups: string[][] = [[]]
  for (const field of fields) {
    const values = eventFieldValues(field, event)
    if (groups.length * values.length > groupsMax) return undefined
    const [value] = values
    if (value !== undefined && values.length === 1) for (const group of groups) group.push(value)
    else groups = groups.flatMap((group) => values.map((one) => [...group, one]))
  }
  return groups
}
