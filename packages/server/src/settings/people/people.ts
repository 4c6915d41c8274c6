import { randomUUID } from 'node:crypto'
import {
  peopleLimits,
  type ChangePersonRequest,
  type CreatePersonRequest,
  type Person,
} from '@aleph-audit-log/domain/api/people'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import {
  countDirectoryChange,
  describeKey,
  findPerson,
  keysOf,
  readPeople,
  toPersonRow,
} from './person-keys.ts'

/** The directory is for who manages it, and for auditors, who have to understand what events say of people. */
export function requireDirectoryReader(viewer: Viewer): void {
  if (viewer.via === 'session' && viewer.role === 'auditor') return
  requirePermission(viewer, 'admin')
}

/** All people of the viewer's workspace, by name. */
export async function listPeople(settings: Settings, viewer: Viewer): Promise<Person[]> {
  requireDirectoryReader(viewer)
  return readPeople(settings.db, viewer.workspaceId)
}

/**
 * Adds a person. Throws AuditError('conflict') that names who has it already, if an e-mail, login or tool id is
 * somebody's; or if there are too many people.
 */
export async function createPerson(
  { settings, viewer, record, ...act }: Act,
  { leftOn, note, ...wanted }: CreatePersonRequest,
): Promise<Person> {
  requirePermission(viewer, 'admin')
  const time = timeOf(act)
  const person: Person = {
    id: randomUUID(),
    ...wanted,
    ...(leftOn !== undefined && { leftOn }),
    ...(note !== undefined && note !== '' && { note }),
    createdAt: time,
    updatedAt: time,
  }
  return commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const { count } = await transaction
      .selectFrom('people')
      .select((of) => of.fn.countAll<number | string>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    refuseTooManyPeople(Number(count) + 1)
    await refuseTakenKeys(transaction, workspaceId, person)
    await transaction.insertInto('people').values(toPersonRow(workspaceId, person)).execute()
    await insertKeys(transaction, workspaceId, person)
    await countDirectoryChange(transaction, workspaceId)
    return { result: person, event: personEvent('person_created', viewer, person, describePerson(person)) }
  })
}

/** Changes what is given of a person. Errors: `not_found`, and `conflict` as for `createPerson`. */
export async function changePerson(
  { settings, viewer, record, ...act }: Act,
  id: string,
  change: ChangePersonRequest,
): Promise<Person> {
  requirePermission(viewer, 'admin')
  return commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const before = await findPerson(transaction, workspaceId, id)
    if (!before) throw noSuchPerson()
    const after = applyChange(before, change)
    if (isSamePerson(before, after)) return { result: before }
    const person = { ...after, updatedAt: timeOf(act) }
    await refuseTakenKeys(transaction, workspaceId, person)
    const { id: _id, workspace_id: _workspace, ...row } = toPersonRow(workspaceId, person)
    await transaction.updateTable('people').set(row).where('id', '=', id).execute()
    await transaction.deleteFrom('person_keys').where('person_id', '=', id).execute()
    await insertKeys(transaction, workspaceId, person)
    await countDirectoryChange(transaction, workspaceId)
    const data = { before: describePerson(before), after: describePerson(person) }
    return { result: person, event: personEvent('person_updated', viewer, person, data) }
  })
}

/** Takes a person out of the directory; events that name them stay as they are. Throws AuditError('not_found'). */
export async function removePerson({ settings, viewer, record }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  await commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const person = await findPerson(transaction, workspaceId, id)
    if (!person) throw noSuchPerson()
    // The foreign key takes everything along by which they were known.
    await transaction.deleteFrom('people').where('id', '=', id).execute()
    await countDirectoryChange(transaction, workspaceId)
    const event = personEvent('person_removed', viewer, person, describePerson(person))
    return { result: undefined, event }
  })
}

/** The person after a change; absent fields stay, an empty text takes away. */
export function applyChange(before: Person, { leftOn, note, ...change }: ChangePersonRequest): Person {
  const { leftOn: oldLeftOn, note: oldNote, ...rest } = before
  const nextLeftOn = leftOn ?? oldLeftOn ?? ''
  const nextNote = note ?? oldNote ?? ''
  // An absent field of a request is absent, never undefined: it came from JSON or from a reader that leaves it out.
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return {
    ...rest,
    ...given,
    ...(nextLeftOn !== '' && { leftOn: nextLeftOn }),
    ...(nextNote !== '' && { note: nextNote }),
  }
}

export function isSamePerson(a: Person, b: Person): boolean {
  return JSON.stringify(describePerson(a)) === JSON.stringify(describePerson(b))
}

export function refuseTooManyPeople(count: number): void {
  if (count <= peopleLimits.peopleMax) return
  throw new AuditError('conflict', `A workspace can have at most ${peopleLimits.peopleMax} people.`)
}

function noSuchPerson(): AuditError {
  return new AuditError('not_found', 'There is no such person.')
}

async function insertKeys(
  transaction: SettingsTransaction,
  workspaceId: string,
  person: Person,
): Promise<void> {
  const rows = keysOf(workspaceId, person).map(({ path: _path, ...row }) => row)
  if (rows.length > 0) await transaction.insertInto('person_keys').values(rows).execute()
}

/** An e-mail, login or tool id is one person's at most, and a service account's login is nobody's. */
async function refuseTakenKeys(
  transaction: SettingsTransaction,
  workspaceId: string,
  person: Person,
): Promise<void> {
  for (const key of keysOf(workspaceId, person)) {
    const taken = await transaction
      .selectFrom('person_keys')
      .innerJoin('people', 'people.id', 'person_keys.person_id')
      .select('people.name')
      .where('person_keys.workspace_id', '=', workspaceId)
      .where('kind', '=', key.kind)
      .where('scope', '=', key.scope)
      .where('value', '=', key.value)
      .where('person_id', '!=', person.id)
      .executeTakeFirst()
    if (taken) throw takenBy(describeKey(key), key.path, taken.name)
    if (key.kind !== 'login') continue
    const account = await transaction
      .selectFrom('service_accounts')
      .select('tool')
      .where('workspace_id', '=', workspaceId)
      .where('scope', '=', key.scope)
      .where('login', '=', key.value)
      .executeTakeFirst()
    if (account) throw takenBy(describeKey(key), key.path, `the service account of ${account.tool}`)
  }
}

/** The refusal that names who has it already. */
export function takenBy(what: string, path: string, owner: string): AuditError {
  return new AuditError('conflict', `${what} belongs to ${owner}.`, {
    problems: [{ path, message: `belongs to ${owner}` }],
  })
}

function personEvent(
  type: 'person_created' | 'person_updated' | 'person_removed',
  viewer: Viewer,
  { id, name }: Person,
  data: EventData,
): EventDraft {
  return { type, actor: viewer.actor, data, targets: [{ type: 'person', id, name }] }
}

/** What an event tells about a person. */
function describePerson(person: Person): EventData {
  const { name, emails, logins, toolIds, groups, leftOn, note } = person
  return {
    name,
    emails,
    logins,
    toolIds,
    groups,
    ...(leftOn === undefined ? {} : { leftOn }),
    ...(note === undefined ? {} : { note }),
  }
}
