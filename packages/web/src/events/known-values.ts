import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { dataText } from './event-texts.ts'

/** How many of the loaded events are looked at: completion answers each key press. */
const eventsMax = 2_000
const valuesMax = 50

const readers: Record<string, (event: PublicEvent) => (string | undefined)[]> = {
  actor: (event) => [event.actor.email ?? event.actor.name ?? event.actor.id],
  email: (event) => [event.actor.email],
  type: (event) => [event.type],
  table: (event) => event.statement?.tables.map((table) => table.name) ?? [],
  database: (event) => [dataText(event, 'database')],
  tool: (event) => [event.attribution?.tool],
  application: (event) => [event.context?.application],
  source: (event) => [event.source],
}

/** The values of a field among the loaded events, the most frequent first. */
export function findKnownValues(events: readonly PublicEvent[], field: string): string[] {
  const read = readers[field]
  if (read === undefined) return []
  const counts = new Map<string, number>()
  for (const event of events.slice(0, eventsMax)) {
    for (const value of read(event)) {
      if (value !== undefined && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, valuesMax)
    .map(([value]) => value)
}
