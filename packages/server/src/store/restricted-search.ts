import type { Filter } from '@aleph-audit-log/domain/filter/filter'

/** `queries`: at least all of them. `part`: single events only. */
export type VisiblePart = 'everything' | 'queries' | 'part'

declare const sealed: unique symbol

/**
 * A search that someone is allowed to make: the only kind that an event store takes. Times are canonical, `from`
 * inclusive, `before` exclusive. Only `restrictToViewer` seals one (held by a test), so forgetting who asks does not
 * compile.
 */
export type RestrictedSearch = {
  readonly workspaceId: string
  readonly filter: Filter
  readonly from: string
  readonly before: string
  /** How much of the workspace's log its viewer may see, whatever the search: tells what they may know beside events. */
  readonly sees: VisiblePart
  readonly [sealed]: true
}

/** Marks a search as allowed. For access/restrict-to-viewer.ts and tests alone. */
export function sealSearch(search: Omit<RestrictedSearch, typeof sealed>): RestrictedSearch {
  // The brand exists for the compiler only.
  return search as RestrictedSearch
}
