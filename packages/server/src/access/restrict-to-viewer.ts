import { isDeepStrictEqual } from 'node:util'
import type { Role } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Filter, TextField } from '@aleph-audit-log/domain/filter/filter'
import { exactPattern } from '@aleph-audit-log/domain/filter/pattern'
import { sealSearch, type RestrictedSearch, type VisiblePart } from '../store/restricted-search.ts'
import { requirePermission, type Person, type Viewer } from './viewer.ts'

export type RequestedSearch = { filter: Filter; from: string; before: string }

/**
 * Makes what somebody asks for into what they may see: the own workspace, the events of their role, nothing past the
 * retention. Every answer about events is made from what this returns, so what is hidden here is not counted either.
 * Throws AuditError('forbidden') for who may not read the log at all.
 */
export function restrictToViewer(
  viewer: Viewer,
  requested: RequestedSearch,
  keptFrom: string,
): RestrictedSearch {
  requirePermission(viewer, 'events:read')
  const visible = visibleEvents(viewer)
  return sealSearch({
    workspaceId: viewer.workspaceId,
    filter: narrow(requested.filter, visible),
    from: requested.from > keptFrom ? requested.from : keptFrom,
    before: requested.before,
    sees: visible === 'all' ? 'everything' : visiblePartOf(viewer),
  })
}

/** What is asked for, and visible. Where all that is asked for is visible anyway, that is said once: see `implies`. */
function narrow(filter: Filter, visible: Visible): Filter {
  if (visible === 'all' || implies(filter, visible)) return filter
  return { kind: 'and', terms: [visible, filter] }
}

/**
 * Whether certainly everything that a filter finds is visible: it asks for one of the things that are, such as
 * `type:query` of who sees all queries. So the same search is counted in the same way for them as for an admin.
 */
function implies(filter: Filter, visible: Filter): boolean {
  if (isDeepStrictEqual(filter, visible)) return true
  if (filter.kind === 'and') return filter.terms.some((term) => implies(term, visible))
  if (filter.kind === 'or' && filter.terms.length > 0)
    return filter.terms.every((term) => implies(term, visible))
  return visible.kind === 'or' && visible.terms.some((one) => isDeepStrictEqual(filter, one))
}

function visiblePartOf(viewer: Viewer): VisiblePart {
  return viewer.via === 'session' && viewer.role === 'analyst' ? 'queries' : 'part'
}

/** A filter, or every event of the workspace. */
type Visible = Filter | 'all'

/** An API key reads the whole log if it may read at all; who sits at the server's terminal owns the data. */
function visibleEvents(viewer: Viewer): Visible {
  return viewer.via === 'session' ? visibleToRole[viewer.role](viewer) : 'all'
}

/**
 * Throws AuditError('forbidden') for who sees only a part of the log: what is said of everybody's access cannot be said
 * from a part.
 */
export function requireWholeLog(viewer: Viewer): void {
  requirePermission(viewer, 'events:read')
  if (visibleEvents(viewer) === 'all') return
  throw new AuditError('forbidden', 'Only admins and auditors, who see the whole log, may do this.')
}

/**
 * For a reader of what somebody took out of the log: what part of it they had before them. Undefined if it was the
 * whole.
 */
export function describeVisibility(viewer: Viewer): string | undefined {
  if (viewer.via !== 'session') return undefined
  const part = visiblePart[viewer.role]
  return part === undefined ? undefined : `${viewer.role}: sees only ${part}`
}

const visiblePart: Record<Role, string | undefined> = {
  admin: undefined,
  auditor: undefined,
  analyst: 'queries and their own events',
  member: 'their own events',
}

const visibleToRole: Record<Role, (person: Person) => Visible> = {
  admin: () => 'all',
  auditor: () => 'all',
  analyst: (person) => ({ kind: 'or', terms: [exactly('type', 'query'), ownEvents(person)] }),
  member: ownEvents,
}

/**
 * Events under the person's e-mail, wherever they come from, and everything that they did in this product (source
 * `app`, which only the server itself writes), also under an e-mail they had before. An id that a sender of events
 * chose says nothing: anybody with a key can write a user's id there.
 */
function ownEvents({ actor, userId }: Person): Filter {
  const ownActs: Filter = {
    kind: 'and',
    terms: [exactly('source', 'app'), { kind: 'actorId', id: userId }],
  }
  // An empty e-mail matches nothing: a missing value is in no result.
  return { kind: 'or', terms: [exactly('email', actor.email ?? ''), ownActs] }
}

function exactly(field: TextField, text: string): Filter {
  return { kind: 'field', field, pattern: exactPattern(text) }
}
