import type { Invitation, Member, Role } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import {
  commitWithEvent,
  lockUser,
  lockWorkspace,
  type SettingsTransaction,
} from '../settings/commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../settings/open-settings.ts'
import { deletePrivateViews } from '../settings/views.ts'
import type { Act } from './act.ts'
import { toInvitation } from './invitations.ts'
import { requirePermission, type Viewer } from './viewer.ts'

/** The members of the workspace and the invitations that are still open, the oldest first. */
export async function listMembers(
  settings: Settings,
  viewer: Viewer,
  nowMs: number,
): Promise<{ members: Member[]; invitations: Invitation[] }> {
  requirePermission(viewer, 'admin')
  const rows = await selectMembers(settings.db, viewer.workspaceId)
    .orderBy('memberships.created_at')
    .execute()
  const invitations = await settings.db
    .selectFrom('invitations')
    .select(['id', 'email', 'role', 'created_at', 'expires_at'])
    .where('workspace_id', '=', viewer.workspaceId)
    .where('expires_at', '>', new Date(nowMs).toISOString())
    .orderBy('created_at')
    .execute()
  return { members: rows.map(toMember), invitations: invitations.map(toInvitation) }
}

/**
 * Gives a member another role and ends their sessions, so that nothing goes on with the old one.
 * Errors: `not_found`; `conflict` for the last admin.
 */
export async function changeRole(
  { settings, viewer, record }: Act,
  { userId, role }: { userId: string; role: Role },
): Promise<Member> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    await lockUser(transaction, userId)
    const member = await findMember(transaction, viewer.workspaceId, userId)
    if (member.role === role) return { result: member }
    if (role !== 'admin') await refuseLastAdmin(transaction, viewer.workspaceId, member)
    await transaction
      .updateTable('memberships')
      .set({ role })
      .where('workspace_id', '=', viewer.workspaceId)
      .where('user_id', '=', userId)
      .execute()
    await transaction.deleteFrom('sessions').where('user_id', '=', userId).execute()
    const event = memberEvent('user_role_changed', viewer, member, { from: member.role, to: role })
    return { result: { ...member, role }, event }
  })
}

/**
 * Takes somebody out of the workspace and ends their sessions; who is in no other workspace is deleted. API keys they
 * made and views they shared stay: they belong to the workspace. Errors: `not_found`; `conflict` for the last admin.
 */
export async function removeMember({ settings, viewer, record }: Act, userId: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    await lockUser(transaction, userId)
    const member = await findMember(transaction, viewer.workspaceId, userId)
    await refuseLastAdmin(transaction, viewer.workspaceId, member)
    await transaction
      .deleteFrom('memberships')
      .where('workspace_id', '=', viewer.workspaceId)
      .where('user_id', '=', userId)
      .execute()
    await transaction.deleteFrom('sessions').where('user_id', '=', userId).execute()
    await deletePrivateViews(transaction, viewer.workspaceId, userId)
    // The foreign keys take accounts and tokens along.
    await transaction
      .deleteFrom('users')
      .where('id', '=', userId)
      .where('id', 'not in', (members) => members.selectFrom('memberships').select('user_id'))
      .execute()
    return { result: undefined, event: memberEvent('user_removed', viewer, member, { role: member.role }) }
  })
}

function selectMembers(db: SettingsDatabase, workspaceId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select([
      'users.id',
      'users.name',
      'users.email',
      'users.last_sign_in_at',
      'memberships.role',
      'memberships.created_at',
    ])
    .where('memberships.workspace_id', '=', workspaceId)
}

async function findMember(
  transaction: SettingsTransaction,
  workspaceId: string,
  userId: string,
): Promise<Member> {
  const row = await selectMembers(transaction, workspaceId).where('users.id', '=', userId).executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such member.')
  return toMember(row)
}

async function refuseLastAdmin(
  transaction: SettingsTransaction,
  workspaceId: string,
  member: Member,
): Promise<void> {
  if (member.role !== 'admin') return
  const another = await transaction
    .selectFrom('memberships')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'admin')
    .where('user_id', '!=', member.id)
    .executeTakeFirst()
  if (another) return
  throw new AuditError('conflict', 'This is the last admin. Make somebody else an admin first.')
}

function memberEvent(
  type: 'user_role_changed' | 'user_removed',
  viewer: Viewer,
  member: Member,
  data: Record<string, string>,
): EventDraft {
  return {
    type,
    actor: viewer.actor,
    data: { ...data, name: member.name, email: member.email },
    targets: [{ type: 'user', id: member.id, name: member.email }],
  }
}

function toMember(row: {
  id: string
  name: string
  email: string
  role: Role
  created_at: string
  last_sign_in_at: string | null
}): Member {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    createdAt: row.created_at,
    ...(row.last_sign_in_at !== null && { lastSignInAt: row.last_sign_in_at }),
  }
}
