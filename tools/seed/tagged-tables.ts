import type { EnrichedEvent } from '@aleph-audit-log/domain/event'

/** What the company has tagged. */
const tagsOfTable: ReadonlyMap<string, readonly string[]> = new Map([
  ['hr.salaries', ['pii', 'confidential']],
  ['hr.employees', ['pii']],
  ['crm.contacts', ['pii']],
  ['crm.customers', ['pii']],
  ['finance.payouts', ['confidential']],
])

/** The event with the tags of its tables, as they are put on when it comes in. */
export function withTableTags(event: EnrichedEvent): EnrichedEvent {
  const ofTables = event.statement?.tables.flatMap(({ name }) => tagsOfTable.get(name) ?? []) ?? []
  if (ofTables.length === 0) return event
  return { ...event, tags: [...new Set([...ofTables, ...(event.tags ?? [])])] }
}
