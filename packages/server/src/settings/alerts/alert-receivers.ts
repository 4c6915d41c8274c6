import { randomBytes, randomUUID } from 'node:crypto'
import {
  receiverLimits,
  type ChangeReceiverRequest,
  type CreateReceiverRequest,
  type Receiver,
  type ReceiverResponse,
} from '@aleph-audit-log/domain/api/alert-receivers'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import type { Sealer } from '../seal-text.ts'
import {
  findReceiver,
  openSecrets,
  sealSecrets,
  shownOf,
  toReceiver,
  type DeliveryCounts,
  type ReceiverRow,
  type ReceiverSecrets,
} from './receiver-rows.ts'

const none: DeliveryCounts = { waiting: 0, dead: 0 }
const secretBytes = 32

/** The receivers of the viewer's workspace by name. For admins. */
export async function listReceivers({ db }: Settings, viewer: Viewer): Promise<Receiver[]> {
  requirePermission(viewer, 'admin')
  const rows = await db
    .selectFrom('alert_receivers')
    .selectAll()
    .where('workspace_id', '=', viewer.workspaceId)
    .orderBy('name')
    .execute()
  const counts = await readCounts(db, viewer.workspaceId)
  return rows.map((row) => toReceiver(row, counts(row.id)))
}

async function readCounts(
  db: Settings['db'] | SettingsTransaction,
  workspaceId: string,
): Promise<(receiverId: string) => DeliveryCounts> {
  const rows = await db
    .selectFrom('alert_deliveries')
    .innerJoin('alert_receivers', 'alert_receivers.id', 'alert_deliveries.receiver_id')
    .select(['receiver_id', 'state', (of) => of.fn.countAll<number | string>().as('count')])
    .select((of) => of.fn.max('ended_at').as('last'))
    .where('alert_receivers.workspace_id', '=', workspaceId)
    .groupBy(['receiver_id', 'state'])
    .execute()
  return (receiverId) => {
    const counted = rows.filter(({ receiver_id }) => receiver_id === receiverId)
    const countOf = (...states: string[]): number =>
      counted.reduce((sum, one) => sum + (states.includes(one.state) ? Number(one.count) : 0), 0)
    const last = counted.find(({ state }) => state === 'delivered')?.last
    return {
      waiting: countOf('waiting', 'running'),
      dead: countOf('dead'),
      ...(typeof last === 'string' && { deliveredAt: last }),
    }
  }
}

/**
 * Adds a receiver. Of a webhook the answer has the secret that signs, this once. Errors: `conflict` if the name is taken or
 * there are too many.
 */
export async function createReceiver(
  { settings, viewer, record, ...act }: Act,
  sealer: Sealer,
  wanted: CreateReceiverRequest,
): Promise<ReceiverResponse> {
  requirePermission(viewer, 'admin')
  const id = randomUUID()
  const secret = wanted.kind === 'webhook' ? newSecret() : undefined
  const row: ReceiverRow = {
    id,
    workspace_id: viewer.workspaceId,
    kind: wanted.kind,
    name: wanted.name,
    ...('to' in wanted
      ? { shown_json: JSON.stringify({ to: wanted.to }), sealed: null }
      : addressColumns(sealer, id, { url: wanted.url, ...(secret !== undefined && { secret }) })),
    level_min: wanted.levelMin,
    enabled: wanted.enabled ? 1 : 0,
    created_at: timeOf(act),
    updated_at: timeOf(act),
  }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    await refuseTakenName(transaction, row)
    await refuseTooMany(transaction, viewer.workspaceId)
    await transaction.insertInto('alert_receivers').values(row).execute()
    const result = { receiver: toReceiver(row, none), ...(secret !== undefined && { secret }) }
    return { result, event: receiverEvent('alert_receiver_created', viewer, row, describe(row)) }
  })
}

/**
 * Changes a receiver; deliveries that wait go where it points then. Errors: `not_found`; `invalid` for what its kind does
 * not have; `conflict` if the name is taken, or its secrets cannot be read and only one of them is given.
 */
export async function changeReceiver(
  { settings, viewer, record, ...act }: Act,
  sealer: Sealer,
  id: string,
  change: ChangeReceiverRequest,
): Promise<ReceiverResponse> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const before = await findReceiver(transaction, viewer.workspaceId, id)
    refuseOtherKinds(before, change)
    const secret = change.newSecret === true ? newSecret() : undefined
    const columns = {
      name: change.name ?? before.name,
      level_min: change.levelMin ?? before.level_min,
      enabled: (change.enabled ?? before.enabled === 1) ? 1 : 0,
      updated_at: timeOf(act),
      ...(change.to && { shown_json: JSON.stringify({ to: change.to }) }),
      ...((change.url !== undefined || secret !== undefined) &&
        addressColumns(sealer, id, secretsAfter(sealer, before, { url: change.url, secret }))),
    }
    const after = { ...before, ...columns }
    await refuseTakenName(transaction, after)
    await transaction.updateTable('alert_receivers').set(columns).where('id', '=', id).execute()
    const data = {
      before: describe(before),
      after: describe(after),
      addressChanged: change.url !== undefined,
      secretChanged: secret !== undefined,
    }
    const counts = await readCounts(transaction, viewer.workspaceId)
    const result = { receiver: toReceiver(after, counts(id)), ...(secret !== undefined && { secret }) }
    return { result, event: receiverEvent('alert_receiver_changed', viewer, after, data) }
  })
}

/** Deletes a receiver with what is still to be delivered to it. Errors: `not_found`. */
export async function deleteReceiver({ settings, viewer, record }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, viewer.workspaceId)
    const row = await findReceiver(transaction, viewer.workspaceId, id)
    const { count } = await transaction
      .selectFrom('alert_deliveries')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('receiver_id', '=', id)
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirstOrThrow()
    await transaction.deleteFrom('alert_receivers').where('id', '=', id).execute()
    const data = { ...describe(row), undelivered: Number(count) }
    return { result: undefined, event: receiverEvent('alert_receiver_deleted', viewer, row, data) }
  })
}

/** Of the form of Standard Webhooks: `whsec_` and the base64 of the bytes. */
function newSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`
}

/** What is kept is opened only if something of it is needed: secrets that cannot be read any more can be replaced. */
function secretsAfter(
  sealer: Sealer,
  before: ReceiverRow,
  { url, secret }: { url: string | undefined; secret: string | undefined },
): ReceiverSecrets {
  const isWhole = url !== undefined && (secret !== undefined || before.kind === 'slack')
  const kept = isWhole ? undefined : openSecrets(sealer, before)
  const signing = secret ?? kept?.secret
  return { url: url ?? kept?.url ?? '', ...(signing !== undefined && { secret: signing }) }
}

function addressColumns(sealer: Sealer, id: string, secrets: ReceiverSecrets) {
  return {
    shown_json: JSON.stringify({ host: new URL(secrets.url).host }),
    sealed: sealSecrets(sealer, id, secrets),
  }
}

function refuseOtherKinds({ kind }: ReceiverRow, change: ChangeReceiverRequest): void {
  const bad = (path: string, message: string): AuditError =>
    new AuditError('invalid', 'The request is not valid.', { problems: [{ path, message }] })
  if (change.to && kind !== 'email') throw bad('to', 'is for receivers by e-mail')
  if (change.url !== undefined && kind === 'email') throw bad('url', 'is not for receivers by e-mail')
  if (change.newSecret && kind !== 'webhook') throw bad('newSecret', 'is for webhooks')
}

async function refuseTakenName(
  transaction: SettingsTransaction,
  { id, workspace_id, name }: ReceiverRow,
): Promise<void> {
  const taken = await transaction
    .selectFrom('alert_receivers')
    .select('id')
    .where('workspace_id', '=', workspace_id)
    .where('name', '=', name)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (!taken) return
  throw new AuditError('conflict', 'There is already a receiver with this name.', {
    problems: [{ path: 'name', message: 'is taken' }],
  })
}

async function refuseTooMany(transaction: SettingsTransaction, workspaceId: string): Promise<void> {
  const { count } = await transaction
    .selectFrom('alert_receivers')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  if (Number(count) < receiverLimits.receiversMax) return
  const most = receiverLimits.receiversMax
  throw new AuditError('conflict', `A workspace can have at most ${most} receivers of alerts.`)
}

function describe(row: ReceiverRow): EventData {
  const { kind, name, level_min, enabled } = row
  return { kind, name, levelMin: level_min, enabled: enabled === 1, ...shownOf(row) }
}

function receiverEvent(
  type: 'alert_receiver_created' | 'alert_receiver_changed' | 'alert_receiver_deleted',
  { actor }: Viewer,
  { id, name }: ReceiverRow,
  data: EventData,
): EventDraft {
  return { type, actor, data, targets: [{ type: 'alert_receiver', id, name }] }
}
