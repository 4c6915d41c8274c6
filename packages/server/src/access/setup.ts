import { setupRequestSchema, type SetupRequest } from '@aleph-audit-log/domain/api/access'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { toProblems, type EventDraft } from '@aleph-audit-log/domain/event'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../settings/commit-with-event.ts'
import type { Settings } from '../settings/open-settings.ts'
import { timeOf, type AnonymousAct } from './act.ts'
import { addUser } from './add-user.ts'
import { limits } from './limits.ts'
import { createOneTimeToken, deleteTokens, findOneTimeToken } from './one-time-tokens.ts'
import type { PasswordHasher } from './password-hashing.ts'
import { refuseWeakPassword } from './password-policy.ts'

export type SetupAct = AnonymousAct & { workspaceId: string; hasher: PasswordHasher }

/** True until there is a first user. */
export async function isSetupNeeded({ db }: Pick<Settings, 'db'>): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined
}

/**
 * A token for the one-time set-up link that the operator's terminal shows; undefined once there is a user. Each
 * start makes a new one, and only the newest works.
 */
export async function createSetupToken(settings: Settings, nowMs: number): Promise<string | undefined> {
  return settings.db.transaction().execute(async (transaction) => {
    await settings.lockUntilCommit(transaction, 'set-up token')
    if (!(await isSetupNeeded({ db: transaction }))) return undefined
    const lifetimeMs = limits.setupTokenLifetimeMs
    return createOneTimeToken(transaction, { purpose: 'setup', userId: null, nowMs, lifetimeMs })
  })
}

/**
 * Makes the first user, an admin, for whoever has the set-up token.
 * **Promise: at most once, however many try at the same time.**
 * Errors: `not_found` for a wrong, used or expired token, `conflict` when there is a user, `invalid` for a weak password.
 */
export async function completeSetup(act: SetupAct, request: SetupRequest): Promise<{ email: string }> {
  const presented = { purpose: 'setup', token: request.token, nowMs: act.nowMs } as const
  // Looked at before the password is hashed, so that a stranger cannot make the server work; and again when it counts.
  const isRight = (await findOneTimeToken(act.settings.db, presented)) !== undefined
  // Behind it: whoever was quicker has taken the token away.
  await refuseSecondSetup(act.settings)
  if (!isRight) throw badToken()
  return addFirstAdmin(act, request, 'setup_link', async (transaction) => {
    if (!(await findOneTimeToken(transaction, presented))) throw badToken()
  })
}

/**
 * Makes the first user from the operator's environment (AUDIT_ADMIN_EMAIL and the like); does nothing once there is
 * a user. Throws AuditError('invalid') if the values cannot be used.
 */
export async function setUpUnattended(
  act: SetupAct,
  admin: { adminEmail: string; adminPassword: string; adminName: string },
): Promise<void> {
  if (!(await isSetupNeeded(act.settings))) return
  const shape = setupRequestSchema.omit({ token: true })
  const given = { name: admin.adminName, email: admin.adminEmail, password: admin.adminPassword }
  const parsed = shape.safeParse(given)
  if (!parsed.success) {
    const problems = toProblems(parsed.error, '')
    const list = problems.map(({ path, message }) => `${path} ${message}`).join('; ')
    throw new AuditError('invalid', `The first user cannot be made from the environment: ${list}.`, {
      problems,
    })
  }
  try {
    await addFirstAdmin(act, parsed.data, 'environment', async () => undefined)
  } catch (error) {
    // Another server that was started with the same environment was quicker.
    if (isAuditError(error, 'conflict') && !(await isSetupNeeded(act.settings))) return
    throw error
  }
}

async function addFirstAdmin(
  { settings, record, workspaceId, hasher, ...act }: SetupAct,
  { name, email, password }: Omit<SetupRequest, 'token'>,
  way: 'setup_link' | 'environment',
  check: (transaction: SettingsTransaction) => Promise<void>,
): Promise<{ email: string }> {
  await refuseWeakPassword(password, { email, name })
  const passwordHash = await hasher.hash(password)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    await refuseSecondSetup({ db: transaction })
    await check(transaction)
    await deleteTokens(transaction, 'setup', null)
    const user = { workspaceId, name, email, passwordHash, role: 'admin', time: timeOf(act) } as const
    const id = await addUser(transaction, user)
    const event: EventDraft = {
      type: 'setup_completed',
      actor:
        way === 'environment'
          ? { type: 'system', name: 'Aleph Audit Log' }
          : { type: 'user', id, name, email },
      data: { role: user.role, way },
      targets: [{ type: 'user', id, name: email }],
    }
    return { result: { email }, event }
  })
}

async function refuseSecondSetup(settings: Pick<Settings, 'db'>): Promise<void> {
  if (await isSetupNeeded(settings)) return
  throw new AuditError('conflict', 'The set-up is already done. Sign in, or ask an admin for an invitation.')
}

function badToken(): AuditError {
  return new AuditError(
    'not_found',
    'This set-up link is not valid any more. Restart the server: it prints a new one.',
  )
}
