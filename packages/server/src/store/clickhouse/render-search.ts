import { padMicroseconds } from '@aleph-audit-log/domain/time'
import type { Page } from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { QueryParams } from './engine.ts'
import { engineTimes, toEngineTime } from './event-row.ts'
import { renderFilter } from './render-filter.ts'

/** The log has no events outside what the engine can hold, so bounds beyond mean the same as these. */
function toEngineBound(time: string): string {
  if (time < engineTimes.first) return toEngineTime(engineTimes.first)
  return toEngineTime(time > engineTimes.last ? engineTimes.last : time)
}

/** The WHERE of a restricted search; every value is a parameter. */
export function renderSearch(
  search: RestrictedSearch,
  page?: Pick<Page, 'after' | 'longerThanBytes' | 'upTo'>,
): { where: string; params: QueryParams } {
  const filter = renderFilter(search.filter)
  const params: QueryParams = {
    ...filter.params,
    workspace: search.workspaceId,
    range_from: toEngineBound(search.from),
    range_before: toEngineBound(search.before),
  }
  const terms = [
    'workspace_id = {workspace:String}',
    "occurred_at >= {range_from:DateTime64(6, 'UTC')}",
    "occurred_at < {range_before:DateTime64(6, 'UTC')}",
    `(${filter.sql})`,
  ]
  if (page?.after) {
    params['after_time'] = toEngineBound(padMicroseconds(page.after.occurredAt))
    params['after_id'] = page.after.id
    // The first line alone lets the primary key skip what is newer.
    terms.push(
      "occurred_at <= {after_time:DateTime64(6, 'UTC')}",
      "(occurred_at < {after_time:DateTime64(6, 'UTC')} OR id < {after_id:UUID})",
    )
  }
  if (page?.longerThanBytes !== undefined) {
    params['longer_than'] = page.longerThanBytes
    terms.push('event_bytes > {longer_than:UInt32}')
  }
  for (const [i, { node, sequence }] of (page?.upTo ?? []).entries()) {
    params[`up_to_node_${i}`] = node
    params[`up_to_sequence_${i}`] = sequence
    terms.push(`(node != {up_to_node_${i}:String} OR sequence <= {up_to_sequence_${i}:UInt64})`)
  }
  return { where: terms.join('\n  AND '), params }
}
