import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { SettingsTables } from '../settings/settings-tables.ts'
import { createSecretToken, hashSecret } from './secret-token.ts'

export type Purpose = SettingsTables['one_time_tokens']['purpose']
export type OpenToken = { id: string; userId: string | null }

/**
 * Makes a token that opens one door once. Only its hash is kept. An earlier token for the same purpose and person
 * stops working: of several links that were printed the last one counts.
 */
export async function createOneTimeToken(
  db: Kysely<SettingsTables>,
  wanted: { purpose: Purpose; userId: string | null; nowMs: number; lifetimeMs: number },
): Promise<string> {
  const { purpose, userId, nowMs, lifetimeMs } = wanted
  await deleteTokens(db, purpose, userId)
  const token = createSecretToken()
  await db
    .insertInto('one_time_tokens')
    .values({
      id: randomUUID(),
      purpose,
      token_hash: hashSecret(token),
      user_id: userId,
      created_at: new Date(nowMs).toISOString(),
      expires_at: new Date(nowMs + lifetimeMs).toISOString(),
    })
    .execute()
  return token
}

/** The token's row if it still opens its door. Found by hash: the time of a look-up says nothing about the token. */
export async function findOneTimeToken(
  db: Kysely<SettingsTables>,
  presented: { purpose: Purpose; token: string; nowMs: number },
): Promise<OpenToken | undefined> {
  const row = await db
    .selectFrom('one_time_tokens')
    .select(['id', 'user_id'])
    .where('token_hash', '=', hashSecret(presented.token))
    .where('purpose', '=', presented.purpose)
    .where('expires_at', '>', new Date(presented.nowMs).toISOString())
    .executeTakeFirst()
  return row && { id: row.id, userId: row.user_id }
}

/** Closes the door for every token of this purpose and person. */
export async function deleteTokens(
  db: Kysely<SettingsTables>,
  purpose: Purpose,
  userId: string | null,
): Promise<void> {
  await db
    .deleteFrom('one_time_tokens')
    .where('purpose', '=', purpose)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .execute()
}
