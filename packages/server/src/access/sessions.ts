import type { Session } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Settings } from '../settings/open-settings.ts'
import type { Viewer } from './viewer.ts'

/** Who is signed in, and where. Throws AuditError('unauthenticated') for who is no signed-in person. */
export async function readSession(settings: Settings, viewer: Viewer): Promise<Session> {
  const { workspaceId } = viewer
  const row =
    viewer.via !== 'session'
      ? undefined
      : await settings.db
          .selectFrom('memberships')
          .innerJoin('users', 'users.id', 'memberships.user_id')
          .innerJoin('workspaces', 'workspaces.id', 'memberships.workspace_id')
          .select([
            'users.id',
            'users.name',
            'users.email',
            'memberships.role',
            'workspaces.name as workspaceName',
          ])
          .where('users.id', '=', viewer.userId)
          .where('workspaces.id', '=', workspaceId)
          .executeTakeFirst()
  if (!row) throw new AuditError('unauthenticated', 'This call is for people who are signed in.')
  const { id, name, email, role, workspaceName } = row
  return { user: { id, name, email, role }, workspace: { id: workspaceId, name: workspaceName } }
}
