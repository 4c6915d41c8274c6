import { randomUUID } from 'node:crypto'
import type { AlertStepName } from '@aleph-audit-log/domain/alert-values'
import type { AlertStep } from '@aleph-audit-log/domain/api/alerts'
import type { Selectable } from 'kysely'
import type { Person } from '../../access/viewer.ts'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import type { SettingsTables } from '../settings-tables.ts'

type StepRow = Selectable<SettingsTables['alert_steps']>

/** Keeps a step of an alert; without a person it is the server's own. */
export async function addStep(
  transaction: SettingsTransaction,
  { alertId, at, step, reason, by }: NewStep,
): Promise<void> {
  const row: StepRow = {
    id: randomUUID(),
    alert_id: alertId,
    at,
    step,
    reason: reason ?? null,
    by_id: by?.userId ?? null,
    by_name: by ? (by.actor.name ?? by.actor.email ?? by.userId) : null,
    by_email: by?.actor.email ?? null,
  }
  await transaction.insertInto('alert_steps').values(row).execute()
}

export type NewStep = {
  alertId: string
  at: string
  step: AlertStepName
  reason?: string
  by?: Person
}

/** What became of an alert, the oldest first. */
export async function readSteps(
  db: Settings['db'] | SettingsTransaction,
  alertId: string,
): Promise<AlertStep[]> {
  const rows = await db
    .selectFrom('alert_steps')
    .selectAll()
    .where('alert_id', '=', alertId)
    .orderBy('at')
    .execute()
  // Steps of one millisecond: what opened comes first.
  rows.sort((a, b) => (a.at === b.at ? Number(b.step === 'opened') - Number(a.step === 'opened') : 0))
  return rows.map((row) => ({
    at: row.at,
    step: row.step,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.by_name !== null && {
      by: { name: row.by_name, ...(row.by_email !== null && { email: row.by_email }) },
    }),
  }))
}
