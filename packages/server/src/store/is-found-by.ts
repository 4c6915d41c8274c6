import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { RestrictedSearch } from './restricted-search.ts'

/** Whether a search finds an event: what every event store answers, said of one event that is at hand. */
export function isFoundBy(
  search: RestrictedSearch,
  event: Pick<StoredEvent, 'workspaceId'>,
  searchable: SearchableEvent,
): boolean {
  return (
    event.workspaceId === search.workspaceId &&
    searchable.occurredAt >= search.from &&
    searchable.occurredAt < search.before &&
    matchesFilter(search.filter, searchable)
  )
}
