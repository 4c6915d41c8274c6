import { randomUUID } from 'node:crypto'
import { alertLimits } from '@aleph-audit-log/domain/alert-values'
import type { AlertMute, AlertMuteList, MuteAlertRequest } from '@aleph-audit-log/domain/api/alerts'
import { AuditError } from '@aleph-audit-log/domain/error'
import { timeOf, type Act } from '../../access/act.ts'
import { creatorColumns } from '../../access/creator.ts'
import { requireWholeLog } from '../../access/restrict-to-viewer.ts'
import type { Person, Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import { toMute, type AlertRow, type MuteRow } from './alert-rows.ts'
import { addStep } from './alert-steps.ts'
import { findAlert, requireAlertKeeper } from './change-alert.ts'
import { enqueueDeliveries } from './enqueue-deliveries.ts'

const dayMs = 86_400_000

/**
 * Mutes what an alert is about, or all of its rule, until a time: what it covers and is open or acknowledged becomes muted,
 * and so does what is found until then. Errors: `not_found`; `invalid` for a time that has passed or is too far;
 * `conflict` if the same is muted already, or there are too many.
 */
export async function muteAlert(
  { settings, viewer, record, ...act }: Act,
  id: string,
  { covers, until, reason }: MuteAlertRequest,
): Promise<AlertMute> {
  const person = requireAlertKeeper(viewer)
  const at = timeOf(act)
  const untilMs = Date.parse(until)
  if (untilMs <= act.nowMs) throw badUntil('must be in the future')
  if (untilMs > act.nowMs + alertLimits.muteDaysMax * dayMs)
    throw badUntil(`must be at most ${alertLimits.muteDaysMax} days from now`)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const alert = await findAlert(transaction, person.workspaceId, id)
    const row: MuteRow = {
      id: randomUUID(),
      workspace_id: person.workspaceId,
      rule_id: alert.rule_id,
      group_json: covers === 'group' ? alert.group_json : null,
      until: new Date(untilMs).toISOString(),
      reason,
      created_at: at,
      ...creatorColumns(person),
    }
    await refuseTaken(transaction, row)
    await transaction.insertInto('alert_mutes').values(row).execute()
    const covered = await findCovered(transaction, row, ['open', 'acknowledged'])
    for (const one of covered)
      await move(transaction, one, { status: 'muted', step: 'muted', at, person, reason })
    const mute = toMute(row, alert.rule_title)
    const event = muteEvent('alert_muted', person, mute, alert.id, covered)
    return { result: mute, event }
  })
}

/** The mutes that hold, the one that ends next first. */
export async function listMutes(settings: Settings, viewer: Viewer, nowMs: number): Promise<AlertMuteList> {
  requireWholeLog(viewer)
  const rows = await selectMutes(settings.db, viewer.workspaceId, timeOf({ nowMs })).execute()
  return { mutes: rows.map((row) => toMute(row, row.title ?? '')) }
}

/**
 * Ends a mute before its time: what it alone kept quiet is open again. Errors: `not_found`, also for one that has ended.
 */
export async function endMute({ settings, viewer, record, ...act }: Act, id: string): Promise<void> {
  const person = requireAlertKeeper(viewer)
  const at = timeOf(act)
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const mutes = await selectMutes(transaction, person.workspaceId, at).execute()
    const row = mutes.find((mute) => mute.id === id)
    if (!row) throw new AuditError('not_found', 'There is no such mute.')
    const others = mutes.filter((mute) => mute !== row)
    const past = await mutesOfRule(transaction, row)
    const covered = (await findCovered(transaction, row, ['muted'])).filter(
      (alert) =>
        !others.some((other) => fits(other, alert)) &&
        (alert.muted_at ?? alert.opened_at) >=
          quietSince(
            row,
            past.filter((mute) => fits(mute, alert)),
          ),
    )
    // It is kept as one that has ended: what it kept quiet may be quiet by another one now.
    await transaction.updateTable('alert_mutes').set({ until: at }).where('id', '=', id).execute()
    for (const one of covered) await move(transaction, one, { status: 'open', step: 'unmuted', at, person })
    const event = muteEvent('alert_unmuted', person, toMute(row, row.title ?? ''), undefined, covered)
    return { result: undefined, event }
  })
}

/** The mutes that hold and fit an alert. */
export async function mutesOf(settings: Settings, alert: AlertRow, nowMs: number): Promise<AlertMute[]> {
  const rows = await selectMutes(settings.db, alert.workspace_id, timeOf({ nowMs })).execute()
  return rows.filter((row) => fits(row, alert)).map((row) => toMute(row, alert.rule_title))
}

function fits(mute: MuteRow, alert: AlertRow): boolean {
  return mute.rule_id === alert.rule_id && (mute.group_json === null || mute.group_json === alert.group_json)
}

/** Those that hold, and those that have ended. */
async function mutesOfRule(
  transaction: SettingsTransaction,
  { workspace_id, rule_id }: MuteRow,
): Promise<MuteRow[]> {
  return transaction
    .selectFrom('alert_mutes')
    .selectAll()
    .where('workspace_id', '=', workspace_id)
    .where('rule_id', '=', rule_id)
    .execute()
}

/**
 * From when on it has been quiet without a gap until a mute that holds: what was muted before that was so by a mute that
 * ended by itself, and stays muted.
 */
function quietSince({ created_at }: MuteRow, mutes: readonly MuteRow[]): string {
  let since = created_at
  for (const mute of mutes.toSorted((a, b) => (a.until < b.until ? 1 : -1))) {
    if (mute.until > since && mute.created_at < since) since = mute.created_at
  }
  return since
}

function selectMutes(db: Settings['db'] | SettingsTransaction, workspaceId: string, now: string) {
  return (
    db
      .selectFrom('alert_mutes')
      .selectAll()
      // A mute is made of an alert, so there is one that knows the title.
      .select((mute) =>
        mute
          .selectFrom('alerts')
          .select('alerts.rule_title')
          .where('alerts.workspace_id', '=', workspaceId)
          .whereRef('alerts.rule_id', '=', 'alert_mutes.rule_id')
          .orderBy('alerts.last_event_at', 'desc')
          .limit(1)
          .as('title'),
      )
      .where('workspace_id', '=', workspaceId)
      .where('until', '>', now)
      .orderBy('until')
      .orderBy('id')
  )
}

/** When it was muted last; null for one that opened so. */
type CoveredAlert = AlertRow & { muted_at: string | null }

async function findCovered(
  transaction: SettingsTransaction,
  { workspace_id, rule_id, group_json }: MuteRow,
  statuses: readonly AlertRow['status'][],
): Promise<CoveredAlert[]> {
  const ofRule = transaction
    .selectFrom('alerts')
    .selectAll()
    .select((alert) =>
      alert
        .selectFrom('alert_steps')
        .select((step) => step.fn.max('alert_steps.at').as('at'))
        .whereRef('alert_steps.alert_id', '=', 'alerts.id')
        .where('alert_steps.step', '=', 'muted')
        .as('muted_at'),
    )
    .where('workspace_id', '=', workspace_id)
    .where('rule_id', '=', rule_id)
    .where('status', 'in', statuses)
  return (group_json === null ? ofRule : ofRule.where('group_json', '=', group_json)).execute()
}

type Move = {
  status: 'muted' | 'open'
  step: 'muted' | 'unmuted'
  at: string
  person: Person
  reason?: string
}

async function move(
  transaction: SettingsTransaction,
  { id, workspace_id, rule_level }: AlertRow,
  { status, step, at, person, reason }: Move,
): Promise<void> {
  await transaction.updateTable('alerts').set({ status, updated_at: at }).where('id', '=', id).execute()
  const why = reason === undefined ? {} : { reason }
  await addStep(transaction, { alertId: id, at, step, by: person, ...why })
  await enqueueDeliveries(transaction, { id, workspaceId: workspace_id, level: rule_level }, { step, at })
}

async function refuseTaken(transaction: SettingsTransaction, row: MuteRow): Promise<void> {
  const mutes = await selectMutes(transaction, row.workspace_id, row.created_at).execute()
  if (mutes.length >= alertLimits.mutesMax) {
    throw new AuditError('conflict', `A workspace can have at most ${alertLimits.mutesMax} mutes.`)
  }
  const same = mutes.find((mute) => mute.rule_id === row.rule_id && mute.group_json === row.group_json)
  if (same)
    throw new AuditError('conflict', `This is muted already, until ${same.until}. End that mute first.`)
}

function badUntil(message: string): AuditError {
  return new AuditError('invalid', 'The request is not valid.', { problems: [{ path: 'until', message }] })
}

/** Alerts that an event names; their number is complete. */
const namedMax = 50

function muteEvent(
  type: 'alert_muted' | 'alert_unmuted',
  { actor }: Person,
  { id, rule, group, until, reason }: AlertMute,
  alertId: string | undefined,
  covered: readonly AlertRow[],
) {
  const named = covered.slice(0, namedMax).map((alert) => ({ type: 'alert', id: alert.id, name: rule.title }))
  const asked = { type: 'alert', id: alertId ?? '', name: rule.title }
  const targets =
    alertId === undefined || named.some((target) => target.id === alertId) ? named : [asked, ...named]
  return {
    type,
    actor,
    data: {
      muteId: id,
      rule,
      covers: group === undefined ? 'rule' : 'group',
      ...(group && { group }),
      until,
      reason,
      alerts: covered.length,
    },
    targets,
  }
}
