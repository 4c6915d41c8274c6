import {
  workspaceSettingsSchema,
  type ChangeWorkspaceSettingsRequest,
  type WorkspaceSettings,
} from '@aleph-audit-log/domain/api/settings'
import { timeOf, type Act } from '../access/act.ts'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from './commit-with-event.ts'
import type { Settings } from './open-settings.ts'
import { readWorkspaceName } from './workspaces.ts'

const defaults: WorkspaceSettings = { bindParameters: 'masked' }

/** The settings of the viewer's workspace as they are now. */
export async function readWorkspaceSettings(settings: Settings, viewer: Viewer): Promise<WorkspaceSettings> {
  requirePermission(viewer, 'admin')
  return readRow(settings.db, viewer.workspaceId)
}

/** Changes the settings that are named; the event `settings_changed` tells those before and after. */
export async function changeWorkspaceSettings(
  { settings, viewer, record, ...act }: Act,
  change: ChangeWorkspaceSettingsRequest,
): Promise<WorkspaceSettings> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const before = await readRow(transaction, workspaceId)
    const after = { bindParameters: change.bindParameters ?? before.bindParameters }
    if (after.bindParameters === before.bindParameters) return { result: before }
    const row = { bind_parameters: after.bindParameters, updated_at: timeOf(act) }
    await transaction
      .insertInto('workspace_settings')
      .values({ workspace_id: workspaceId, ...row })
      .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(row))
      .execute()
    const name = await readWorkspaceName({ db: transaction }, workspaceId)
    return {
      result: after,
      event: {
        type: 'settings_changed',
        actor: viewer.actor,
        data: { before, after },
        targets: [{ type: 'workspace', id: workspaceId, ...(name === undefined ? {} : { name }) }],
      },
    }
  })
}

async function readRow(
  db: Settings['db'] | SettingsTransaction,
  workspaceId: string,
): Promise<WorkspaceSettings> {
  const row = await db
    .selectFrom('workspace_settings')
    .select('bind_parameters')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  return row === undefined ? defaults : workspaceSettingsSchema.parse({ bindParameters: row.bind_parameters })
}

/**
 * The settings of all workspaces in memory, for what cannot wait for a database: every event that comes in. They are
 * as old as the last `refresh`, which is called after a change here, and now and then for changes on other servers.
 */
export type KnownWorkspaceSettings = {
  of: (workspaceId: string) => WorkspaceSettings
  refresh: () => Promise<void>
}

export async function loadWorkspaceSettings({ db }: Settings): Promise<KnownWorkspaceSettings> {
  let known: ReadonlyMap<string, WorkspaceSettings> = new Map()
  // One after the other, so that what was read first is not kept last.
  let refreshing: Promise<void> = Promise.resolve()
  const read = async (): Promise<void> => {
    const rows = await db
      .selectFrom('workspace_settings')
      .select(['workspace_id', 'bind_parameters'])
      .execute()
    known = new Map(
      rows.map((row) => [
        row.workspace_id,
        workspaceSettingsSchema.parse({ bindParameters: row.bind_parameters }),
      ]),
    )
  }
  const refresh = async (): Promise<void> => {
    const next = refreshing.then(read)
    refreshing = next.catch(() => undefined)
    await next
  }
  await refresh()
  return { of: (workspaceId) => known.get(workspaceId) ?? defaults, refresh }
}
