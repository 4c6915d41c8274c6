import { randomUUID } from 'node:crypto'
import {
  policyLimits,
  type ChangePolicyRequest,
  type CreatePolicyRequest,
  type Policy,
  type PolicyVersion,
} from '@aleph-audit-log/domain/api/policies'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { toPolicyName } from '@aleph-audit-log/domain/policy/policy-question'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../open-settings.ts'
import { authorOf, countPolicyChange, requirePolicyReader, toAuthor } from './policy-access.ts'
import type { PolicyTables } from './policy-tables.ts'

type Row = Selectable<PolicyTables['policies']>

/** The policies of the viewer's workspace by name. */
export async function listPolicies(settings: Settings, viewer: Viewer): Promise<Policy[]> {
  requirePolicyReader(viewer)
  return readPolicies(settings.db, viewer.workspaceId)
}

/** The same, for the server itself. */
export async function readPolicies(db: SettingsDatabase, workspaceId: string): Promise<Policy[]> {
  const rows = await db
    .selectFrom('policies')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('name_key')
    .execute()
  return rows.map(toPolicy)
}

/**
 * Keeps a policy; every query event that comes in from then on is judged by it. The text has been read before.
 * Throws AuditError('conflict') if the name is taken or there are too many.
 */
export async function createPolicy(
  { settings, viewer, record, ...act }: Act,
  { name, text, enabled, note }: CreatePolicyRequest,
): Promise<Policy> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  const time = timeOf(act)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const { count } = await transaction
      .selectFrom('policies')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= policyLimits.policiesMax) {
      throw new AuditError('conflict', `A workspace can have at most ${policyLimits.policiesMax} policies.`)
    }
    const row = {
      id: randomUUID(),
      workspace_id: workspaceId,
      name,
      name_key: toPolicyName(name),
      text,
      enabled: enabled ? 1 : 0,
      version: 1,
      created_at: time,
      updated_at: time,
      ...updaterOf(viewer),
    }
    await refuseTakenName(transaction, row)
    await transaction.insertInto('policies').values(row).execute()
    await keepVersion(transaction, row, 'created', note)
    return { result: toPolicy(row), event: policyEvent('policy_created', viewer, row, note, describe(row)) }
  })
}

/** Changes what is given. Errors: `not_found`; `conflict` if the name is taken, or somebody has changed it meanwhile. */
export async function changePolicy(
  { settings, viewer, record, ...act }: Act,
  id: string,
  { name, text, enabled, note, version }: ChangePolicyRequest,
): Promise<Policy> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const before = await findRow(transaction, viewer.workspaceId, id)
    if (version !== undefined && version !== before.version) {
      const message = `${before.updated_by_name} has changed this policy meanwhile: it is at version ${before.version}.`
      throw new AuditError('conflict', message)
    }
    const row = {
      ...before,
      name: name ?? before.name,
      name_key: toPolicyName(name ?? before.name),
      text: text ?? before.text,
      enabled: enabled === undefined ? before.enabled : enabled ? 1 : 0,
    }
    if (JSON.stringify(describe(row)) === JSON.stringify(describe(before)))
      return { result: toPolicy(before) }
    Object.assign(row, { version: before.version + 1, updated_at: timeOf(act), ...updaterOf(viewer) })
    await refuseTakenName(transaction, row)
    const { id: _id, workspace_id: _workspace, ...changed } = row
    await transaction.updateTable('policies').set(changed).where('id', '=', id).execute()
    await keepVersion(transaction, row, 'changed', note)
    const data = { before: describe(before), after: describe(row) }
    return { result: toPolicy(row), event: policyEvent('policy_changed', viewer, row, note, data) }
  })
}

/** From now on nothing is judged by it; events keep what was decided, and its versions stay. Throws AuditError('not_found'). */
export async function deletePolicy({ settings, viewer, record, ...act }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const before = await findRow(transaction, viewer.workspaceId, id)
    const row = { ...before, version: before.version + 1, updated_at: timeOf(act), ...updaterOf(viewer) }
    await transaction.deleteFrom('policies').where('id', '=', id).execute()
    await keepVersion(transaction, { ...row, enabled: 0 }, 'deleted', '')
    return { result: undefined, event: policyEvent('policy_deleted', viewer, row, '', describe(before)) }
  })
}

/** What a policy of the viewer's workspace was, the newest first; also of one that is deleted. */
export async function listPolicyVersions(
  settings: Settings,
  viewer: Viewer,
  id: string,
): Promise<PolicyVersion[]> {
  requirePolicyReader(viewer)
  const rows = await settings.db
    .selectFrom('policy_versions')
    .selectAll()
    .where('workspace_id', '=', viewer.workspaceId)
    .where('policy_id', '=', id)
    .orderBy('version', 'desc')
    .execute()
  if (rows.length === 0) throw notFound()
  return rows.map(toVersion)
}

/** All versions of all policies of the viewer's workspace up to a time, the oldest first, each with its policy's id. */
export async function listVersionsUntil(
  settings: Settings,
  viewer: Viewer,
  before: string,
): Promise<(PolicyVersion & { policyId: string })[]> {
  requirePolicyReader(viewer)
  const rows = await settings.db
    .selectFrom('policy_versions')
    .selectAll()
    .where('workspace_id', '=', viewer.workspaceId)
    .where('at', '<', before)
    .orderBy('at')
    .orderBy('version')
    .execute()
  return rows.map((row) => ({ ...toVersion(row), policyId: row.policy_id }))
}

function notFound(): AuditError {
  return new AuditError('not_found', 'There is no such policy.')
}

async function findRow(transaction: SettingsTransaction, workspaceId: string, id: string): Promise<Row> {
  const row = await transaction
    .selectFrom('policies')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw notFound()
  return row
}

async function refuseTakenName(transaction: SettingsTransaction, row: Row): Promise<void> {
  const other = await transaction
    .selectFrom('policies')
    .select('id')
    .where('workspace_id', '=', row.workspace_id)
    .where('name_key', '=', row.name_key)
    .where('id', '!=', row.id)
    .executeTakeFirst()
  if (!other) return
  throw new AuditError('conflict', `There is a policy called ${row.name} already.`, {
    problems: [{ path: 'name', message: 'is taken' }],
  })
}

async function keepVersion(
  transaction: SettingsTransaction,
  row: Row,
  change: PolicyVersion['change'],
  note: string,
): Promise<void> {
  await transaction
    .insertInto('policy_versions')
    .values({
      policy_id: row.id,
      workspace_id: row.workspace_id,
      version: row.version,
      change,
      name: row.name,
      text: row.text,
      enabled: row.enabled,
      note,
      at: row.updated_at,
      by_id: row.updated_by_id,
      by_name: row.updated_by_name,
      by_email: row.updated_by_email,
    })
    .execute()
  await countPolicyChange(transaction, row.workspace_id)
}

function updaterOf(viewer: Viewer): Pick<Row, 'updated_by_id' | 'updated_by_name' | 'updated_by_email'> {
  const { id, name, email } = authorOf(viewer)
  return { updated_by_id: id, updated_by_name: name, updated_by_email: email }
}

function toPolicy(row: Row): Policy {
  return {
    id: row.id,
    name: row.name,
    text: row.text,
    enabled: row.enabled === 1,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    updatedBy: toAuthor(row.updated_by_name, row.updated_by_email),
  }
}

function toVersion(row: Selectable<PolicyTables['policy_versions']>): PolicyVersion {
  const { version, change, name, text, note, at } = row
  const by = toAuthor(row.by_name, row.by_email)
  return { version, change, name, text, enabled: row.enabled === 1, note, at, by }
}

function describe({ name, text, enabled }: Row): EventData {
  return { name, text, enabled: enabled === 1 }
}

function policyEvent(
  type: 'policy_created' | 'policy_changed' | 'policy_deleted',
  viewer: Viewer,
  { id, name, version }: Row,
  note: string,
  data: EventData,
): EventDraft {
  const targets = [{ type: 'policy', id, name }]
  return { type, actor: viewer.actor, data: { ...data, version, ...(note === '' ? {} : { note }) }, targets }
}
