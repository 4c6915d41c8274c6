import { randomUUID } from 'node:crypto'
import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { accessLimits, type Session, type SignInRequest } from '@aleph-audit-log/domain/api/access'
import { passwordCharactersMin } from '@aleph-audit-log/domain/password-length'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { betterAuth, type BetterAuthOptions } from 'better-auth'
import { APIError } from 'better-auth/api'
import { commitWithEvent, lockUser } from '../settings/commit-with-event.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { RecordAnonymousAct } from './act.ts'
import { hashSessionTokens } from './hashed-session-tokens.ts'
import { limits } from './limits.ts'
import type { PasswordHasher } from './password-hashing.ts'
import { sessionCookieFor, type SessionCookie } from './session-cookie.ts'
import { hashSecret } from './secret-token.ts'
import { createSignInLimiter, type Refusal, type SignInLimiter } from './sign-in-limiter.ts'

export type SignInOptions = {
  settings: Settings
  hasher: PasswordHasher
  /** Signs the session cookie. */
  secret: string
  /** Where people reach the server: decides the cookie's name and flags. */
  publicUrl: string
  now: () => number
}

export type SignInAttempt = SignInRequest & {
  /** The address as the front believes it; never a header that anybody can write. */
  ip: string
  userAgent?: string
  record: RecordAnonymousAct
}

export type SignedIn = {
  session: Session
  /** Set-Cookie values. */
  cookies: string[]
}

export type SessionOwner = { sessionId: string; userId: string }

export type SignIn = {
  cookie: SessionCookie
  limiter: SignInLimiter
  /**
   * Begins a session. Errors: `unauthenticated`, the same whether the e-mail is known or not; `rate_limited` after
   * too many failures; and those of `record`: nobody is signed in (and no failure is told) without its event.
   */
  signIn: (attempt: SignInAttempt) => Promise<SignedIn>
  /** Whose session a Cookie header proves, if any. Changes nothing. */
  readSession: (cookieHeader: string) => Promise<SessionOwner | undefined>
  /** Prolongs a session that is in use; the Set-Cookie values to answer with. */
  prolongSession: (cookieHeader: string) => Promise<string[]>
}

/**
 * Sign-in by e-mail and password, on better-auth. Its own routes are not served: only the three functions used here
 * can be reached, so there is no sign-up, no change of e-mail and nothing that a later version might add.
 */
export function openSignIn(options: SignInOptions): SignIn {
  const cookie = sessionCookieFor(options.publicUrl)
  const limiter = createSignInLimiter(options.now)
  const auth = betterAuth(betterAuthOptions(options, cookie))
  return {
    cookie,
    limiter,
    readSession: async (cookieHeader) => {
      const headers = new Headers({ cookie: cookieHeader })
      const found = await auth.api
        .getSession({ headers, query: { disableRefresh: true } })
        .catch(throwOwnError)
      return found ? { sessionId: found.session.id, userId: found.user.id } : undefined
    },
    prolongSession: async (cookieHeader) => {
      const { headers } = await auth.api
        .getSession({ headers: new Headers({ cookie: cookieHeader }), returnHeaders: true })
        .catch(throwOwnError)
      return headers.getSetCookie()
    },
    signIn: async (attemptAnywhere) => {
      const refusal = limiter.take(attemptAnywhere)
      // A flood of tries costs no look-up each: only the first refusal is an event.
      if (refusal && !refusal.first) throw tooMany(refusal)
      const account = await findAccount(options.settings, attemptAnywhere.email)
      const attempt = recordingAt(account?.workspaceId, attemptAnywhere)
      if (refusal) return refuseTooMany(attempt, refusal)
      const hashBefore = account?.passwordHash
      const answer = await auth.api
        .signInEmail({
          body: { email: attempt.email, password: attempt.password },
          headers: new Headers({ 'user-agent': attempt.userAgent ?? '' }),
          returnHeaders: true,
        })
        .catch((error: unknown) => {
          if (error instanceof APIError && error.statusCode === 401) return undefined
          return throwOwnError(error)
        })
      if (!answer) return refuseCredentials(attempt)
      const session = await completeSignIn(options, attempt, hashSecret(answer.response.token), hashBefore)
      if (!session) throw wrongCredentials()
      limiter.succeed(attempt)
      return { session, cookies: answer.headers.getSetCookie() }
    },
  }
}

function betterAuthOptions({ settings, hasher, secret, publicUrl }: SignInOptions, cookie: SessionCookie) {
  return {
    // The type says how values are kept, not which engine keeps them: on PostgreSQL, too, times are text and flags 0 or 1.
    database: hashSessionTokens(kyselyAdapter(settings.db, { type: 'sqlite' })),
    baseURL: publicUrl,
    // `secrets`, because better-auth lets its own environment variables come before `secret`.
    secrets: [{ version: 1, value: secret }],
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordCharactersMin,
      maxPasswordLength: accessLimits.passwordUnitsMax,
      password: hasher,
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'user_id',
        token: 'token_hash',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      expiresIn: limits.session.lifetimeSeconds,
      updateAge: limits.session.prolongAfterSeconds,
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        password: 'password_hash',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      // Its own choice of names and flags depends on NODE_ENV: ours is made from the public URL alone.
      useSecureCookies: false,
      cookies: {
        session_token: {
          name: cookie.name,
          attributes: { httpOnly: true, sameSite: 'lax', path: '/', secure: cookie.secure },
        },
      },
      // It would believe X-Forwarded-For; the event of the sign-in has the address.
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => randomUUID() },
    },
  } satisfies BetterAuthOptions
}

/** better-auth wraps what its adapter throws; callers decide on the codes of ours. */
function throwOwnError(error: unknown): never {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isAuditError(cause)) throw cause
  throw error
}

/** Somebody who can sign in by password, and the workspace that they come to. */
async function findAccount(settings: Settings, email: string) {
  return settings.db
    .selectFrom('accounts')
    .innerJoin('users', 'users.id', 'accounts.user_id')
    .innerJoin('memberships', 'memberships.user_id', 'users.id')
    .select(['accounts.password_hash as passwordHash', 'memberships.workspace_id as workspaceId'])
    .where('users.email', '=', email)
    .where('accounts.provider_id', '=', 'credential')
    .orderBy('memberships.created_at')
    .executeTakeFirst()
}

/** The attempt with its events in the log of the workspace that it would lead to, also where it fails. */
function recordingAt(workspaceId: string | undefined, attempt: SignInAttempt): SignInAttempt {
  return { ...attempt, record: (draft) => attempt.record(draft, workspaceId) }
}

/**
 * Makes the session that better-auth has just begun count, or deletes it. A password that was reset between its check
 * and the session's beginning (the check takes a tenth of a second) must not leave a session behind: so the hash
 * must still be the one from before.
 */
async function completeSignIn(
  { settings, now }: SignInOptions,
  attempt: SignInAttempt,
  tokenHash: string,
  hashBefore: string | null | undefined,
): Promise<Session | undefined> {
  const time = new Date(now()).toISOString()
  try {
    return await commitWithEvent<Session | undefined>(settings, attempt.record, async (transaction) => {
      const begun = await transaction
        .selectFrom('sessions')
        .select('user_id')
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst()
      // A reset that has not committed yet is waited for.
      if (begun) await lockUser(transaction, begun.user_id)
      const found = await transaction
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .innerJoin('accounts', 'accounts.user_id', 'users.id')
        .innerJoin('memberships', 'memberships.user_id', 'users.id')
        .innerJoin('workspaces', 'workspaces.id', 'memberships.workspace_id')
        .select([
          'users.id',
          'users.name',
          'users.email',
          'memberships.role',
          'workspaces.id as workspaceId',
          'workspaces.name as workspaceName',
        ])
        .where('sessions.token_hash', '=', tokenHash)
        .where('accounts.provider_id', '=', 'credential')
        .where('accounts.password_hash', '=', hashBefore ?? '')
        .orderBy('memberships.created_at')
        .executeTakeFirst()
      if (!found) {
        await transaction.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
        return { result: undefined, event: failedSignIn(attempt) }
      }
      const { id, name, email, role, workspaceId, workspaceName } = found
      await transaction.updateTable('users').set({ last_sign_in_at: time }).where('id', '=', id).execute()
      await transaction
        .deleteFrom('sessions')
        .where('user_id', '=', id)
        .where('expires_at', '<', time)
        .execute()
      return {
        result: { user: { id, name, email, role }, workspace: { id: workspaceId, name: workspaceName } },
        event: { type: 'user_signed_in', actor: { type: 'user', id, name, email } },
      }
    })
  } catch (error) {
    await settings.db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
    throw error
  }
}

const wrongCredentialsMessage = 'The e-mail or the password is wrong.'

function wrongCredentials(): AuditError {
  return new AuditError('unauthenticated', wrongCredentialsMessage)
}

function failedSignIn({ email }: SignInAttempt): EventDraft {
  return {
    type: 'user_sign_in_failed',
    actor: { type: 'anonymous', email },
    outcome: 'failure',
    data: { error: { code: 'wrong_credentials', message: wrongCredentialsMessage } },
  }
}

async function refuseCredentials(attempt: SignInAttempt): Promise<never> {
  await attempt.record(failedSignIn(attempt))
  throw wrongCredentials()
}

const tooManyMessage = 'Too many failed sign-ins. Wait before you try again.'

function tooMany({ retryAfterSeconds }: Refusal): AuditError {
  return new AuditError('rate_limited', tooManyMessage, { facts: { retryAfterSeconds } })
}

/** The first refusal of a window is an event; one for each would let a stranger fill the log. */
async function refuseTooMany(attempt: SignInAttempt, refusal: Refusal): Promise<never> {
  const { retryAfterSeconds } = refusal
  await attempt.record({
    type: 'user_sign_in_failed',
    actor: { type: 'anonymous', email: attempt.email },
    outcome: 'denied',
    data: { error: { code: 'rate_limited', message: tooManyMessage }, retryAfterSeconds },
  })
  throw tooMany(refusal)
}
