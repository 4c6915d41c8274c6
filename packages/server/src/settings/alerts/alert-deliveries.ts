import {
  receiverLimits,
  type DeliveriesQuery,
  type DeliveryList,
} from '@aleph-audit-log/domain/api/alert-receivers'
import type { AlertDelivery } from '@aleph-audit-log/domain/api/alerts'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import { newDelivery, type DeliveryRow } from './enqueue-deliveries.ts'
import { findReceiver, type ReceiverRow } from './receiver-rows.ts'

/**
 * What receivers are told of alerts.
 *
 * ```text
 * (a step, or a test) ──► waiting ──claimDelivery──► running ──► delivered
 *                           ▲ ▲                         ├──────► dead
 *                           │ └──failed for a while─────┤         │
 *                           ├────its server ended───────┘         │
 *                           └──────────────sent again─────────────┘
 * ```
 */
type Database = Settings['db'] | SettingsTransaction

/** A delivery with the names of what it is about. */
type NamedDelivery = DeliveryRow & { receiver_name: string; rule_title: string | null }

/** The deliveries of a workspace, the newest first, to be narrowed. */
export function selectDeliveries(db: Database, workspaceId: string) {
  return db
    .selectFrom('alert_deliveries')
    .innerJoin('alert_receivers', 'alert_receivers.id', 'alert_deliveries.receiver_id')
    .leftJoin('alerts', 'alerts.id', 'alert_deliveries.alert_id')
    .selectAll('alert_deliveries')
    .select(['alert_receivers.name as receiver_name', 'alerts.rule_title'])
    .where('alert_receivers.workspace_id', '=', workspaceId)
    .orderBy('alert_deliveries.created_at', 'desc')
    .orderBy('alert_deliveries.id')
}

export function toDelivery(row: NamedDelivery): AlertDelivery {
  return {
    id: row.id,
    receiver: { id: row.receiver_id, name: row.receiver_name },
    ...(row.alert_id !== null && { alert: { id: row.alert_id, title: row.rule_title ?? '' } }),
    step: row.step,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    ...(row.state === 'waiting' && row.retry_at !== null && { retryAt: row.retry_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.message !== null && { message: row.message }),
  }
}

/** The newest deliveries, and how many there are. For admins. */
export async function listDeliveries(
  { db }: Settings,
  viewer: Viewer,
  { state, receiver }: DeliveriesQuery,
): Promise<DeliveryList> {
  requirePermission(viewer, 'admin')
  let selected = selectDeliveries(db, viewer.workspaceId)
  let counted = db
    .selectFrom('alert_deliveries')
    .innerJoin('alert_receivers', 'alert_receivers.id', 'alert_deliveries.receiver_id')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('alert_receivers.workspace_id', '=', viewer.workspaceId)
  if (state !== undefined) {
    selected = selected.where('alert_deliveries.state', '=', state)
    counted = counted.where('alert_deliveries.state', '=', state)
  }
  if (receiver !== undefined) {
    selected = selected.where('alert_deliveries.receiver_id', '=', receiver)
    counted = counted.where('alert_deliveries.receiver_id', '=', receiver)
  }
  const rows = await selected.limit(receiverLimits.deliveriesShownMax).execute()
  const { count } = await counted.executeTakeFirstOrThrow()
  return { deliveries: rows.map(toDelivery), total: Number(count) }
}

/** Asks for a test of a receiver, which is delivered once and not tried again. Errors: `not_found`; `conflict` while one waits. */
export async function requestTest(
  { settings, viewer, record, ...act }: Act,
  receiverId: string,
): Promise<AlertDelivery> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const receiver = await findReceiver(transaction, viewer.workspaceId, receiverId)
    const open = await transaction
      .selectFrom('alert_deliveries')
      .select('id')
      .where('receiver_id', '=', receiverId)
      .where('alert_id', 'is', null)
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirst()
    if (open) throw new AuditError('conflict', 'A test is on its way already.')
    const row = newDelivery({ receiverId, alertId: null, step: 'test', at: timeOf(act) })
    await transaction.insertInto('alert_deliveries').values(row).execute()
    const event: EventDraft = {
      type: 'alert_receiver_tested',
      actor: viewer.actor,
      data: { deliveryId: row.id, kind: receiver.kind },
      targets: [targetOf(receiver)],
    }
    return { result: toDelivery({ ...row, receiver_name: receiver.name, rule_title: null }), event }
  })
}

/** Sends again what was given up, under its own id. Errors: `not_found`; `conflict` if it was not given up. */
export async function replayDelivery(
  { settings, viewer, record, ...act }: Act,
  id: string,
): Promise<AlertDelivery> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const row = await selectDeliveries(transaction, viewer.workspaceId)
      .where('alert_deliveries.id', '=', id)
      .executeTakeFirst()
    if (!row) throw new AuditError('not_found', 'There is no such delivery.')
    const columns = { state: 'waiting' as const, attempts: 0, retry_at: timeOf(act), ended_at: null }
    const { numUpdatedRows } = await transaction
      .updateTable('alert_deliveries')
      .set(columns)
      .where('id', '=', id)
      .where('state', '=', 'dead')
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) {
      throw new AuditError('conflict', 'Only what was given up can be sent again.')
    }
    const receiver = await findReceiver(transaction, viewer.workspaceId, row.receiver_id)
    const event: EventDraft = {
      type: 'alert_delivery_replayed',
      actor: viewer.actor,
      data: { deliveryId: id, step: row.step },
      targets: [targetOf(receiver), ...alertTarget(row)],
    }
    return { result: toDelivery({ ...row, ...columns }), event }
  })
}

/** A delivery that is under way; `attempts` tells it apart from what another server makes of it later. */
export type ClaimedDelivery = { delivery: NamedDelivery; receiver: ReceiverRow }

export type RecordDelivery = (draft: EventDraft, workspaceId: string) => Promise<void>

/** Deliveries whose server ended in the middle wait again: they may arrive twice, under the same id, and are never lost. */
export async function recoverDeliveries({ db }: Settings, nowMs: number): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set({
      state: 'waiting',
      retry_at: timeOf({ nowMs }),
      message: 'The server ended in the middle of it. It is sent again, and may so arrive twice.',
    })
    .where('state', '=', 'running')
    .execute()
}

/**
 * The delivery that has waited longest, from now on `running`; undefined if none may be made now. What waits for a receiver
 * that is switched off, or is among `leftOut`, goes on waiting.
 */
export async function claimDelivery(
  { db }: Settings,
  nowMs: number,
  leftOut: readonly string[],
): Promise<ClaimedDelivery | undefined> {
  const due = db
    .selectFrom('alert_deliveries')
    .innerJoin('alert_receivers', 'alert_receivers.id', 'alert_deliveries.receiver_id')
    .leftJoin('alerts', 'alerts.id', 'alert_deliveries.alert_id')
    .selectAll('alert_deliveries')
    .select(['alert_receivers.name as receiver_name', 'alerts.rule_title'])
    .where('alert_deliveries.state', '=', 'waiting')
    .where('alert_deliveries.retry_at', '<=', timeOf({ nowMs }))
    .where((row) =>
      row.or([row('alert_receivers.enabled', '=', 1), row('alert_deliveries.alert_id', 'is', null)]),
    )
    .orderBy('alert_deliveries.retry_at')
    .orderBy('alert_deliveries.created_at')
  const row = await (
    leftOut.length === 0 ? due : due.where('alert_deliveries.receiver_id', 'not in', leftOut)
  ).executeTakeFirst()
  if (!row) return undefined
  const claimed = { state: 'running' as const, attempts: row.attempts + 1 }
  const { numUpdatedRows } = await db
    .updateTable('alert_deliveries')
    .set(claimed)
    .where('id', '=', row.id)
    .where('state', '=', 'waiting')
    .where('attempts', '=', row.attempts)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return undefined
  const receiver = await db
    .selectFrom('alert_receivers')
    .selectAll()
    .where('id', '=', row.receiver_id)
    .executeTakeFirst()
  return receiver && { delivery: { ...row, ...claimed }, receiver }
}

/** It has arrived. */
export async function settleDelivered(
  { db }: Settings,
  { delivery }: ClaimedDelivery,
  { nowMs, message }: { nowMs: number; message: string },
): Promise<void> {
  const ended = { state: 'delivered' as const, ended_at: timeOf({ nowMs }), retry_at: null, message }
  await updateClaimed(db, delivery, ended)
}

/** It is given up: the row and its event are one. */
export async function settleDead(
  settings: Settings,
  { delivery, receiver }: ClaimedDelivery,
  { nowMs, message, record }: { nowMs: number; message: string; record: RecordDelivery },
): Promise<void> {
  await commitWithEvent(
    settings,
    async (draft) => record(draft, receiver.workspace_id),
    async (transaction) => {
      const ended = { state: 'dead' as const, ended_at: timeOf({ nowMs }), retry_at: null, message }
      if (!(await updateClaimed(transaction, delivery, ended))) return { result: undefined }
      const event: EventDraft = {
        type: 'alert_delivery_failed',
        actor: { type: 'system', id: 'alert_deliveries', name: 'Alert deliveries' },
        outcome: 'failure',
        data: {
          deliveryId: delivery.id,
          kind: receiver.kind,
          step: delivery.step,
          attempts: delivery.attempts,
          error: { code: 'dead', message },
        },
        targets: [targetOf(receiver), ...alertTarget(delivery)],
      }
      return { result: undefined, event }
    },
  )
}

/** Puts a delivery back: it failed for a reason that may pass, or its server ends and the attempt does not count. */
export async function postponeDelivery(
  { db }: Settings,
  { delivery }: ClaimedDelivery,
  { retryMs, message, counts }: { retryMs: number; message: string; counts: boolean },
): Promise<void> {
  const attempts = counts ? delivery.attempts : delivery.attempts - 1
  await updateClaimed(db, delivery, {
    state: 'waiting',
    retry_at: timeOf({ nowMs: retryMs }),
    message,
    attempts,
  })
}

/** What else waits for a receiver is not due before a time, so that one that does not answer is not asked for each. Tests are. */
export async function restReceiver(
  { db }: Settings,
  receiverId: string,
  { untilMs }: { untilMs: number },
): Promise<void> {
  const until = timeOf({ nowMs: untilMs })
  await db
    .updateTable('alert_deliveries')
    .set({ retry_at: until })
    .where('receiver_id', '=', receiverId)
    .where('state', '=', 'waiting')
    .where('retry_at', '<', until)
    .where('alert_id', 'is not', null)
    .execute()
}

/** Forgets deliveries that ended before a time. What was given up has its event in the log. */
export async function forgetDeliveries({ db }: Settings, beforeMs: number): Promise<void> {
  await db
    .deleteFrom('alert_deliveries')
    .where('state', 'in', ['delivered', 'dead'])
    .where('ended_at', '<', timeOf({ nowMs: beforeMs }))
    .execute()
}

async function updateClaimed(
  db: Database,
  { id, attempts }: DeliveryRow,
  columns: Partial<DeliveryRow>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alert_deliveries')
    .set(columns)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('attempts', '=', attempts)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function targetOf({ id, name }: ReceiverRow) {
  return { type: 'alert_receiver', id, name }
}

function alertTarget({ alert_id, rule_title }: NamedDelivery) {
  return alert_id === null ? [] : [{ type: 'alert', id: alert_id, name: rule_title ?? '' }]
}
