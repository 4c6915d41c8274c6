import { randomUUID } from 'node:crypto'
import {
  apiKeyScopes,
  type ApiKey,
  type ApiKeyScope,
  type CreateApiKeyRequest,
} from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Selectable } from 'kysely'
import { commitWithEvent, lockWorkspace } from '../settings/commit-with-event.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { SettingsTables } from '../settings/settings-tables.ts'
import { timeOf, type Act } from './act.ts'
import { creatorColumns, creatorOf } from './creator.ts'
import { limits } from './limits.ts'
import { createSecretToken, hashSecret } from './secret-token.ts'
import { requirePermission, type Viewer } from './viewer.ts'

/** How every API key begins: people and secret scanners recognise a leaked one by it. */
const apiKeyStart = 'aal_'
/** The start and eight characters: shown in lists, leaves 208 secret bits. */
export const apiKeyPrefixLength = apiKeyStart.length + 8

/** `events:read admin` as scopes. */
export function scopesFromText(text: string): ApiKeyScope[] {
  const words = new Set(text.split(' '))
  return apiKeyScopes.filter((scope) => words.has(scope))
}

/** All keys of the workspace, the newest first, revoked ones too. */
export async function listApiKeys(settings: Settings, viewer: Viewer): Promise<ApiKey[]> {
  requirePermission(viewer, 'admin')
  const rows = await settings.db
    .selectFrom('api_keys')
    .selectAll()
    .where('workspace_id', '=', viewer.workspaceId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toApiKey)
}

/**
 * Makes an API key. `secret` is the key itself: only its hash is kept, so it can never be shown again.
 * Throws AuditError('conflict') when the workspace has as many as it may have.
 */
export async function createApiKey(
  { settings, viewer, record, ...act }: Act,
  { name, scopes }: CreateApiKeyRequest,
): Promise<{ key: ApiKey; secret: string }> {
  requirePermission(viewer, 'admin')
  const secret = `${apiKeyStart}${createSecretToken()}`
  const row = {
    id: randomUUID(),
    workspace_id: viewer.workspaceId,
    name,
    prefix: secret.slice(0, apiKeyPrefixLength),
    key_hash: hashSecret(secret),
    scopes: apiKeyScopes.filter((scope) => scopes.includes(scope)).join(' '),
    created_at: timeOf(act),
    ...creatorColumns(viewer),
    last_used_at: null,
    revoked_at: null,
  }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const { count } = await transaction
      .selectFrom('api_keys')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', viewer.workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= limits.apiKeysMax) {
      throw new AuditError('conflict', `A workspace can have at most ${limits.apiKeysMax} API keys.`)
    }
    await transaction.insertInto('api_keys').values(row).execute()
    const key = toApiKey(row)
    return { result: { key, secret }, event: keyEvent('api_key_created', viewer, key) }
  })
}

/**
 * Revokes a key; a key that is revoked already stays as it is. Call `forgetApiKey` afterwards.
 * Throws AuditError('not_found').
 */
export async function revokeApiKey({ settings, viewer, record, ...act }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const row = await transaction
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .where('workspace_id', '=', viewer.workspaceId)
      .executeTakeFirst()
    if (!row) throw new AuditError('not_found', 'There is no such API key.')
    if (row.revoked_at !== null) return { result: undefined }
    await transaction
      .updateTable('api_keys')
      .set({ revoked_at: timeOf(act) })
      .where('id', '=', id)
      .execute()
    return { result: undefined, event: keyEvent('api_key_revoked', viewer, toApiKey(row)) }
  })
}

function keyEvent(type: 'api_key_created' | 'api_key_revoked', viewer: Viewer, key: ApiKey): EventDraft {
  return {
    type,
    actor: viewer.actor,
    data: { prefix: key.prefix, scopes: key.scopes },
    targets: [{ type: 'api_key', id: key.id, name: key.name }],
  }
}

function toApiKey(row: Selectable<SettingsTables['api_keys']>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: scopesFromText(row.scopes),
    prefix: row.prefix,
    createdAt: row.created_at,
    createdBy: creatorOf(row),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  }
}
