import { randomUUID } from 'node:crypto'
import {
  peopleLimits,
  type ChangeServiceAccountRequest,
  type CreateServiceAccountRequest,
  type ServiceAccount,
} from '@aleph-audit-log/domain/api/people'
import { joinLogin, splitLogin } from '@aleph-audit-log/domain/attribution/people-index'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../open-settings.ts'
import type { SettingsTables } from '../settings-tables.ts'
import { requireDirectoryReader, takenBy } from './people.ts'
import { countDirectoryChange } from './person-keys.ts'

/** The logins of the viewer's workspace that tools use for everybody, by login. */
export async function listServiceAccounts(settings: Settings, viewer: Viewer): Promise<ServiceAccount[]> {
  requireDirectoryReader(viewer)
  return readServiceAccounts(settings.db, viewer.workspaceId)
}

/** The same, for the server itself. */
export async function readServiceAccounts(
  db: SettingsDatabase,
  workspaceId: string,
): Promise<ServiceAccount[]> {
  const rows = await db
    .selectFrom('service_accounts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('login')
    .orderBy('scope')
    .execute()
  return rows.map(toAccount)
}

/**
 * Registers a login as a tool's: from now on this tool's comments are trusted where they come through it.
 * Throws AuditError('conflict') that names who has the login already, or if there are too many.
 */
export async function registerServiceAccount(
  { settings, viewer, record, ...act }: Act,
  { login, tool, commentPattern, note }: CreateServiceAccountRequest,
): Promise<ServiceAccount> {
  requirePermission(viewer, 'admin')
  const time = timeOf(act)
  const account = withOptional(
    { id: randomUUID(), login, tool, createdAt: time, updatedAt: time },
    commentPattern,
    note,
  )
  return commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const { count } = await transaction
      .selectFrom('service_accounts')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= peopleLimits.accountsMax) {
      const message = `A workspace can have at most ${peopleLimits.accountsMax} service accounts.`
      throw new AuditError('conflict', message)
    }
    await refuseTakenLogin(transaction, workspaceId, account)
    const row = toRow(workspaceId, account)
    await transaction.insertInto('service_accounts').values(row).execute()
    await countDirectoryChange(transaction, workspaceId)
    const event = accountEvent('service_account_registered', viewer, account, describe(account))
    return { result: toAccount(row), event }
  })
}

/** Changes what is given; an empty text takes away. Errors: `not_found`, and `conflict` as for registering. */
export async function changeServiceAccount(
  { settings, viewer, record, ...act }: Act,
  id: string,
  change: ChangeServiceAccountRequest,
): Promise<ServiceAccount> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const before = await findAccount(transaction, workspaceId, id)
    const { createdAt } = before
    const account = withOptional(
      {
        id,
        login: joinLogin(splitLogin(change.login ?? before.login)),
        tool: change.tool ?? before.tool,
        createdAt,
        updatedAt: timeOf(act),
      },
      change.commentPattern ?? before.commentPattern,
      change.note ?? before.note,
    )
    if (JSON.stringify(describe(account)) === JSON.stringify(describe(before))) return { result: before }
    await refuseTakenLogin(transaction, workspaceId, account)
    const { id: _id, workspace_id: _workspace, ...row } = toRow(workspaceId, account)
    await transaction.updateTable('service_accounts').set(row).where('id', '=', id).execute()
    await countDirectoryChange(transaction, workspaceId)
    const data = { before: describe(before), after: describe(account) }
    return { result: account, event: accountEvent('service_account_updated', viewer, account, data) }
  })
}

/** From now on nothing that comes through the login is trusted; events stay as they are. Throws AuditError('not_found'). */
export async function removeServiceAccount({ settings, viewer, record }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const account = await findAccount(transaction, workspaceId, id)
    await transaction.deleteFrom('service_accounts').where('id', '=', id).execute()
    await countDirectoryChange(transaction, workspaceId)
    const event = accountEvent('service_account_removed', viewer, account, describe(account))
    return { result: undefined, event }
  })
}

async function findAccount(
  transaction: SettingsTransaction,
  workspaceId: string,
  id: string,
): Promise<ServiceAccount> {
  const row = await transaction
    .selectFrom('service_accounts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such service account.')
  return toAccount(row)
}

async function refuseTakenLogin(
  transaction: SettingsTransaction,
  workspaceId: string,
  account: ServiceAccount,
): Promise<void> {
  const { scope, login } = splitLogin(account.login)
  const what = `The login ${joinLogin({ scope, login })}`
  const other = await transaction
    .selectFrom('service_accounts')
    .select('tool')
    .where('workspace_id', '=', workspaceId)
    .where('scope', '=', scope)
    .where('login', '=', login)
    .where('id', '!=', account.id)
    .executeTakeFirst()
  if (other) throw takenBy(what, 'login', `the service account of ${other.tool}`)
  const person = await transaction
    .selectFrom('person_keys')
    .innerJoin('people', 'people.id', 'person_keys.person_id')
    .select('people.name')
    .where('person_keys.workspace_id', '=', workspaceId)
    .where('kind', '=', 'login')
    .where('scope', '=', scope)
    .where('value', '=', login)
    .executeTakeFirst()
  if (person) throw takenBy(what, 'login', person.name)
}

type AccountRow = Selectable<SettingsTables['service_accounts']>

function withOptional(
  account: Omit<ServiceAccount, 'commentPattern' | 'note'>,
  commentPattern: string | undefined,
  note: string | undefined,
): ServiceAccount {
  return {
    ...account,
    ...(commentPattern !== undefined && commentPattern !== '' && { commentPattern }),
    ...(note !== undefined && note !== '' && { note }),
  }
}

function toRow(workspaceId: string, account: ServiceAccount): AccountRow {
  return {
    id: account.id,
    workspace_id: workspaceId,
    ...splitLogin(account.login),
    tool: account.tool,
    comment_pattern: account.commentPattern ?? null,
    note: account.note ?? null,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  }
}

function toAccount(row: AccountRow): ServiceAccount {
  const { id, tool, created_at: createdAt, updated_at: updatedAt } = row
  return withOptional(
    { id, login: joinLogin(row), tool, createdAt, updatedAt },
    row.comment_pattern ?? undefined,
    row.note ?? undefined,
  )
}

function describe({ login, tool, commentPattern, note }: ServiceAccount): EventData {
  return {
    login,
    tool,
    ...(commentPattern === undefined ? {} : { commentPattern }),
    ...(note === undefined ? {} : { note }),
  }
}

function accountEvent(
  type: 'service_account_registered' | 'service_account_updated' | 'service_account_removed',
  viewer: Viewer,
  { id, login }: ServiceAccount,
  data: EventData,
): EventDraft {
  return { type, actor: viewer.actor, data, targets: [{ type: 'service_account', id, name: login }] }
}
