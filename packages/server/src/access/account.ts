import type { AccountSession, ChangePasswordRequest } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { commitWithEvent, lockUser, type SettingsTransaction } from '../settings/commit-with-event.ts'
import type { Settings } from '../settings/open-settings.ts'
import { timeOf, type Act } from './act.ts'
import { deleteTokens } from './one-time-tokens.ts'
import type { PasswordHasher } from './password-hashing.ts'
import { refuseWeakPassword } from './password-policy.ts'
import type { SignInLimiter } from './sign-in-limiter.ts'
import { requirePerson, type Person, type Viewer } from './viewer.ts'

/** Where somebody is signed in, the place of this call first. Throws AuditError('unauthenticated') for who is no person. */
export async function listOwnSessions(
  settings: Settings,
  viewer: Viewer,
  nowMs: number,
): Promise<AccountSession[]> {
  const { userId, sessionId } = requirePerson(viewer)
  const rows = await settings.db
    .selectFrom('sessions')
    .select(['id', 'user_agent', 'created_at', 'updated_at'])
    .where('user_id', '=', userId)
    .where('expires_at', '>', timeOf({ nowMs }))
    .orderBy('updated_at', 'desc')
    .execute()
  const sessions = rows.map((row): AccountSession => ({
    current: row.id === sessionId,
    beganAt: row.created_at,
    prolongedAt: row.updated_at,
    ...(row.user_agent !== null && row.user_agent !== '' && { userAgent: row.user_agent }),
  }))
  return sessions.sort((a, b) => Number(b.current) - Number(a.current))
}

/** Ends all sessions of the viewer but the one of this call; how many there were. Throws AuditError('unauthenticated'). */
export async function endOtherSessions({ settings, viewer, record }: Act): Promise<number> {
  const person = requirePerson(viewer)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockUser(transaction, person.userId)
    const ended = await deleteOtherSessions(transaction, person)
    if (ended === 0) return { result: 0 }
    const event = { type: 'user_signed_out', actor: person.actor, data: { otherSessions: ended } }
    return { result: ended, event }
  })
}

export type ChangePasswordOptions = Act & {
  hasher: PasswordHasher
  limiter: SignInLimiter
  /** The address as the front believes it. */
  ip: string
}

/**
 * Gives the viewer another password, which ends all their sessions, that of this call included (somebody may have its
 * cookie), and what reset links there are. Each wrong try is an event: whoever sits at somebody's open page does not know
 * the old one. Resolves to whose password it is. Errors: `unauthenticated` for who is no person;
 * `invalid` with path `currentPassword` or `password`; `rate_limited` after too many failures, together with sign-ins.
 */
export async function changeOwnPassword(
  { settings, viewer, record, nowMs, hasher, limiter, ip }: ChangePasswordOptions,
  { currentPassword, password }: ChangePasswordRequest,
): Promise<{ email: string }> {
  const person = requirePerson(viewer)
  const { userId } = person
  const { email, name, hash } = await readAccount(settings, userId)
  const refusal = limiter.take({ ip, email })
  if (refusal) {
    const { first, retryAfterSeconds } = refusal
    if (first) await record(failed(person, 'rate_limited', tooManyMessage))
    throw new AuditError('rate_limited', tooManyMessage, { facts: { retryAfterSeconds } })
  }
  if (!(await hasher.verify({ hash, password: currentPassword }))) {
    await record(failed(person, 'wrong_password', wrongMessage))
    throw new AuditError('invalid', wrongMessage, {
      problems: [{ path: 'currentPassword', message: 'is not your password' }],
    })
  }
  limiter.succeed({ ip, email })
  await refuseWeakPassword(password, { email, name })
  const password_hash = await hasher.hash(password)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockUser(transaction, userId)
    const changed = await transaction
      .updateTable('accounts')
      .set({ password_hash, updated_at: timeOf({ nowMs }) })
      .where('user_id', '=', userId)
      .where('provider_id', '=', 'credential')
      // A reset came in between: its password counts.
      .where('password_hash', '=', hash)
      .returning('id')
      .executeTakeFirst()
    if (!changed)
      throw new AuditError('conflict', 'The password was changed meanwhile. Sign in with the new one.')
    await deleteTokens(transaction, 'password_reset', userId)
    const otherSessions = await deleteOtherSessions(transaction, person)
    await transaction.deleteFrom('sessions').where('id', '=', person.sessionId).execute()
    return {
      result: { email },
      event: { type: 'password_changed', actor: person.actor, data: { otherSessions } },
    }
  })
}

const tooManyMessage = 'Too many failed tries. Wait before you try again.'
const wrongMessage = 'The current password is wrong.'

function failed({ actor }: Person, code: string, message: string): EventDraft {
  return { type: 'password_changed', actor, outcome: 'denied', data: { error: { code, message } } }
}

async function readAccount(
  settings: Settings,
  userId: string,
): Promise<{ email: string; name: string; hash: string }> {
  const row = await settings.db
    .selectFrom('accounts')
    .innerJoin('users', 'users.id', 'accounts.user_id')
    .select(['users.email', 'users.name', 'accounts.password_hash'])
    .where('users.id', '=', userId)
    .where('accounts.provider_id', '=', 'credential')
    .executeTakeFirst()
  if (row?.password_hash === null || row?.password_hash === undefined) {
    throw new AuditError('unauthenticated', 'This account has no password.')
  }
  return { email: row.email, name: row.name, hash: row.password_hash }
}

async function deleteOtherSessions(
  transaction: SettingsTransaction,
  { userId, sessionId }: Person,
): Promise<number> {
  const ended = await transaction
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('id', '!=', sessionId)
    .returning('id')
    .execute()
  return ended.length
}
