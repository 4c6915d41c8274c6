import type { Receiver } from '@aleph-audit-log/domain/api/alert-receivers'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Selectable } from 'kysely'
import * as z from 'zod'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import type { Sealer } from '../seal-text.ts'
import type { SettingsTables } from '../settings-tables.ts'

export type ReceiverRow = Selectable<SettingsTables['alert_receivers']>

/** What of a receiver may be shown. */
const shownSchema = z.union([
  z.strictObject({ to: z.array(z.string()) }),
  z.strictObject({ host: z.string() }),
])
export type ShownReceiver = z.infer<typeof shownSchema>

/** What may not: the address of a Slack hook is a secret as a whole. `secret` signs what a webhook is sent. */
const sealedSchema = z.strictObject({ url: z.string(), secret: z.string().optional() })
export type ReceiverSecrets = z.infer<typeof sealedSchema>

export function shownOf(row: Pick<ReceiverRow, 'shown_json'>): ShownReceiver {
  return shownSchema.parse(JSON.parse(row.shown_json))
}

/** Seals for this receiver alone. */
export function sealSecrets(sealer: Sealer, receiverId: string, secrets: ReceiverSecrets): string {
  return sealer.seal(JSON.stringify(secrets), contextOf(receiverId))
}

/** For sending alone, never for an answer or a log. Errors: `conflict` for what was sealed with another secret. */
export function openSecrets(sealer: Sealer, { id, sealed }: ReceiverRow): ReceiverSecrets {
  return sealedSchema.parse(JSON.parse(sealer.open(sealed ?? '', contextOf(id))))
}

function contextOf(receiverId: string): string {
  return `alert receiver ${receiverId}`
}

/** A receiver of a workspace. Errors: `not_found`. */
export async function findReceiver(
  db: Settings['db'] | SettingsTransaction,
  workspaceId: string,
  id: string,
): Promise<ReceiverRow> {
  const row = await db
    .selectFrom('alert_receivers')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such receiver.')
  return row
}

export type DeliveryCounts = Pick<Receiver, 'waiting' | 'dead' | 'deliveredAt'>

export function toReceiver(row: ReceiverRow, counts: DeliveryCounts): Receiver {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    levelMin: row.level_min,
    enabled: row.enabled === 1,
    ...shownOf(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...counts,
  }
}
