import { randomUUID } from 'node:crypto'
import { ruleLevels, type RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { SettingsTables } from '../settings-tables.ts'

export type AlertStepName = SettingsTables['alert_steps']['step']
type ReceiverKind = SettingsTables['alert_receivers']['kind']

/** What each kind of receiver is told: people are told what asks for them, programs follow every step. */
const toldSteps: Record<ReceiverKind, ReadonlySet<AlertStepName>> = {
  email: new Set<AlertStepName>(['opened', 'reopened', 'unmuted']),
  slack: new Set<AlertStepName>(['opened', 'reopened', 'unmuted']),
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
    .map((receiver) => ({
      id: randomUUID(),
      receiver_id: receiver.id,
      alert_id: alert.id,
      step,
      state: 'waiting' as const,
      attempts: 0,
      created_at: at,
      retry_at: at,
      ended_at: null,
      message: null,
    }))
  if (rows.length > 0) await transaction.insertInto('alert_deliveries').values(rows).execute()
}

function isAtLeast(level: RuleLevel, least: RuleLevel): boolean {
  return ruleLevels.indexOf(level) >= ruleLevels.indexOf(least)
}
