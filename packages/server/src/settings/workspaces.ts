import { randomUUID } from 'node:crypto'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { commitWithEvent } from './commit-with-event.ts'
import type { Settings } from './open-settings.ts'

export type Workspace = { id: string; name: string }

export type EnsureWorkspaceOptions = {
  settings: Settings
  record: (draft: EventDraft, workspaceId: string) => Promise<void>
  now: () => number
}

/** The workspace's name as it is now; undefined if there is no such workspace. */
export async function readWorkspaceName(
  { db }: Pick<Settings, 'db'>,
  id: string,
): Promise<string | undefined> {
  const row = await db.selectFrom('workspaces').select('name').where('id', '=', id).executeTakeFirst()
  return row?.name
}

/** The name of the workspace that a fresh installation begins with. */
const firstWorkspaceName = 'Main'

/**
 * The workspace of this installation; made on the very first start, so that keys and captures can work before
 * anybody has signed in.
 */
export async function ensureWorkspace({ settings, record, now }: EnsureWorkspaceOptions): Promise<Workspace> {
  const id = randomUUID()
  return commitWithEvent<Workspace>(
    settings,
    (draft) => record(draft, id),
    async (transaction) => {
      // There is no row yet that two servers which start at the same time could both lock.
      await settings.lockUntilCommit(transaction, 'first workspace')
      const found = await transaction
        .selectFrom('workspaces')
        .select(['id', 'name'])
        .orderBy('created_at')
        .executeTakeFirst()
      if (found) return { result: found }
      const workspace = { id, name: firstWorkspaceName }
      await transaction
        .insertInto('workspaces')
        .values({ ...workspace, created_at: new Date(now()).toISOString() })
        .execute()
      const event: EventDraft = {
        type: 'workspace_created',
        actor: { type: 'system', name: 'Aleph Audit Log' },
        targets: [{ type: 'workspace', ...workspace }],
      }
      return { result: workspace, event }
    },
  )
}
