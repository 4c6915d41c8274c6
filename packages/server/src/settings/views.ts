import { randomUUID } from 'node:crypto'
import { viewLimits } from '@aleph-audit-log/domain/view-limits'
import {
  viewStateSchema,
  type ChangeViewRequest,
  type CreateViewRequest,
  type View,
  type ViewState,
} from '@aleph-audit-log/domain/api/views'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../access/act.ts'
import { creatorColumns } from '../access/creator.ts'
import { requirePerson, type Person, type Viewer } from '../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from './commit-with-event.ts'
import type { Settings } from './open-settings.ts'
import type { SettingsTables } from './settings-tables.ts'

type Row = Selectable<SettingsTables['views']> & { owner_name: string | null }

/** The person's own views, and those that are shared with their workspace, by name. */
export async function listViews(settings: Settings, viewer: Viewer): Promise<View[]> {
  const person = requirePerson(viewer)
  const rows = await selectViews(settings.db, person).execute()
  const views = rows.map((row) => toView(row, person))
  return views.sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1))
}

/**
 * Keeps a view for the person, or for their workspace. Errors: `invalid` for a search that cannot be read, `conflict` if
 * the name is taken or there are too many.
 */
export async function createView(
  { settings, viewer, record, ...act }: Act,
  { name, shared, state }: CreateViewRequest,
): Promise<View> {
  const person = requirePerson(viewer)
  refuseBadSearch(state)
  const row = {
    id: randomUUID(),
    workspace_id: person.workspaceId,
    name,
    shared: shared ? 1 : 0,
    state: JSON.stringify(state),
    created_at: timeOf(act),
    updated_at: timeOf(act),
    ...creatorColumns(person),
    created_by_id: person.userId,
  }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    await refuseTakenName(transaction, row)
    await refuseTooMany(transaction, row, 'own')
    if (shared) await refuseTooMany(transaction, row, 'shared')
    await transaction.insertInto('views').values(row).execute()
    const view = toView({ ...row, owner_name: row.created_by_name }, person)
    return { result: view, event: viewEvent('view_created', person, view, describe(view)) }
  })
}

/**
 * Renames, changes, shares or unshares a view. Errors: `not_found`; `forbidden` for somebody else's who is no admin;
 * `conflict` if the name is taken, there are too many shared ones, nobody would have the view any more, or scheduled
 * exports use it: they read it with the rights of their admin at each run, so only admins may then change what it shows,
 * and nobody takes it away from them.
 */
export async function changeView(
  { settings, viewer, record, ...act }: Act,
  id: string,
  change: ChangeViewRequest,
): Promise<View> {
  const person = requirePerson(viewer)
  refuseBadSearch(change.state)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const row = await findChangeable(transaction, person, id)
    const before = toView(row, person)
    const after = {
      ...row,
      name: change.name ?? row.name,
      shared: (change.shared ?? before.shared) ? 1 : 0,
      state: change.state ? JSON.stringify(change.state) : row.state,
    }
    const isSame =
      after.name === row.name && after.shared === row.shared && sameState(after.state, before.state)
    if (isSame) return { result: before }
    const changesMore = after.shared !== row.shared || !sameState(after.state, before.state)
    const isSeen = row.shared === 1 || after.shared === 1
    if (after.shared < row.shared || (isSeen && changesMore && person.role !== 'admin'))
      await refuseScheduled(transaction, row)
    await refuseTakenName(transaction, after)
    if (after.shared > row.shared) await refuseTooMany(transaction, after, 'shared')
    if (after.shared === 0 && !before.owner.isMember) {
      throw new AuditError('conflict', 'Its owner has left: nobody would have this view. Delete it instead.')
    }
    after.updated_at = timeOf(act)
    const { name, shared, state, updated_at } = after
    await transaction
      .updateTable('views')
      .set({ name, shared, state, updated_at })
      .where('id', '=', id)
      .execute()
    const view = toView(after, person)
    const data = { before: describe(before), after: describe(view) }
    return { result: view, event: viewEvent('view_changed', person, view, data) }
  })
}

/**
 * Deletes a view. Errors: `not_found`; `forbidden` for somebody else's who is no admin; `conflict` while scheduled exports
 * use it.
 */
export async function deleteView({ settings, viewer, record }: Act, id: string): Promise<void> {
  const person = requirePerson(viewer)
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, person.workspaceId)
    const row = await findChangeable(transaction, person, id)
    if (row.shared === 1) await refuseScheduled(transaction, row)
    const view = toView(row, person)
    await transaction.deleteFrom('views').where('id', '=', id).execute()
    return { result: undefined, event: viewEvent('view_deleted', person, view, describe(view)) }
  })
}

/** Deletes what nobody else has of somebody who leaves a workspace; what they shared stays. */
export async function deletePrivateViews(
  transaction: SettingsTransaction,
  workspaceId: string,
  userId: string,
): Promise<void> {
  await transaction
    .deleteFrom('views')
    .where('workspace_id', '=', workspaceId)
    .where('created_by_id', '=', userId)
    .where('shared', '=', 0)
    .execute()
}

/** What the person has, with its owner's name as it is now; null for an owner who has left. */
function selectViews(db: Settings['db'] | SettingsTransaction, { workspaceId, userId }: Person) {
  return db
    .selectFrom('views')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'views.created_by_id')
        .onRef('memberships.workspace_id', '=', 'views.workspace_id'),
    )
    .leftJoin('users', 'users.id', 'memberships.user_id')
    .selectAll('views')
    .select('users.name as owner_name')
    .where('views.workspace_id', '=', workspaceId)
    .where((row) => row.or([row('views.shared', '=', 1), row('views.created_by_id', '=', userId)]))
}

/** Whether somebody else has a private view of this id is not told. */
async function findChangeable(transaction: SettingsTransaction, person: Person, id: string): Promise<Row> {
  const row = await selectViews(transaction, person).where('views.id', '=', id).executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such view.')
  if (mayChange(row, person)) return row
  throw new AuditError('forbidden', 'Only the owner of a shared view and admins may change it.')
}

function mayChange(row: Pick<Row, 'created_by_id' | 'shared'>, { userId, role }: Person): boolean {
  return row.created_by_id === userId || (row.shared === 1 && role === 'admin')
}

/** A name stands once among the shared views of a workspace, and once among the private ones of a person. */
async function refuseTakenName(
  transaction: SettingsTransaction,
  { id, workspace_id, created_by_id, name, shared }: Omit<Row, 'owner_name'>,
): Promise<void> {
  const named = transaction
    .selectFrom('views')
    .select('id')
    .where('workspace_id', '=', workspace_id)
    .where('name', '=', name)
    .where('shared', '=', shared)
    .where('id', '!=', id)
  const taken = await (
    shared === 1 ? named : named.where('created_by_id', '=', created_by_id)
  ).executeTakeFirst()
  if (!taken) return
  throw new AuditError('conflict', 'There is already a view with this name.', {
    problems: [{ path: 'name', message: 'is taken' }],
  })
}

async function refuseTooMany(
  transaction: SettingsTransaction,
  { workspace_id, created_by_id }: Omit<Row, 'owner_name'>,
  which: 'own' | 'shared',
): Promise<void> {
  const all = transaction
    .selectFrom('views')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('workspace_id', '=', workspace_id)
  const { count } = await (
    which === 'own' ? all.where('created_by_id', '=', created_by_id) : all.where('shared', '=', 1)
  ).executeTakeFirstOrThrow()
  const most = which === 'own' ? viewLimits.viewsOfOneMax : viewLimits.sharedViewsMax
  if (Number(count) < most) return
  throw new AuditError(
    'conflict',
    which === 'own'
      ? `You have ${most} views, which is the most that a person can have. Delete one first.`
      : `The workspace has ${most} shared views, which is the most that it can have. Delete one first.`,
  )
}

/** For views that are, or become, shared; of a private one no schedule makes anything. */
async function refuseScheduled(
  transaction: SettingsTransaction,
  { id, workspace_id }: Pick<Row, 'id' | 'workspace_id'>,
): Promise<void> {
  const { count } = await transaction
    .selectFrom('export_schedules')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('workspace_id', '=', workspace_id)
    .where('view_id', '=', id)
    .executeTakeFirstOrThrow()
  if (Number(count) === 0) return
  const users = Number(count) === 1 ? '1 scheduled export uses' : `${count} scheduled exports use`
  throw new AuditError(
    'conflict',
    `${users} this view: only admins may change what it shows, and nobody may unshare or delete it.`,
  )
}

/** A view that cannot be searched for is not kept. */
function refuseBadSearch(state: ViewState | undefined): void {
  if (state === undefined) return
  try {
    parseFilter(state.q)
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    const problems = error.problems.map((problem) => ({ ...problem, path: 'state.q' }))
    throw new AuditError('invalid', error.message, { problems, cause: error })
  }
}

function sameState(json: string, state: ViewState): boolean {
  return json === JSON.stringify(state)
}

function describe({ name, shared, state }: View): EventData {
  return { name, shared, ...state }
}

function viewEvent(
  type: 'view_created' | 'view_changed' | 'view_deleted',
  { actor }: Person,
  { id, name }: View,
  data: EventData,
): EventDraft {
  return { type, actor, data, targets: [{ type: 'view', id, name }] }
}

function toView(row: Row, person: Person): View {
  return {
    id: row.id,
    name: row.name,
    shared: row.shared === 1,
    state: viewStateSchema.parse(JSON.parse(row.state)),
    owner: {
      name: row.owner_name ?? row.created_by_name,
      isYou: row.created_by_id === person.userId,
      isMember: row.owner_name !== null,
    },
    mayChange: mayChange(row, person),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
