import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { sealSearch, type RestrictedSearch } from '../store/restricted-search.ts'
import { requirePermission, type Viewer } from './viewer.ts'

export type RequestedSearch = { filter: Filter; from: string; before: string }

/**
 * Makes what somebody asks for into what they may see: the own workspace, nothing past the retention.
 * Throws AuditError('forbidden') for who may not read the log at all.
 */
export function restrictToViewer(
  viewer: Viewer,
  requested: RequestedSearch,
  keptFrom: string,
): RestrictedSearch {
  requirePermission(viewer, 'events:read')
  return sealSearch({
    workspaceId: viewer.workspaceId,
    filter: requested.filter,
    from: requested.from > keptFrom ? requested.from : keptFrom,
    before: requested.before,
  })
}
