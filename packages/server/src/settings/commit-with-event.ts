import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Transaction } from 'kysely'
import type { Settings } from './open-settings.ts'
import type { SettingsTables } from './settings-tables.ts'

/**
 * Keeps what somebody did in the log; resolves when it is on the disk. The front binds it to the request, which
 * knows the workspace, the address and the browser. It must not use the settings database: SQLite has one
 * connection, and `commitWithEvent` holds it meanwhile; PostgreSQL has rows locked.
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
 * cannot be stored the change is rolled back. What is left is a commit that ends in an error although everything
 * before it went well (a broken disk, a database that went away). Then the database is asked what became of it: a
 * change that happened is answered as such, and otherwise a second event says that it did not happen, or that nobody
 * knows.
 */
export async function commitWithEvent<T>(
  settings: Settings,
  record: RecordEvent,
  change: (transaction: SettingsTransaction) => Promise<Change<T>>,
): Promise<T> {
  let recorded: { event: EventDraft; result: T; mark: string | undefined } | undefined
  try {
    return await settings.db.transaction().execute(async (transaction) => {
      const { result, event } = await change(transaction)
      if (event) {
        const mark = await settings.markTransaction(transaction)
        await record(event)
        recorded = { event, result, mark }
      }
      return result
    })
  } catch (error) {
    if (!recorded) throw error
    const { event, result, mark } = recorded
    const outcome = await settings.outcomeOf(mark)
    if (outcome === 'committed') return result
    const data = { ...event.data, error: commitErrors[outcome] }
    await record({ ...event, outcome: 'failure', data })
    throw error
  }
}

const commitErrors = {
  rolled_back: {
    code: 'commit_failed',
    message: 'The change could not be committed and did not happen.',
  },
  unknown: {
    code: 'commit_unknown',
    message: 'The settings database went away during the commit: whether the change happened is not known.',
  },
} as const

/**
 * Makes changes to members, keys and invitations of one workspace wait for each other, so that what was counted
 * still holds at the commit. SQLite has one writer anyway; PostgreSQL locks the row. Lock before reading what the
 * change depends on: what was read before may have changed during the wait.
 */
export async function lockWorkspace(transaction: SettingsTransaction, workspaceId: string): Promise<void> {
  await transaction
    .updateTable('workspaces')
    .set((column) => ({ name: column.ref('name') }))
    .where('id', '=', workspaceId)
    .execute()
}

/**
 * Makes changes to one person's password, links and sessions wait for each other, as `lockWorkspace` does. A change
 * that needs both locks takes that of the workspace first.
 */
export async function lockUser(transaction: SettingsTransaction, userId: string): Promise<void> {
  await transaction
    .updateTable('users')
    .set((column) => ({ name: column.ref('name') }))
    .where('id', '=', userId)
    .execute()
}
