import { createHash } from 'node:crypto'
import { alertLimits, type AlertStatus } from '@aleph-audit-log/domain/alert-values'
import type { AlertDetail, AlertList, AlertsQuery, SimilarAlert } from '@aleph-audit-log/domain/api/alerts'
import { AuditError } from '@aleph-audit-log/domain/error'
import { sql, type SelectQueryBuilder } from 'kysely'
import * as z from 'zod'
import { requireWholeLog } from '../../access/restrict-to-viewer.ts'
import type { Viewer } from '../../access/viewer.ts'
import type { Settings } from '../open-settings.ts'
import type { SettingsTables } from '../settings-tables.ts'
import { mutesOf } from './alert-mutes.ts'
import { readSteps } from './alert-steps.ts'
import { toAlert, type AlertRow } from './alert-rows.ts'
import { findAlert } from './change-alert.ts'
import { selectDeliveries, toDelivery } from './alert-deliveries.ts'

type Asked = Omit<AlertsQuery, 'limit' | 'cursor' | 'status'>
type Select<T> = SelectQueryBuilder<SettingsTables, 'alerts', T>

/**
 * A page of alerts of the viewer's workspace, by the time of their last event, the newest first. An alert that grows while
 * somebody pages moves to the front. Errors: `forbidden` for who sees only a part of the log, `invalid` for a cursor of
 * another list.
 */
export async function listAlerts(
  { db }: Pick<Settings, 'db'>,
  viewer: Viewer,
  { limit = alertLimits.pageDefault, cursor, status, ...asked }: AlertsQuery,
): Promise<AlertList> {
  requireWholeLog(viewer)
  const name = fingerprintOf(status, asked)
  const after = cursor === undefined ? undefined : readCursor(cursor, name)
  const filtered = narrow(db.selectFrom('alerts').selectAll(), viewer.workspaceId, asked)
  const ofStatus = status === undefined ? filtered : filtered.where('status', 'in', status)
  const rows = await (after === undefined ? ofStatus : behind(ofStatus, after))
    .orderBy('last_event_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    alerts: page.map(toAlert),
    ...(rows.length > limit && last && { nextCursor: writeCursor(name, last) }),
    counts: await countByStatus(db, viewer.workspaceId, asked),
  }
}

/** An alert with all that is known of it. Errors: `forbidden`, `not_found`. */
export async function readAlert(
  settings: Settings,
  viewer: Viewer,
  id: string,
  nowMs: number,
): Promise<AlertDetail> {
  requireWholeLog(viewer)
  const row = await findAlert(settings.db, viewer.workspaceId, id)
  const deliveries = await selectDeliveries(settings.db, viewer.workspaceId)
    .where('alert_deliveries.alert_id', '=', id)
    .limit(deliveriesShownMax)
    .execute()
  return {
    alert: {
      ...toAlert(row),
      ...(row.resolution !== null && { resolution: row.resolution }),
      ...(row.reason !== null && { reason: row.reason }),
    },
    steps: await readSteps(settings.db, id),
    similar: await findSimilar(settings, row),
    mutes: await mutesOf(settings, row, nowMs),
    deliveries: deliveries.map(toDelivery),
  }
}

const deliveriesShownMax = 50

/** First those of the same rule; one without a group is like all others without, which says nothing. */
async function findSimilar({ db }: Settings, alert: AlertRow): Promise<SimilarAlert[]> {
  const others = db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', alert.workspace_id)
    .where('group_json', '=', alert.group_json)
    .where('id', '!=', alert.id)
    .orderBy('last_event_at', 'desc')
    .limit(alertLimits.similarMax)
  const same = await others.where('rule_id', '=', alert.rule_id).execute()
  const left = alertLimits.similarMax - same.length
  const hasGroup = alert.group_json !== '[]'
  const related =
    hasGroup && left > 0 ? await others.where('rule_id', '!=', alert.rule_id).limit(left).execute() : []
  return [
    ...same.map((row) => ({ likeness: 'same_rule' as const, alert: toAlert(row) })),
    ...related.map((row) => ({ likeness: 'same_group' as const, alert: toAlert(row) })),
  ]
}

function narrow<T>(
  select: Select<T>,
  workspaceId: string,
  { level, rule, person, table, from, to }: Asked,
): Select<T> {
  let narrowed = select.where('workspace_id', '=', workspaceId)
  if (level !== undefined) narrowed = narrowed.where('rule_level', 'in', level)
  if (rule !== undefined) narrowed = narrowed.where('rule_id', '=', rule)
  if (from !== undefined) narrowed = narrowed.where('last_event_at', '>=', from)
  if (to !== undefined) narrowed = narrowed.where('first_event_at', '<', to)
  if (person !== undefined) narrowed = narrowed.where(holds('people_json', person))
  if (table !== undefined) narrowed = narrowed.where(holds('tables_json', table))
  return narrowed
}

/** Whether a JSON list holds this text: both engines replace exactly, while their patterns differ in case and escapes. */
function holds(column: 'people_json' | 'tables_json', text: string) {
  return sql<boolean>`replace(${sql.ref(column)}, ${JSON.stringify(text)}, '') <> ${sql.ref(column)}`
}

async function countByStatus(
  db: Settings['db'],
  workspaceId: string,
  asked: Asked,
): Promise<AlertList['counts']> {
  const counted = db
    .selectFrom('alerts')
    .select(['status', (of) => of.fn.countAll<number | string>().as('count')])
  const rows = await narrow(counted, workspaceId, asked).groupBy('status').execute()
  const countOf = (status: AlertStatus): number =>
    Number(rows.find((row) => row.status === status)?.count ?? 0)
  return {
    open: countOf('open'),
    acknowledged: countOf('acknowledged'),
    resolved: countOf('resolved'),
    muted: countOf('muted'),
  }
}

type Cursor = { lastEventAt: string; id: string }

function behind<T>(select: Select<T>, { lastEventAt, id }: Cursor): Select<T> {
  return select.where((row) =>
    row.or([
      row('last_event_at', '<', lastEventAt),
      row.and([row('last_event_at', '=', lastEventAt), row('id', '<', id)]),
    ]),
  )
}

/** Names a list by what was asked, so that a cursor of another one is refused. */
function fingerprintOf(status: AlertsQuery['status'], asked: Asked): string {
  const { level, rule, person, table, from, to } = asked
  const text = JSON.stringify([status, level, rule, person, table, from, to].map((part) => part ?? null))
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

const cursorSchema = z.tuple([z.string(), z.string(), z.string()])

function writeCursor(name: string, { last_event_at, id }: AlertRow): string {
  return Buffer.from(JSON.stringify([name, last_event_at, id])).toString('base64url')
}

function readCursor(cursor: string, name: string): Cursor {
  const bad = (message: string): AuditError =>
    new AuditError('invalid', 'The cursor cannot be used.', { problems: [{ path: 'cursor', message }] })
  let fields: unknown
  try {
    fields = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    // The same answer as for any other text that is no cursor.
  }
  const parsed = cursorSchema.safeParse(fields)
  if (!parsed.success) throw bad('is not a cursor that this server made')
  const [of, lastEventAt, id] = parsed.data
  if (of !== name) throw bad('belongs to a list with other parameters')
  if (`${lastEventAt}${id}`.includes('\0')) throw bad('is not a cursor that this server made')
  return { lastEventAt, id }
}
