import { randomUUID } from 'node:crypto'
import type { AlertStepName } from '@aleph-audit-log/domain/alert-values'
import { ruleLevels, type RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import type { Selectable } from 'kysely'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { SettingsTables } from '../settings-tables.ts'
import type { ReceiverKind } from '@aleph-audit-log/domain/alert-values'

export type DeliveryRow = Selectable<SettingsTables['alert_deliveries']>

/** What each kind of receiver is told: people are told what asks for them, programs follow every step. */
const toldSteps: Record<ReceiverKind, ReadonlySet<AlertStepName>> = {
  email: new Set<AlertStepName>(['opened', 'reopened']),
  slack: new Set<AlertStepName>(['opened', 'reopened']),
  webhook: new Set<AlertStepName>(['opened', 'acknowledged', 'resolved', 'reopened', 'muted', 'unmuted']),
}

/**
 * Makes the deliveries of one step of an alert, in the transaction of the step: what happened is told, and what did not
 * happen is not. A job delivers them.
 */
export async function enqueueDeliveries(
  transaction: SettingsTransaction,
  alert: { id: string; workspaceId: string; level: RuleLevel },
  { step, at }: { step: AlertStepName; at: string },
): Promise<void> {
  const receivers = await transaction
    .selectFrom('alert_receivers')
    .select(['id', 'kind', 'level_min'])
    .where('workspace_id', '=', alert.workspaceId)
    .where('enabled', '=', 1)
    .execute()
  const rows = receivers
    .filter(({ kind, level_min }) => toldSteps[kind].has(step) && isAtLeast(alert.level, level_min))
    .map((receiver) => newDelivery({ receiverId: receiver.id, alertId: alert.id, step, at }))
  if (rows.length > 0) await transaction.insertInto('alert_deliveries').values(rows).execute()
}

/** A delivery that may be made at once. */
export function newDelivery({
  receiverId,
  alertId,
  step,
  at,
}: {
  receiverId: string
  alertId: string | null
  step: AlertStepName | 'test'
  at: string
}): DeliveryRow {
  return {
    id: randomUUID(),
    receiver_id: receiverId,
    alert_id: alertId,
    step,
    state: 'waiting',
    attempts: 0,
    created_at: at,
    retry_at: at,
    ended_at: null,
    message: null,
  }
}

function isAtLeast(level: RuleLevel, least: RuleLevel): boolean {
  return ruleLevels.indexOf(level) >= ruleLevels.indexOf(least)
}
