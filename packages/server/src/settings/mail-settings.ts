import type { ChangeMailRequest, MailSettings } from '@aleph-audit-log/domain/api/mail'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../access/act.ts'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from './commit-with-event.ts'
import type { Settings } from './open-settings.ts'
import type { Sealer } from './seal-text.ts'
import type { SettingsTables } from './settings-tables.ts'

/** How to reach the server that sends e-mails, with its password: for sending alone, never for an answer or a log. */
export type MailServer = Omit<MailSettings, 'hasPassword'> & { password: string }

type Row = Selectable<SettingsTables['mail_settings']>
type Database = Settings['db'] | SettingsTransaction

/** The settings without the password; undefined until they are made. */
export async function readMailSettings(
  settings: Settings,
  viewer: Viewer,
): Promise<MailSettings | undefined> {
  requirePermission(viewer, 'admin')
  const row = await readRow(settings.db, viewer.workspaceId)
  return row && toMailSettings(row)
}

/** The server that sends a workspace's e-mails. Not for viewers. Errors: `conflict` for a password that cannot be opened. */
export async function readMailServer(
  { db }: Pick<Settings, 'db'>,
  sealer: Sealer,
  workspaceId: string,
): Promise<MailServer | undefined> {
  const row = await readRow(db, workspaceId)
  if (!row) return undefined
  const { hasPassword: _, ...rest } = toMailSettings(row)
  return { ...rest, password: openPassword(row, sealer) }
}

/** The server as it would be after a change, to try it before. Errors: those of `changeMailSettings`. */
export async function mailServerAfter(
  settings: Settings,
  sealer: Sealer,
  viewer: Viewer,
  change: ChangeMailRequest,
): Promise<MailServer> {
  requirePermission(viewer, 'admin')
  const before = await readRow(settings.db, viewer.workspaceId)
  return { ...change, password: passwordAfter(before, sealer, change) }
}

/** Replaces the settings; the event `mail_settings_changed` tells those before and after, and of the password only whether. */
export async function changeMailSettings(
  { settings, viewer, record, ...act }: Act,
  sealer: Sealer,
  change: ChangeMailRequest,
): Promise<MailSettings> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const before = await readRow(transaction, workspaceId)
    const password = passwordAfter(before, sealer, change)
    const row = {
      host: change.host,
      port: change.port,
      tls: change.tls,
      user_name: change.user,
      sealed_password: password === '' ? null : sealer.seal(password, workspaceId),
      sender: change.from,
      updated_at: timeOf(act),
    }
    await transaction
      .insertInto('mail_settings')
      .values({ workspace_id: workspaceId, ...row })
      .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(row))
      .execute()
    const after = toMailSettings({ workspace_id: workspaceId, ...row })
    const data = {
      ...(before && { before: toMailSettings(before) }),
      after,
      passwordChanged: change.password !== undefined,
    }
    return { result: after, event: { type: 'mail_settings_changed', actor: viewer.actor, data } }
  })
}

/**
 * The password that is kept is used for the same server and user only: else an admin could have it sent to a server of
 * their own, and read it there.
 */
function passwordAfter(before: Row | undefined, sealer: Sealer, change: ChangeMailRequest): string {
  if (change.password !== undefined) return change.password
  if (!before || before.sealed_password === null) return ''
  const isSame =
    before.host === change.host &&
    before.port === change.port &&
    before.user_name === change.user &&
    (before.tls === change.tls || change.tls !== 'none')
  if (isSame) return openPassword(before, sealer)
  throw badPassword('must be entered again for another server, user or a weaker encryption')
}

function openPassword({ sealed_password, workspace_id }: Row, sealer: Sealer): string {
  if (sealed_password === null) return ''
  try {
    return sealer.open(sealed_password, workspace_id)
  } catch (error) {
    if (!isAuditError(error, 'conflict')) throw error
    throw badPassword('cannot be read with the secrets of this server: enter it again')
  }
}

function badPassword(message: string): AuditError {
  return new AuditError('conflict', `The password of the mail server ${message}.`, {
    problems: [{ path: 'password', message }],
  })
}

async function readRow(db: Database, workspaceId: string): Promise<Row | undefined> {
  return db.selectFrom('mail_settings').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirst()
}

function toMailSettings(row: Row): MailSettings {
  return {
    host: row.host,
    port: row.port,
    tls: row.tls,
    user: row.user_name,
    from: row.sender,
    hasPassword: row.sealed_password !== null,
  }
}
