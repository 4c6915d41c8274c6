import type { OpenPasswordReset } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { commitWithEvent, lockUser } from '../settings/commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../settings/open-settings.ts'
import { timeOf, type Act, type AnonymousAct } from './act.ts'
import { limits } from './limits.ts'
import { createOneTimeToken, deleteTokens, findOneTimeToken } from './one-time-tokens.ts'
import type { PasswordHasher } from './password-hashing.ts'
import { refuseWeakPassword } from './password-policy.ts'
import { requirePermission } from './viewer.ts'

/**
 * A token for a link with which somebody chooses a new password. For the operator's command line: who can run that
 * may know which e-mails there are. The old password works until the new one is chosen.
 * Throws AuditError('not_found') for an unknown e-mail.
 */
export async function createPasswordReset(
  { settings, viewer, record, nowMs }: Act,
  email: string,
): Promise<string> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    const user = await transaction
      .selectFrom('users')
      .innerJoin('memberships', 'memberships.user_id', 'users.id')
      .select(['users.id', 'users.email'])
      .where('users.email', '=', email.trim().toLowerCase())
      .where('memberships.workspace_id', '=', viewer.workspaceId)
      .executeTakeFirst()
    if (!user) throw new AuditError('not_found', `There is no user with the e-mail ${email}.`)
    await lockUser(transaction, user.id)
    const lifetimeMs = limits.passwordResetLifetimeMs
    const wanted = { purpose: 'password_reset', userId: user.id, nowMs, lifetimeMs } as const
    const token = await createOneTimeToken(transaction, wanted)
    const event: EventDraft = {
      type: 'password_reset_requested',
      actor: viewer.actor,
      targets: [{ type: 'user', id: user.id, name: user.email }],
    }
    return { result: token, event }
  })
}

/** What the page of a reset link shows. Throws AuditError('not_found'). */
export async function readPasswordReset(
  settings: Settings,
  token: string,
  nowMs: number,
): Promise<OpenPasswordReset> {
  const { email } = await findReset(settings.db, token, nowMs)
  return { email }
}

/**
 * Gives the owner of a reset link a new password and ends all their sessions.
 * **Promise: a link works at most once.** Errors: `not_found` for a wrong, used or expired link; `invalid` for a weak
 * password.
 */
export async function resetPassword(
  { settings, record, hasher, nowMs }: AnonymousAct & { hasher: PasswordHasher },
  token: string,
  password: string,
): Promise<{ email: string }> {
  const { id, email, name, workspaceId } = await findReset(settings.db, token, nowMs)
  await refuseWeakPassword(password, { email, name })
  const password_hash = await hasher.hash(password)
  const recordHere = (event: EventDraft): Promise<void> => record(event, workspaceId)
  return commitWithEvent(settings, recordHere, async (transaction) => {
    await lockUser(transaction, id)
    const { workspaceId: _workspace, ...user } = await findReset(transaction, token, nowMs)
    await deleteTokens(transaction, 'password_reset', user.id)
    await transaction
      .updateTable('accounts')
      .set({ password_hash, updated_at: timeOf({ nowMs }) })
      .where('user_id', '=', user.id)
      .where('provider_id', '=', 'credential')
      .executeTakeFirstOrThrow()
    await transaction.deleteFrom('sessions').where('user_id', '=', user.id).execute()
    const event: EventDraft = {
      type: 'password_reset',
      actor: { type: 'user', ...user },
      targets: [{ type: 'user', id: user.id, name: user.email }],
    }
    return { result: { email: user.email }, event }
  })
}

async function findReset(db: SettingsDatabase, token: string, nowMs: number) {
  const found = await findOneTimeToken(db, { purpose: 'password_reset', token, nowMs })
  const user =
    found?.userId &&
    (await db
      .selectFrom('users')
      .innerJoin('memberships', 'memberships.user_id', 'users.id')
      .select(['users.id', 'users.name', 'users.email', 'memberships.workspace_id as workspaceId'])
      .where('users.id', '=', found.userId)
      .orderBy('memberships.created_at')
      .executeTakeFirst())
  if (user) return user
  throw new AuditError('not_found', 'This link is not valid any more. Ask the operator for a new one.')
}
