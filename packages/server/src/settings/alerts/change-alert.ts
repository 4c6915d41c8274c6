import type { AlertStatus, Resolution } from '@aleph-audit-log/domain/alert-values'
import type { Alert, ResolveAlertRequest } from '@aleph-audit-log/domain/api/alerts'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData } from '@aleph-audit-log/domain/event'
import { timeOf, type Act } from '../../access/act.ts'
import { requireWholeLog } from '../../access/restrict-to-viewer.ts'
import { requirePerson, type Person, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import { toAlert, type AlertRow } from './alert-rows.ts'
import { addStep } from './alert-steps.ts'
import { enqueueDeliveries } from './enqueue-deliveries.ts'

type Change = 'acknowledge' | 'resolve' | 'reopen'

/** What people do with alerts, and the state that it makes; undefined: it cannot be done. */
const statusAfter: Record<Change, Record<AlertStatus, AlertStatus | undefined>> = {
  acknowledge: { open: 'acknowledged', acknowledged: undefined, resolved: undefined, muted: undefined },
  resolve: { open: 'resolved', acknowledged: 'resolved', muted: 'resolved', resolved: undefined },
  reopen: { resolved: 'open', open: undefined, acknowledged: undefined, muted: undefined },
}
const stepOf = { acknowledge: 'acknowledged', resolve: 'resolved', reopen: 'reopened' } as const

/**
 * Says that somebody looks after an alert. Errors: `not_found`; `conflict` if it is not open any more, with who was first.
 */
export async function acknowledgeAlert(act: Act, id: string): Promise<Alert> {
  return changeAlert(act, id, { change: 'acknowledge' })
}

/** Ends an alert: later events do not join it. Errors: `not_found`, `conflict` if it is resolved. */
export async function resolveAlert(
  act: Act,
  id: string,
  { resolution, reason }: ResolveAlertRequest,
): Promise<Alert> {
  return changeAlert(act, id, { change: 'resolve', resolution, reason })
}

/** Opens a resolved alert again. Errors: `not_found`, `conflict` if it is not resolved. */
export async function reopenAlert(act: Act, id: string): Promise<Alert> {
  return changeAlert(act, id, { change: 'reopen' })
}

/** Alerts tell of events of the whole log, and what is done with one is somebody's decision. */
export function requireAlertKeeper(viewer: Viewer): Person {
  const person = requirePerson(viewer)
  requireWholeLog(person)
  return person
}

type WantedChange =
  | { change: 'acknowledge' | 'reopen'; resolution?: undefined; reason?: undefined }
  | { change: 'resolve'; resolution: Resolution; reason: string }

async function changeAlert(
  { settings, viewer, record, ...act }: Act,
  id: string,
  { change, resolution, reason }: WantedChange,
): Promise<Alert> {
  const person = requireAlertKeeper(viewer)
  const at = timeOf(act)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const row = await findAlert(transaction, person.workspaceId, id)
    const status = statusAfter[change][row.status]
    if (status === undefined) throw await notPossible(transaction, change, row)
    const columns = {
      status,
      updated_at: at,
      resolution: resolution ?? null,
      reason: reason ?? null,
    }
    await transaction.updateTable('alerts').set(columns).where('id', '=', id).execute()
    const step = stepOf[change]
    await addStep(transaction, {
      alertId: id,
      at,
      step,
      by: person,
      ...(reason !== undefined && { reason }),
    })
    await enqueueDeliveries(
      transaction,
      { id, workspaceId: person.workspaceId, level: row.rule_level },
      { step, at },
    )
    const data = { ...describeAlert(row), ...(resolution !== undefined && { resolution, reason }) }
    return {
      result: toAlert({ ...row, ...columns }),
      event: {
        type: `alert_${step}`,
        actor: person.actor,
        data,
        targets: [{ type: 'alert', id, name: row.rule_title }],
      },
    }
  })
}

/** An alert of a workspace. Errors: `not_found`. */
export async function findAlert(
  db: Settings['db'] | SettingsTransaction,
  workspaceId: string,
  id: string,
): Promise<AlertRow> {
  const row = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such alert.')
  return row
}

/** What events about an alert tell of it. */
function describeAlert(row: AlertRow): EventData {
  const { rule, summary, group, firstEventAt, lastEventAt, eventCount } = toAlert(row)
  return { rule, summary, group, firstEventAt, lastEventAt, eventCount, statusBefore: row.status }
}

const notPossibleWords: Record<Change, Record<AlertStatus, string>> = {
  acknowledge: {
    open: '',
    acknowledged: 'This alert is acknowledged already',
    resolved: 'This alert is resolved',
    muted: 'This alert is muted: nobody is asked to look after it',
  },
  resolve: { open: '', acknowledged: '', muted: '', resolved: 'This alert is resolved already' },
  reopen: {
    resolved: '',
    open: 'This alert is open',
    acknowledged: 'This alert is not resolved',
    muted: 'This alert is not resolved',
  },
}

async function notPossible(
  transaction: SettingsTransaction,
  change: Change,
  { id, status }: AlertRow,
): Promise<AuditError> {
  const last = await transaction
    .selectFrom('alert_steps')
    .select(['by_name', 'at'])
    .where('alert_id', '=', id)
    .where('step', '=', status === 'open' ? 'opened' : status)
    .orderBy('at', 'desc')
    .executeTakeFirst()
  const words = notPossibleWords[change][status]
  const who = last && last.by_name !== null ? `, by ${last.by_name} at ${last.at}` : ''
  return new AuditError('conflict', `${words}${who}.`)
}
