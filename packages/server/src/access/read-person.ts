import type { Settings } from '../settings/open-settings.ts'
import { permissionsOf, type Person } from './viewer.ts'

/**
 * A member as they are at this moment, for what is done in their name while they are not there; undefined for who is no
 * member of the workspace any more. `sessionId` names what acts for them.
 */
export async function readPerson(
  { db }: Pick<Settings, 'db'>,
  { workspaceId, userId, sessionId }: { workspaceId: string; userId: string; sessionId: string },
): Promise<Person | undefined> {
  const member = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.name', 'users.email', 'memberships.role'])
    .where('memberships.user_id', '=', userId)
    .where('memberships.workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (!member) return undefined
  const { id, name, email, role } = member
  return {
    workspaceId,
    actor: { type: 'user', id, name, email },
    via: 'session',
    permissions: permissionsOf(role),
    role,
    userId: id,
    sessionId,
  }
}
