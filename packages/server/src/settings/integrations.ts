import { randomUUID } from 'node:crypto'
import {
  integrationConfigurationSchema,
  type ChangeIntegrationRequest,
  type CreateIntegrationRequest,
  type IntegrationConfiguration,
} from '@aleph-audit-log/domain/api/integrations'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../access/act.ts'
import { creatorColumns, creatorOf } from '../access/creator.ts'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from './commit-with-event.ts'
import type { Settings } from './open-settings.ts'
import { countDirectoryChange } from './people/person-keys.ts'
import type { SettingsTables } from './settings-tables.ts'

const integrationsMax = 100

/** An integration with the workspace its events belong to. */
export type IntegrationToRun = IntegrationConfiguration & { workspaceId: string }

/** The integrations of the viewer's workspace, the oldest first. */
export async function listIntegrations(
  settings: Settings,
  viewer: Viewer,
): Promise<IntegrationConfiguration[]> {
  requirePermission(viewer, 'admin')
  return readIntegrationsOf(settings, viewer.workspaceId)
}

/** The same, for the server itself. */
export async function readIntegrationsOf(
  settings: Settings,
  workspaceId: string,
): Promise<IntegrationConfiguration[]> {
  const rows = await settings.db
    .selectFrom('integrations')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toIntegration)
}

/** Every integration of every workspace: what the capture runs. Not for viewers. */
export async function readIntegrationsToRun(settings: Settings): Promise<IntegrationToRun[]> {
  const rows = await settings.db.selectFrom('integrations').selectAll().orderBy('id').execute()
  return rows.map((row) => ({ ...toIntegration(row), workspaceId: row.workspace_id }))
}

/** Adds an integration. Throws AuditError('conflict') if the name is taken or there are too many. */
export async function createIntegration(
  { settings, viewer, record, ...act }: Act,
  wanted: CreateIntegrationRequest,
): Promise<IntegrationConfiguration> {
  requirePermission(viewer, 'admin')
  const { kind, name } = wanted
  const row = {
    id: randomUUID(),
    workspace_id: viewer.workspaceId,
    kind,
    name,
    settings: JSON.stringify(wanted.settings),
    created_at: timeOf(act),
    updated_at: timeOf(act),
    ...creatorColumns(viewer),
  }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    await refuseTakenName(transaction, viewer.workspaceId, name)
    await refuseUnknownGateway(transaction, viewer, wanted)
    const { count } = await transaction
      .selectFrom('integrations')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', viewer.workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= integrationsMax) {
      throw new AuditError('conflict', `A workspace can have at most ${integrationsMax} integrations.`)
    }
    await transaction.insertInto('integrations').values(row).execute()
    // Logins of the directory may be those of an integration by its name.
    await countDirectoryChange(transaction, viewer.workspaceId)
    const integration = toIntegration(row)
    const event = integrationEvent('integration_created', viewer, integration, describe(integration))
    return { result: integration, event }
  })
}

/** Changes the name, or all of the settings, which are those of its kind. Errors: `not_found`, and `conflict` if the name is taken. */
export async function changeIntegration(
  { settings, viewer, record, ...act }: Act,
  id: string,
  change: ChangeIntegrationRequest,
): Promise<IntegrationConfiguration> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const before = toIntegration(await findRow(transaction, viewer, id))
    const after = integrationConfigurationSchema.parse({
      ...before,
      name: change.name ?? before.name,
      settings: change.settings ?? before.settings,
    })
    if (JSON.stringify(after) === JSON.stringify(before)) return { result: before }
    if (after.name !== before.name) await refuseTakenName(transaction, viewer.workspaceId, after.name)
    await refuseUnknownGateway(transaction, viewer, after)
    await transaction
      .updateTable('integrations')
      .set({ name: after.name, settings: JSON.stringify(after.settings), updated_at: timeOf(act) })
      .where('id', '=', id)
      .execute()
    await countDirectoryChange(transaction, viewer.workspaceId)
    const data = { before: describe(before), after: describe(after) }
    return { result: after, event: integrationEvent('integration_updated', viewer, after, data) }
  })
}

/**
 * Deletes an integration and how far it had read; its events stay. Errors: `not_found`, and `conflict` for a gateway that
 * a log is set against.
 */
export async function deleteIntegration({ settings, viewer, record }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const integration = toIntegration(await findRow(transaction, viewer, id))
    await refuseUsedGateway(transaction, viewer, id)
    await transaction.deleteFrom('integrations').where('id', '=', id).execute()
    await countDirectoryChange(transaction, viewer.workspaceId)
    const event = integrationEvent('integration_deleted', viewer, integration, describe(integration))
    return { result: undefined, event }
  })
}

async function findRow(transaction: SettingsTransaction, viewer: Viewer, id: string) {
  const row = await transaction
    .selectFrom('integrations')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', viewer.workspaceId)
    .executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such integration.')
  return row
}

async function refuseTakenName(
  transaction: SettingsTransaction,
  workspaceId: string,
  name: string,
): Promise<void> {
  const taken = await transaction
    .selectFrom('integrations')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('name', '=', name)
    .executeTakeFirst()
  if (!taken) return
  throw new AuditError('conflict', 'There is already an integration with this name.', {
    problems: [{ path: 'name', message: 'is taken' }],
  })
}

/** A log can only be behind a gateway of its own workspace. */
async function refuseUnknownGateway(
  transaction: SettingsTransaction,
  { workspaceId }: Viewer,
  wanted: Pick<CreateIntegrationRequest, 'kind' | 'settings'>,
): Promise<void> {
  const gatewayId = 'gatewayId' in wanted.settings ? wanted.settings.gatewayId : undefined
  if (gatewayId === undefined) return
  const gateway = await transaction
    .selectFrom('integrations')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', gatewayId)
    .where('kind', '=', 'postgres_gateway')
    .executeTakeFirst()
  if (gateway) return
  throw new AuditError('invalid', 'There is no such gateway.', {
    problems: [{ path: 'settings.gatewayId', message: 'is no gateway of this workspace' }],
  })
}

/** Without its gateway a log would tell every session as one that went past it. */
async function refuseUsedGateway(
  transaction: SettingsTransaction,
  { workspaceId }: Viewer,
  gatewayId: string,
): Promise<void> {
  const logs = await transaction
    .selectFrom('integrations')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', 'postgres_log')
    .execute()
  const behind = logs
    .map(toIntegration)
    .find(({ settings }) => 'gatewayId' in settings && settings.gatewayId === gatewayId)
  if (!behind) return
  throw new AuditError(
    'conflict',
    `The log "${behind.name}" is set against this gateway. Change the log first.`,
  )
}

/** What an event tells about an integration: no list of a thousand logins, and never a secret. */
function describe({ kind, name, settings }: IntegrationConfiguration): EventData {
  switch (kind) {
    case 'postgres_log': {
      const { logins, ...rest } = settings
      return { kind, name, ...rest, logins: logins.length }
    }
    case 'postgres_gateway':
      return { kind, name, ...settings }
  }
}

function integrationEvent(
  type: 'integration_created' | 'integration_updated' | 'integration_deleted',
  viewer: Viewer,
  { id, name }: IntegrationConfiguration,
  data: EventData,
): EventDraft {
  return { type, actor: viewer.actor, data, targets: [{ type: 'integration', id, name }] }
}

function toIntegration(row: Selectable<SettingsTables['integrations']>): IntegrationConfiguration {
  return integrationConfigurationSchema.parse({
    id: row.id,
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at,
    createdBy: creatorOf(row),
    settings: JSON.parse(row.settings),
  })
}
