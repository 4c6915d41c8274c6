import { randomUUID } from 'node:crypto'
import type { Role } from '@aleph-audit-log/domain/api/access'
import type { SettingsTransaction } from '../settings/commit-with-event.ts'

export type NewUser = {
  workspaceId: string
  name: string
  /** Lower case. */
  email: string
  passwordHash: string
  role: Role
  /** RFC 3339. */
  time: string
}

/** Adds a person who signs in by password, as a member of a workspace; the new id. */
export async function addUser(transaction: SettingsTransaction, user: NewUser): Promise<string> {
  const id = randomUUID()
  const { name, email, time } = user
  await transaction
    .insertInto('users')
    .values({
      id,
      name,
      email,
      // An invitation link or the set-up link was handed to this person; no e-mail is ever sent from here.
      email_verified: 0,
      image: null,
      created_at: time,
      updated_at: time,
      last_sign_in_at: null,
    })
    .execute()
  await transaction
    .insertInto('accounts')
    .values({
      id: randomUUID(),
      user_id: id,
      account_id: id,
      provider_id: 'credential',
      password_hash: user.passwordHash,
      access_token: null,
      refresh_token: null,
      id_token: null,
      access_token_expires_at: null,
      refresh_token_expires_at: null,
      scope: null,
      created_at: time,
      updated_at: time,
    })
    .execute()
  await transaction
    .insertInto('memberships')
    .values({ workspace_id: user.workspaceId, user_id: id, role: user.role, created_at: time })
    .execute()
  return id
}
