import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Transaction } from 'kysely'
import type { Settings } from './open-settings.ts'
import type { SettingsTables } from './settings-tables.ts'

/**
 * Keeps what somebody did in the log; resolves when it is on the disk. The front binds it to the request, which
 * knows the workspace, the address and the browser. It must not use the settings database: SQLite has one
 * connection, and `commitWithEvent` holds it meanwhile.
 */
export type RecordEvent = (draft: EventDraft) => Promise<void>

export type SettingsTransaction = Transaction<SettingsTables>

/** What a change gives back: its result, and the event that tells it; no event if it turned out to change nothing. */
export type Change<T> = { result: T; event?: EventDraft }

/**
 * Changes settings and keeps the event about it.
 *
 * **Promise: no change without its event, and no event without its change.** The order makes it so: all checks and
 * writes run inside the transaction, then the event is stored, and only then the transaction commits. If the event
 * cannot be stored the change is rolled back. What is left is a commit that fails although everything before it
 * went well (a broken disk): then a second event says that the change did not happen.
 */
export async function commitWithEvent<T>(
  settings: Settings,
  record: RecordEvent,
  change: (transaction: SettingsTransaction) => Promise<Change<T>>,
): Promise<T> {
  let recorded: EventDraft | undefined
  try {
    return await settings.db.transaction().execute(async (transaction) => {
      const { result, event } = await change(transaction)
      if (event) {
        await record(event)
        recorded = event
      }
      return result
    })
  } catch (error) {
    if (recorded) {
      const data = {
        ...recorded.data,
        error: { message: 'The change could not be committed and did not happen.' },
      }
      await record({ ...recorded, outcome: 'failure', data })
    }
    throw error
  }
}

/**
 * Makes changes to members, keys and invitations of one workspace wait for each other, so that what was counted
 * still holds at the commit. SQLite has one writer anyway; PostgreSQL locks the row.
 */
export async function lockWorkspace(transaction: SettingsTransaction, workspaceId: string): Promise<void> {
  await transaction
    .updateTable('workspaces')
    .set((column) => ({ name: column.ref('name') }))
    .where('id', '=', workspaceId)
    .execute()
}
