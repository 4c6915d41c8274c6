import type { Actor } from '@aleph-audit-log/domain/event'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import type { SettingsTransaction } from '../commit-with-event.ts'

/** Policies are for who manages them, and for auditors, who have to understand what they say. */
export function requirePolicyReader(viewer: Viewer): void {
  if (viewer.via === 'session' && viewer.role === 'auditor') return
  requirePermission(viewer, 'admin')
}

/** Who does something, as rows keep it. */
export function authorOf({ actor }: { actor: Actor }): { id: string; name: string; email: string | null } {
  const { id = '', name, email } = actor
  return { id, name: name ?? email ?? id, email: email ?? null }
}

/** The opposite of `authorOf`, for the API. */
export function toAuthor(name: string, email: string | null): { name: string; email?: string } {
  return { name, ...(email === null ? {} : { email }) }
}

/** Tells every server that policies, tags or exceptions have changed; call it in the transaction that changes them. */
export async function countPolicyChange(
  transaction: SettingsTransaction,
  workspaceId: string,
): Promise<void> {
  await transaction
    .insertInto('policy_changes')
    .values({ workspace_id: workspaceId, version: 1 })
    .onConflict((conflict) =>
      conflict
        .column('workspace_id')
        .doUpdateSet((of) => ({ version: of('policy_changes.version', '+', 1) })),
    )
    .execute()
}
