import { randomUUID } from 'node:crypto'
import type {
  AcceptInvitationRequest,
  Invitation,
  InviteRequest,
  OpenInvitation,
  Role,
} from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../settings/commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../settings/open-settings.ts'
import { timeOf, type Act, type AnonymousAct } from './act.ts'
import { addUser } from './add-user.ts'
import { limits } from './limits.ts'
import type { PasswordHasher } from './password-hashing.ts'
import { refuseWeakPassword } from './password-policy.ts'
import { createSecretToken, hashSecret } from './secret-token.ts'
import { requirePermission } from './viewer.ts'

/**
 * Invites somebody. The token is for their link and shown once; only its hash is kept. Inviting the same e-mail again
 * makes a new link and the old one stops working.
 * Throws AuditError('conflict') for who is a user already and when too many invitations are open.
 */
export async function inviteMember(
  { settings, viewer, record, ...act }: Act,
  { email, role }: InviteRequest,
): Promise<{ invitation: Invitation; token: string }> {
  requirePermission(viewer, 'admin')
  const token = createSecretToken()
  const row = {
    id: randomUUID(),
    workspace_id: viewer.workspaceId,
    email,
    role,
    token_hash: hashSecret(token),
    created_at: timeOf(act),
    expires_at: timeOf({ nowMs: act.nowMs + limits.invitationLifetimeMs }),
  }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    await refuseKnownUser(transaction, email)
    const replaced = await transaction
      .deleteFrom('invitations')
      .where('workspace_id', '=', viewer.workspaceId)
      .where((invitation) =>
        invitation.or([invitation('email', '=', email), invitation('expires_at', '<=', timeOf(act))]),
      )
      .returning('email')
      .execute()
    await refuseTooMany(transaction, viewer.workspaceId)
    await transaction.insertInto('invitations').values(row).execute()
    const again = replaced.some((old) => old.email === email)
    const event: EventDraft = {
      type: 'user_invited',
      actor: viewer.actor,
      data: { email, role, ...(again && { replacesEarlierInvitation: true }) },
      targets: [{ type: 'invitation', id: row.id, name: email }],
    }
    return { result: { invitation: toInvitation(row), token }, event }
  })
}

/** Takes an invitation back. Throws AuditError('not_found'). */
export async function withdrawInvitation({ settings, viewer, record }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const row = await transaction
      .deleteFrom('invitations')
      .where('id', '=', id)
      .where('workspace_id', '=', viewer.workspaceId)
      .returning(['email', 'role'])
      .executeTakeFirst()
    if (!row) throw new AuditError('not_found', 'There is no such invitation.')
    const event: EventDraft = {
      type: 'invitation_withdrawn',
      actor: viewer.actor,
      data: { email: row.email, role: row.role },
      targets: [{ type: 'invitation', id, name: row.email }],
    }
    return { result: undefined, event }
  })
}

/** What an invitation's page shows to who has its link. Throws AuditError('not_found'). */
export async function readInvitation(
  settings: Settings,
  token: string,
  nowMs: number,
): Promise<OpenInvitation> {
  const { email, role, workspaceName } = await findInvitation(settings.db, token, nowMs)
  return { email, role, workspace: { name: workspaceName } }
}

/**
 * Makes the invited person a member with the name and password they chose.
 * **Promise: an invitation is accepted at most once.**
 * Errors: `not_found` for a wrong, used, withdrawn or expired link; `invalid` for a weak password.
 */
export async function acceptInvitation(
  { settings, record, hasher, ...act }: AnonymousAct & { hasher: PasswordHasher },
  token: string,
  { name, password }: AcceptInvitationRequest,
): Promise<{ email: string }> {
  const { email, workspaceId } = await findInvitation(settings.db, token, act.nowMs)
  await refuseWeakPassword(password, { email, name })
  const passwordHash = await hasher.hash(password)
  const recordHere = (event: EventDraft): Promise<void> => record(event, workspaceId)
  return commitWithEvent(settings, recordHere, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const invitation = await findInvitation(transaction, token, act.nowMs)
    const { role } = invitation
    await refuseKnownUser(transaction, email)
    await transaction.deleteFrom('invitations').where('id', '=', invitation.id).execute()
    const id = await addUser(transaction, { workspaceId, name, email, passwordHash, role, time: timeOf(act) })
    const event: EventDraft = {
      type: 'invitation_accepted',
      actor: { type: 'user', id, name, email },
      data: { role },
      targets: [{ type: 'invitation', id: invitation.id, name: email }],
    }
    return { result: { email }, event }
  })
}

async function findInvitation(db: SettingsDatabase, token: string, nowMs: number) {
  const row = await db
    .selectFrom('invitations')
    .innerJoin('workspaces', 'workspaces.id', 'invitations.workspace_id')
    .select([
      'invitations.id',
      'invitations.email',
      'invitations.role',
      'workspaces.id as workspaceId',
      'workspaces.name as workspaceName',
    ])
    .where('invitations.token_hash', '=', hashSecret(token))
    .where('invitations.expires_at', '>', timeOf({ nowMs }))
    .executeTakeFirst()
  if (row) return row
  throw new AuditError('not_found', 'This invitation is not valid any more. Ask an admin for a new one.')
}

async function refuseKnownUser(transaction: SettingsTransaction, email: string): Promise<void> {
  const user = await transaction
    .selectFrom('users')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirst()
  if (user) throw new AuditError('conflict', 'There is already a user with this e-mail.')
}

async function refuseTooMany(transaction: SettingsTransaction, workspaceId: string): Promise<void> {
  const count = async (table: 'invitations' | 'memberships'): Promise<number> => {
    const found = await transaction
      .selectFrom(table)
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    return Number(found.count)
  }
  if ((await count('invitations')) >= limits.invitationsMax) {
    throw new AuditError('conflict', `At most ${limits.invitationsMax} invitations can be open.`)
  }
  if ((await count('memberships')) >= limits.membersMax) {
    throw new AuditError('conflict', `A workspace can have at most ${limits.membersMax} members.`)
  }
}

export function toInvitation(row: {
  id: string
  email: string
  role: Role
  created_at: string
  expires_at: string
}): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
