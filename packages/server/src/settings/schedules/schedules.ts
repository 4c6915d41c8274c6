import { randomUUID } from 'node:crypto'
import {
  createScheduleRequestSchema,
  scheduleLimits,
  type ChangeScheduleRequest,
  type Schedule,
  type ScheduleConfiguration,
} from '@aleph-audit-log/domain/api/schedules'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { toProblems, type EventData, type EventDraft } from '@aleph-audit-log/domain/event'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { nextDueMs } from '@aleph-audit-log/domain/schedule-times'
import { timeOf, type Act } from '../../access/act.ts'
import type { Person, Viewer } from '../../access/viewer.ts'
import { limits } from '../../config.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import { enqueueDueRunsOf, leaveOutWaiting, selectRuns, toExportRun } from './export-runs.ts'
import {
  configurationOf,
  findRow,
  requireAdmin,
  selectSchedules,
  toSchedule,
  type ScheduleRow,
} from './schedule-rows.ts'

/** The schedules of the viewer's workspace by name, each with its last runs. */
export async function listSchedules(settings: Settings, viewer: Viewer): Promise<Schedule[]> {
  requireAdmin(viewer)
  const rows = await selectSchedules(settings.db, viewer.workspaceId)
    .orderBy('export_schedules.name')
    .orderBy('export_schedules.id')
    .execute()
  const schedules: Schedule[] = []
  for (const row of rows) schedules.push(await withRuns(settings.db, row))
  return schedules
}

/**
 * Adds a schedule, which runs with the rights of who makes it. Errors: `invalid` for a search that cannot be read or a
 * view that is not shared, `conflict` if the name is taken or there are too many.
 */
export async function createSchedule(act: Act, wanted: ScheduleConfiguration): Promise<Schedule> {
  const person = requireAdmin(act.viewer)
  const row = {
    id: randomUUID(),
    workspace_id: person.workspaceId,
    ...columnsOf(wanted, act.nowMs),
    created_at: timeOf(act),
    updated_at: timeOf(act),
    ...ownerColumns(person),
  }
  return commitWithEvent(act.settings, act.record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    await refuseTakenName(transaction, person.workspaceId, row.id, wanted.name)
    await refuseBadContent(transaction, person.workspaceId, wanted)
    const { count } = await transaction
      .selectFrom('export_schedules')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', person.workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= scheduleLimits.schedulesMax) {
      const most = scheduleLimits.schedulesMax
      throw new AuditError('conflict', `A workspace can have at most ${most} scheduled exports.`)
    }
    await transaction.insertInto('export_schedules').values(row).execute()
    const schedule = await readBack(transaction, person, row.id)
    return { result: schedule, event: scheduleEvent('schedule_created', person, row, describe(wanted)) }
  })
}

/**
 * Changes a schedule. Who saves it answers for it from then on: it runs with their rights. Only switching it off leaves
 * it to who had it. What fell due before the change has its run; switching it off leaves out the runs
 * that still wait, and its event names them. Errors: `not_found`, and those of `createSchedule`.
 */
export async function changeSchedule(act: Act, id: string, change: ChangeScheduleRequest): Promise<Schedule> {
  const person = requireAdmin(act.viewer)
  // In a transaction of its own, which may have an event of its own: it holds whatever becomes of the change.
  await enqueueDueRunsOf(
    act.settings,
    { id, workspace_id: person.workspaceId },
    {
      nowMs: act.nowMs,
      madeUpMax: limits.schedules.madeUpMax,
      record: async (draft) => act.record(draft),
    },
  ).catch((error: unknown) => {
    // Its zone is not known any more, so it has no periods; this change is what mends it.
    if (!isAuditError(error, 'invalid')) throw error
  })
  return commitWithEvent(act.settings, act.record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const row = await findRow(transaction, person.workspaceId, id)
    const before = configurationOf(row)
    const after = wholeConfiguration({ ...before, ...change })
    await refuseTakenName(transaction, person.workspaceId, id, after.name)
    await refuseBadContent(transaction, person.workspaceId, after)
    const onlyEnds =
      !after.enabled && JSON.stringify({ ...after, enabled: before.enabled }) === JSON.stringify(before)
    const owner = onlyEnds ? {} : ownerColumns(person)
    const isDueAsBefore =
      before.enabled === after.enabled && JSON.stringify(before.timing) === JSON.stringify(after.timing)
    const columns = {
      ...columnsOf(after, act.nowMs),
      ...(isDueAsBefore && { next_due_at: row.next_due_at }),
      updated_at: timeOf(act),
      ...owner,
    }
    await transaction.updateTable('export_schedules').set(columns).where('id', '=', id).execute()
    const isSwitchedOff = before.enabled && !after.enabled
    const leftOut = isSwitchedOff ? await leaveOutWaiting(transaction, id, act.nowMs) : []
    const data = {
      before: describe(before),
      after: describe(after),
      runsAsBefore: row.runs_as_name,
      ...(leftOut.length > 0 && { leftOut }),
    }
    const schedule = await readBack(transaction, person, id)
    return {
      result: schedule,
      event: scheduleEvent('schedule_changed', person, { id, name: after.name }, data),
    }
  })
}

/** Deletes a schedule with what is known of its runs, whose story is in the log. Errors: `not_found`. */
export async function deleteSchedule({ settings, viewer, record }: Act, id: string): Promise<void> {
  const person = requireAdmin(viewer)
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const row = await findRow(transaction, person.workspaceId, id)
    await transaction.deleteFrom('export_schedules').where('id', '=', id).execute()
    const data = describe(configurationOf(row))
    return { result: undefined, event: scheduleEvent('schedule_deleted', person, row, data) }
  })
}

async function readBack(
  transaction: SettingsTransaction,
  { workspaceId }: Person,
  id: string,
): Promise<Schedule> {
  return withRuns(transaction, await findRow(transaction, workspaceId, id))
}

async function withRuns(db: Settings['db'] | SettingsTransaction, row: ScheduleRow): Promise<Schedule> {
  const runs = await selectRuns(db, row.id).limit(scheduleLimits.runsShownMax).execute()
  return toSchedule(row, runs.map(toExportRun))
}

/** A change of one part must fit to the rest, as if all had been sent at once. */
function wholeConfiguration(input: unknown): ScheduleConfiguration {
  const parsed = createScheduleRequestSchema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new AuditError('invalid', 'The request is not valid.', { problems: toProblems(parsed.error, '') })
}

function columnsOf(
  { name, content, format, timing, destination, enabled }: ScheduleConfiguration,
  nowMs: number,
) {
  return {
    name,
    view_id: 'viewId' in content ? content.viewId : null,
    search_text: 'q' in content ? content.q : null,
    format,
    timing: JSON.stringify(timing),
    destination: JSON.stringify(destination),
    enabled: enabled ? 1 : 0,
    // What fell due while it was not enabled is not made up.
    next_due_at: enabled ? new Date(nextDueMs(timing, nowMs)).toISOString() : null,
  }
}

function ownerColumns({ userId, actor }: Person) {
  return {
    runs_as_id: userId,
    runs_as_name: actor.name ?? actor.email ?? userId,
    runs_as_email: actor.email ?? null,
  }
}

async function refuseTakenName(
  transaction: SettingsTransaction,
  workspaceId: string,
  id: string,
  name: string,
): Promise<void> {
  const taken = await transaction
    .selectFrom('export_schedules')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('name', '=', name)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (!taken) return
  throw new AuditError('conflict', 'There is already a scheduled export with this name.', {
    problems: [{ path: 'name', message: 'is taken' }],
  })
}

async function refuseBadContent(
  transaction: SettingsTransaction,
  workspaceId: string,
  { content }: ScheduleConfiguration,
): Promise<void> {
  if ('viewId' in content) {
    const view = await transaction
      .selectFrom('views')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', content.viewId)
      .where('shared', '=', 1)
      .executeTakeFirst()
    if (view) return
    throw new AuditError('invalid', 'There is no such view.', {
      problems: [{ path: 'content.viewId', message: 'is no view that is shared with the workspace' }],
    })
  }
  try {
    parseFilter(content.q)
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    const problems = error.problems.map((problem) => ({ ...problem, path: 'content.q' }))
    throw new AuditError('invalid', error.message, { problems, cause: error })
  }
}

function describe({ name, content, format, timing, destination, enabled }: ScheduleConfiguration): EventData {
  return { name, content, format, timing, destination, enabled }
}

function scheduleEvent(
  type: 'schedule_created' | 'schedule_changed' | 'schedule_deleted',
  { actor }: Person,
  { id, name }: { id: string; name: string },
  data: EventData,
): EventDraft {
  return { type, actor, data, targets: [{ type: 'schedule', id, name }] }
}
