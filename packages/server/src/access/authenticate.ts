import type { IncomingHttpHeaders } from 'node:http'
import { apiKeyScopes } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Settings } from '../settings/open-settings.ts'
import { createApiKeyCache } from './api-key-cache.ts'
import { apiKeyPrefixLength, scopesFromText } from './api-keys.ts'
import { limits } from './limits.ts'
import { hashSecret, sameHash } from './secret-token.ts'
import type { SignIn } from './sign-in.ts'
import { permissionsOf, type Permission, type Viewer } from './viewer.ts'

export type AuthenticateOptions = {
  settings: Settings
  signIn: SignIn
  /** The workspace of the bootstrap key. */
  workspaceId: string
  /** AUDIT_BOOTSTRAP_API_KEY: works with all scopes, is stored nowhere and cannot be revoked but by a restart. */
  bootstrapApiKey?: string | undefined
  now: () => number
  /** Told when the time of a key's use could not be noted; the request goes on. */
  warn: (message: string, error: unknown) => void
}

export type Authenticator = {
  /**
   * Who sends these headers: the owner of the Bearer API key, else of the session cookie.
   * Throws AuditError('unauthenticated'); a bad key is never mended by a good cookie.
   */
  authenticate: (headers: IncomingHttpHeaders) => Promise<Viewer>
  /** Makes a revocation hold from now on in this process. Call it after the commit. */
  forgetApiKey: (id: string) => void
}

/** A key as it may be presented: what cannot be one costs no look-up. */
const keyUnitsMax = 512

export function createAuthenticator(options: AuthenticateOptions): Authenticator {
  const cache = createApiKeyCache(options.now)
  const bootstrap = bootstrapViewer(options)
  return {
    authenticate: async (headers) => {
      const { authorization, cookie } = headers
      if (authorization !== undefined) {
        const [, key] = /^Bearer +([^\s]+)$/i.exec(authorization) ?? []
        if (key === undefined || key.length > keyUnitsMax) throw badKey()
        const keyHash = hashSecret(key)
        if (bootstrap && sameHash(keyHash, bootstrap.keyHash)) return bootstrap.viewer
        const known = cache.get(keyHash) ?? (await readApiKey(options, cache, key, keyHash))
        if (!known) throw badKey()
        if (cache.shouldNoteUse(known)) await noteUse(options, known.keyId)
        return known.viewer
      }
      const viewer = cookie === undefined ? undefined : await readMember(options, cookie)
      if (!viewer) throw new AuditError('unauthenticated', 'Sign in, or send an API key as a Bearer token.')
      return viewer
    },
    forgetApiKey: cache.forget,
  }
}

function badKey(): AuditError {
  return new AuditError(
    'unauthenticated',
    'The API key is not valid. Send it as "Authorization: Bearer <key>".',
  )
}

function bootstrapViewer({ bootstrapApiKey, workspaceId }: AuthenticateOptions) {
  if (bootstrapApiKey === undefined) return undefined
  const viewer: Viewer = {
    workspaceId,
    actor: { type: 'api_key', id: 'bootstrap', name: 'Bootstrap API key' },
    via: 'api_key',
    permissions: new Set<Permission>(apiKeyScopes),
    keyId: 'bootstrap',
  }
  return { viewer, keyHash: hashSecret(bootstrapApiKey) }
}

/**
 * Finds a key by its public beginning and compares hashes in constant time, so that the time of an answer says
 * nothing about the secret part.
 */
async function readApiKey(
  { settings }: AuthenticateOptions,
  cache: ReturnType<typeof createApiKeyCache>,
  key: string,
  keyHash: string,
) {
  const reading = cache.beginReading()
  const rows = await settings.db
    .selectFrom('api_keys')
    .select(['id', 'workspace_id', 'name', 'scopes', 'key_hash'])
    .where('prefix', '=', key.slice(0, apiKeyPrefixLength))
    .where('revoked_at', 'is', null)
    .execute()
  const row = rows.find(({ key_hash }) => sameHash(key_hash, keyHash))
  if (!row) return undefined
  const viewer: Viewer = {
    workspaceId: row.workspace_id,
    actor: { type: 'api_key', id: row.id, name: row.name },
    via: 'api_key',
    permissions: new Set<Permission>(scopesFromText(row.scopes)),
    keyId: row.id,
  }
  return cache.put(keyHash, { keyId: row.id, viewer }, reading)
}

async function readMember(
  { settings, signIn }: AuthenticateOptions,
  cookie: string,
): Promise<Viewer | undefined> {
  const owner = await signIn.readSession(cookie)
  if (!owner) return undefined
  const member = await settings.db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.name', 'users.email', 'memberships.role', 'memberships.workspace_id'])
    .where('memberships.user_id', '=', owner.userId)
    .orderBy('memberships.created_at')
    .executeTakeFirst()
  if (!member) return undefined
  const { id, name, email, role, workspace_id: workspaceId } = member
  return {
    workspaceId,
    actor: { type: 'user', id, name, email },
    via: 'session',
    permissions: permissionsOf(role),
    role,
    userId: id,
    sessionId: owner.sessionId,
  }
}

async function noteUse({ settings, now, warn }: AuthenticateOptions, keyId: string): Promise<void> {
  const nowMs = now()
  const before = new Date(nowMs - limits.apiKeyCache.lastUsedEveryMs).toISOString()
  try {
    await settings.db
      .updateTable('api_keys')
      .set({ last_used_at: new Date(nowMs).toISOString() })
      .where('id', '=', keyId)
      .where((row) => row.or([row('last_used_at', 'is', null), row('last_used_at', '<', before)]))
      .execute()
  } catch (error) {
    warn('The time at which an API key was last used could not be noted.', error)
  }
}
