import { eventGroups } from '@aleph-audit-log/domain/detect/event-groups'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { numberOf, type EventGroup, type EventGroups, type GroupQuestion } from '../event-groups.ts'

type Row = { event: StoredEvent; searchable: SearchableEvent }

/** What `EventStore.group` answers, said plainly. */
export function groupsOf(rows: readonly Row[], question: GroupQuestion): EventGroups {
  const { fields, bucketMs, sum, limit, upTo = [] } = question
  const groups = new Map<string, EventGroup>()
  const known = rows.filter(({ event: { position } }) =>
    upTo.every(({ node, sequence }) => position.node !== node || position.sequence <= sequence),
  )
  for (const { event, searchable } of known.toSorted(byPlace)) {
    const at = searchable.occurredAt
    const start =
      bucketMs === undefined ? undefined : timeFromMs(Math.floor(timeToMs(at) / bucketMs) * bucketMs)
    const amount = sum === undefined ? 0 : numberOf(sum, searchable)
    for (const values of eventGroups(fields, searchable, Number.POSITIVE_INFINITY) ?? []) {
      const key = JSON.stringify([values, start])
      const group = groups.get(key)
      if (group === undefined) {
        const ids = { firstId: event.id, lastId: event.id }
        const first = { values, count: 1, sum: amount, firstAt: at, lastAt: at, ...ids }
        groups.set(key, start === undefined ? first : { ...first, start })
      } else {
        group.count++
        group.sum += amount
        group.lastAt = at
        group.lastId = event.id
      }
    }
  }
  const sorted = [...groups.values()].sort(
    (a, b) => compareBytes(a.firstAt, b.firstAt) || compareLists(a.values, b.values),
  )
  return { groups: sorted.slice(0, limit), hasMore: sorted.length > limit }
}

function byPlace(a: Row, b: Row): number {
  return (
    compareBytes(a.searchable.occurredAt, b.searchable.occurredAt) ||
    compareBytes(a.event.position.node, b.event.position.node) ||
    a.event.position.sequence - b.event.position.sequence
  )
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [i, value] of a.entries()) {
    const order = compareBytes(value, b[i] ?? '')
    if (order !== 0) return order
  }
  return 0
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
