import { apiKeyScopes, type ApiKeyScope, type Role } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Actor } from '@aleph-audit-log/domain/event'

/** What somebody may do. An API key's scopes are permissions by name. */
export type Permission = ApiKeyScope

/** Who is asking, after they have proved it: made by `authenticate` only (and by set-up, which has its token). */
export type Viewer = Person | ApiKeyHolder | Operator

type ViewerOfEveryKind = {
  workspaceId: string
  /** The same person or key as it stands in events. */
  actor: Actor
  permissions: ReadonlySet<Permission>
}
/** Somebody who is signed in. What of the log they see is decided by their role: see `restrictToViewer`. */
export type Person = ViewerOfEveryKind & { via: 'session'; role: Role; userId: string; sessionId: string }
type ApiKeyHolder = ViewerOfEveryKind & { via: 'api_key'; keyId: string }
type Operator = ViewerOfEveryKind & { via: 'local' }

const permissionsOfRole: Record<Role, ReadonlySet<Permission>> = {
  admin: new Set<Permission>(['admin', 'events:read', 'events:write']),
  auditor: new Set<Permission>(['events:read']),
  analyst: new Set<Permission>(['events:read']),
  member: new Set<Permission>(['events:read']),
}

/** What a member with this role may do. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return permissionsOfRole[role]
}

/** Throws AuditError('forbidden') unless the viewer has this permission. */
export function requirePermission(viewer: Viewer, permission: Permission): void {
  if (viewer.permissions.has(permission)) return
  const who = viewer.via === 'api_key' ? 'This API key' : 'Your role'
  throw new AuditError('forbidden', `${who} does not have the permission ${permission}.`)
}

/** Throws AuditError('unauthenticated') for who is no signed-in person. */
export function requirePerson(viewer: Viewer): Person {
  if (viewer.via === 'session') return viewer
  throw new AuditError('unauthenticated', 'This call is for people who are signed in.')
}

/** Who sits at the server's own terminal: may do everything, and stands in the log as the command line. */
export function operatorViewer(workspaceId: string): Viewer {
  return {
    workspaceId,
    actor: { type: 'system', id: 'command_line', name: 'Command line' },
    via: 'local',
    permissions: new Set<Permission>(apiKeyScopes),
  }
}

/** The server itself, which holds rules against the whole log; what it finds is shown only to who may see it. */
export function serverViewer(workspaceId: string): Viewer {
  return {
    workspaceId,
    actor: { type: 'system', id: 'detections', name: 'Detections' },
    via: 'local',
    permissions: new Set<Permission>(['events:read']),
  }
}
