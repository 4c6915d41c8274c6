import { randomUUID } from 'node:crypto'
import type { ExportRun, ScheduleTiming } from '@aleph-audit-log/domain/api/schedules'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { nextDueMs, periodBefore, type SchedulePeriod } from '@aleph-audit-log/domain/schedule-times'
import { dayIn, isZone } from '@aleph-audit-log/domain/zoned-time'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../../access/act.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import type { SettingsTables } from '../settings-tables.ts'
import { configurationOf, findRow, requireAdmin, selectSchedules, type ScheduleRow } from './schedule-rows.ts'

/**
 * The runs of scheduled exports.
 *
 * ```text
 * (due, or asked for) ──► waiting ──claimRun──► running ──► delivered
 *                            ▲                     ├──────► failed
 *                            ├──failed for a while─┤
 *                            └──its server ended───┘
 * (too many were missed, or the schedule was switched off) ──► skipped
 * ```
 */
export type ExportRunRow = Selectable<SettingsTables['export_runs']>

/** A run that is under way; `attempt` tells it apart from what another server makes of it later. */
export type ClaimedRun = { run: ExportRunRow; schedule: ScheduleRow }

export type RunResult = { rows?: number; bytes?: number; message?: string }

const runsKeptMax = 50

/** The runs of a schedule, the newest first. */
export function selectRuns(db: Settings['db'] | SettingsTransaction, scheduleId: string) {
  return db
    .selectFrom('export_runs')
    .selectAll()
    .where('schedule_id', '=', scheduleId)
    .orderBy('due_at', 'desc')
    .orderBy('id', 'desc')
}

/** Asks for a run now, of the period before today. Errors: `not_found`; `conflict` while one waits or runs that was asked for; `invalid` for an unknown zone. */
export async function requestRun(
  { settings, viewer, record, ...act }: Act,
  scheduleId: string,
): Promise<ExportRun> {
  const person = requireAdmin(viewer)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const schedule = await findRow(transaction, person.workspaceId, scheduleId)
    const timing = timingOf(schedule)
    const open = await transaction
      .selectFrom('export_runs')
      .select('id')
      .where('schedule_id', '=', scheduleId)
      .where('started_by', '=', 'person')
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirst()
    if (open) throw new AuditError('conflict', 'It is running already.')
    const period = periodBefore(timing, dayIn(act.nowMs, timing.zone))
    const row = { ...newRun(scheduleId, period, act.nowMs), started_by: 'person' as const }
    const waiting = { ...row, retry_at: timeOf(act) }
    await transaction.insertInto('export_runs').values(waiting).execute()
    const event: EventDraft = {
      type: 'export_requested',
      actor: person.actor,
      data: { from: row.period_from, to: row.period_to, runId: row.id },
      targets: [{ type: 'schedule', id: schedule.id, name: schedule.name }],
    }
    return { result: toExportRun(waiting), event }
  })
}

/**
 * Makes a run of every period that has fallen due, and moves each schedule on, in one step: a period gets one run,
 * whoever looks and however often. Of many that were missed, as long as a server was down, the last `madeUpMax` are made
 * up; the others become one run that is `skipped`, with an event that says so. A schedule with which that fails stays due, is
 * given to `onError`, and hinders no other.
 */
export async function enqueueDueRuns(
  settings: Settings,
  { onError, ...more }: EnqueueOptions & { onError: (scheduleId: string, error: unknown) => void },
): Promise<void> {
  const now = new Date(more.nowMs).toISOString()
  const due = await settings.db
    .selectFrom('export_schedules')
    .select(['id', 'workspace_id'])
    .where('enabled', '=', 1)
    .where('next_due_at', '<=', now)
    .orderBy('next_due_at')
    .execute()
  for (const schedule of due) {
    await enqueueDueRunsOf(settings, schedule, more).catch((error: unknown) => onError(schedule.id, error))
  }
}

type EnqueueOptions = { nowMs: number; madeUpMax: number; record: RecordRun }

/** The same for one schedule, if it is due. Errors: `invalid` if its time zone is not known. */
export async function enqueueDueRunsOf(
  settings: Settings,
  { id, workspace_id }: Pick<ScheduleRow, 'id' | 'workspace_id'>,
  { nowMs, madeUpMax, record }: EnqueueOptions,
): Promise<void> {
  await commitWithEvent(
    settings,
    async (draft) => record(draft, workspace_id),
    async (transaction) => {
      // A change of the schedule, and another server, wait for this one.
      await lockWorkspace(transaction, workspace_id)
      const schedule = await selectSchedules(transaction, workspace_id)
        .where('export_schedules.id', '=', id)
        .executeTakeFirst()
      if (!schedule || schedule.enabled === 0) return { result: undefined }
      return { result: undefined, ...(await enqueue(transaction, schedule, nowMs, madeUpMax)) }
    },
  )
}

export type RecordRun = (draft: EventDraft, workspaceId: string) => Promise<void>

async function enqueue(
  transaction: SettingsTransaction,
  schedule: ScheduleRow,
  nowMs: number,
  madeUpMax: number,
): Promise<{ event?: EventDraft }> {
  const timing = timingOf(schedule)
  const missed: { dueMs: number; day: string }[] = []
  let dueMs = Date.parse(schedule.next_due_at ?? '9999')
  for (; dueMs <= nowMs; dueMs = nextDueMs(timing, dueMs))
    missed.push({ dueMs, day: dayIn(dueMs, timing.zone) })
  const left = missed.splice(0, Math.max(0, missed.length - madeUpMax))
  const next_due_at = new Date(dueMs).toISOString()
  await transaction
    .updateTable('export_schedules')
    .set({ next_due_at })
    .where('id', '=', schedule.id)
    .execute()
  const runs = missed.map((due) => {
    const run = newRun(schedule.id, periodBefore(timing, due.day), due.dueMs)
    return { ...run, retry_at: run.due_at }
  })
  const skipped = skippedRun(schedule, timing, left, nowMs)
  const rows = skipped ? [skipped, ...runs] : runs
  if (rows.length === 0) return {}
  await transaction
    .insertInto('export_runs')
    .values(rows)
    // Its time of the day was changed after it had run that day: the period has its run.
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await forgetOldRuns(transaction, schedule.id)
  return skipped ? { event: runEvent('export_failed', schedule, skipped, skipped) } : {}
}

function timingOf(schedule: ScheduleRow): ScheduleTiming {
  const { timing } = configurationOf(schedule)
  if (isZone(timing.zone)) return timing
  throw new AuditError('invalid', `This server knows no time zone ${timing.zone}. Choose another one.`)
}

function skippedRun(
  schedule: ScheduleRow,
  timing: ScheduleTiming,
  left: readonly { dueMs: number; day: string }[],
  nowMs: number,
): ExportRunRow | undefined {
  const [first] = left
  const last = left.at(-1)
  if (first === undefined || last === undefined) return undefined
  const { fromMs, firstDay } = periodBefore(timing, first.day)
  const { toMs, lastDay } = periodBefore(timing, last.day)
  return {
    ...newRun(schedule.id, { fromMs, toMs, firstDay, lastDay }, first.dueMs),
    state: 'skipped',
    ended_at: new Date(nowMs).toISOString(),
    message:
      `No server was running for so long that ${left.length} ${left.length === 1 ? 'period was' : 'periods were'} ` +
      `left out, from ${firstDay} to ${lastDay}. Download them on the Audit Log page.`,
  }
}

function newRun(schedule_id: string, period: SchedulePeriod, dueMs: number): ExportRunRow {
  return {
    id: randomUUID(),
    schedule_id,
    started_by: 'schedule',
    due_at: new Date(dueMs).toISOString(),
    first_day: period.firstDay,
    last_day: period.lastDay,
    period_from: new Date(period.fromMs).toISOString(),
    period_to: new Date(period.toMs).toISOString(),
    state: 'waiting',
    attempts: 0,
    retry_at: null,
    started_at: null,
    ended_at: null,
    row_count: null,
    byte_count: null,
    message: null,
  }
}

async function forgetOldRuns(transaction: SettingsTransaction, scheduleId: string): Promise<void> {
  const old = await selectRuns(transaction, scheduleId)
    .where('state', 'in', ['delivered', 'failed', 'skipped'])
    .offset(runsKeptMax)
    .limit(1000)
    .execute()
  if (old.length === 0) return
  await transaction
    .deleteFrom('export_runs')
    .where(
      'id',
      'in',
      old.map(({ id }) => id),
    )
    .execute()
}

/** Runs whose server ended in the middle wait again: what they were to deliver may come twice, and is never lost. */
export async function recoverRuns({ db }: Settings, nowMs: number): Promise<void> {
  await db
    .updateTable('export_runs')
    .set({
      state: 'waiting',
      retry_at: new Date(nowMs).toISOString(),
      message: 'The server ended in the middle of it. It is run again, and may so be delivered twice.',
    })
    .where('state', '=', 'running')
    .execute()
}

/** The run that has waited longest, from now on `running`; undefined if none may run now. */
export async function claimRun({ db }: Settings, nowMs: number): Promise<ClaimedRun | undefined> {
  const now = new Date(nowMs).toISOString()
  const run = await db
    .selectFrom('export_runs')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('retry_at', '<=', now)
    .orderBy('retry_at')
    .orderBy('due_at')
    .executeTakeFirst()
  if (!run) return undefined
  const claimed = { state: 'running' as const, attempts: run.attempts + 1, started_at: now, message: null }
  const { numUpdatedRows } = await db
    .updateTable('export_runs')
    .set(claimed)
    .where('id', '=', run.id)
    .where('state', '=', 'waiting')
    .where('attempts', '=', run.attempts)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return undefined
  const { workspace_id } = await db
    .selectFrom('export_schedules')
    .select('workspace_id')
    .where('id', '=', run.schedule_id)
    .executeTakeFirstOrThrow()
  return { run: { ...run, ...claimed }, schedule: await findRow(db, workspace_id, run.schedule_id) }
}

/** Of a schedule that is switched off: what waits for the clock is left out, so that no later try delivers it after all. */
export async function leaveOutWaiting(
  transaction: SettingsTransaction,
  scheduleId: string,
  nowMs: number,
): Promise<{ runId: string; from: string; to: string }[]> {
  const waiting = await selectRuns(transaction, scheduleId)
    .where('state', '=', 'waiting')
    .where('started_by', '=', 'schedule')
    .execute()
  await transaction
    .updateTable('export_runs')
    .set({
      state: 'skipped',
      ended_at: new Date(nowMs).toISOString(),
      retry_at: null,
      message: 'The schedule was switched off before this was delivered.',
    })
    .where('schedule_id', '=', scheduleId)
    .where('state', '=', 'waiting')
    .where('started_by', '=', 'schedule')
    .execute()
  return waiting.map(({ id, period_from, period_to }) => ({ runId: id, from: period_from, to: period_to }))
}

/** How a run ended: the row and its event are one. A run that another server has taken up meanwhile is left to it. */
export async function settleRun(
  settings: Settings,
  { run, schedule }: ClaimedRun,
  ended: { state: 'delivered' | 'failed'; nowMs: number; record: RecordRun } & RunResult,
): Promise<void> {
  const { state, nowMs, record, rows, bytes, message } = ended
  const columns = {
    state,
    ended_at: new Date(nowMs).toISOString(),
    retry_at: null,
    row_count: rows ?? null,
    byte_count: bytes ?? null,
    message: message ?? null,
  }
  await commitWithEvent(
    settings,
    async (draft) => record(draft, schedule.workspace_id),
    async (transaction) => {
      if (!(await updateClaimed(transaction, run, columns))) return { result: undefined }
      const type = state === 'delivered' ? 'export_delivered' : 'export_failed'
      return { result: undefined, event: runEvent(type, schedule, run, columns) }
    },
  )
}

/** Puts a run back: it failed for a reason that passes, or its server ends and `attempts` does not count. */
export async function postponeRun(
  { db }: Settings,
  { run }: ClaimedRun,
  { retryMs, message, counts }: { retryMs: number; message: string; counts: boolean },
): Promise<void> {
  const retry_at = new Date(retryMs).toISOString()
  const attempts = counts ? run.attempts : run.attempts - 1
  await updateClaimed(db, run, { state: 'waiting', retry_at, message, attempts })
}

async function updateClaimed(
  db: Settings['db'] | SettingsTransaction,
  { id, attempts }: ExportRunRow,
  columns: Partial<ExportRunRow>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('export_runs')
    .set(columns)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('attempts', '=', attempts)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function runEvent(
  type: 'export_delivered' | 'export_failed',
  schedule: ScheduleRow,
  run: ExportRunRow,
  ended: Pick<ExportRunRow, 'row_count' | 'byte_count' | 'message' | 'state'>,
): EventDraft {
  const { format, destination } = configurationOf(schedule)
  const { row_count, byte_count, message } = ended
  return {
    type,
    actor: {
      type: 'user',
      id: schedule.runs_as_id,
      name: schedule.runs_as_name,
      ...(schedule.runs_as_email !== null && { email: schedule.runs_as_email }),
    },
    ...(type === 'export_failed' && { outcome: 'failure' as const }),
    data: {
      format,
      destination,
      from: run.period_from,
      to: run.period_to,
      runId: run.id,
      attempts: run.attempts,
      ...(row_count !== null && { rows: row_count }),
      ...(byte_count !== null && { bytes: byte_count }),
      ...(message !== null &&
        (type === 'export_failed' ? { error: { code: ended.state, message } } : { message })),
    },
    targets: [{ type: 'schedule', id: schedule.id, name: schedule.name }],
  }
}

export function toExportRun(row: ExportRunRow): ExportRun {
  return {
    id: row.id,
    trigger: row.started_by,
    dueAt: row.due_at,
    from: row.period_from,
    to: row.period_to,
    firstDay: row.first_day,
    lastDay: row.last_day,
    state: row.state,
    attempts: row.attempts,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.state === 'waiting' && row.retry_at !== null && { retryAt: row.retry_at }),
    ...(row.row_count !== null && { rows: row.row_count }),
    ...(row.byte_count !== null && { bytes: row.byte_count }),
    ...(row.message !== null && { message: row.message }),
  }
}
