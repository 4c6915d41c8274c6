import { randomUUID } from 'node:crypto'
import type { Installation } from '../../testing/installation.ts'

/** What stands in a view of the tests. */
export const viewState = { q: '', range: { past: '7d' }, noise: false, columns: ['name'] }

/** A shared view of somebody who has left; returns its id. */
export async function addSharedView({ settings, workspaceId }: Installation): Promise<string> {
  const id = randomUUID()
  const row = {
    id,
    workspace_id: workspaceId,
    name: id,
    shared: 1,
    state: JSON.stringify(viewState),
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
    created_by_id: 'somebody',
    created_by_name: 'Somebody else',
    created_by_email: null,
  }
  await settings.db.insertInto('views').values(row).execute()
  return id
}
