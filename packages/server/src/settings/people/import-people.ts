import { randomUUID } from 'node:crypto'
import { joinLogin } from '@aleph-audit-log/domain/attribution/people-index'
import type { ImportPeopleRequest, ImportPeopleResponse, Person } from '@aleph-audit-log/domain/api/people'
import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import { readPeopleCsv, type PersonRow } from '@aleph-audit-log/domain/people/read-people-csv'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import { applyChange, isSamePerson, refuseTooManyPeople } from './people.ts'
import { countDirectoryChange, describeKey, keysOf, keyText, readPeople, toPersonRow } from './person-keys.ts'

/** What an import makes of the directory. */
type Plan = {
  people: Map<string, Person>
  /** The line that is about a person. */
  lineOf: Map<string, number>
  created: Person[]
  updated: Person[]
  unchanged: number
  problems: Problem[]
}

/** How many faults one answer lists. */
const problemsMax = 100
/** Rows in one statement: PostgreSQL takes at most 65,535 values. */
const rowsMax = 500

/**
 * Adds and changes people from a CSV file, found again by any of their e-mails; all of them or none, in one event.
 * With `dryRun` it only tells what would happen. Throws AuditError('invalid') with each fault under its line: of the
 * file, and of e-mails, logins and ids that would belong to two people.
 */
export async function importPeople(
  { settings, viewer, record, ...act }: Act,
  { csv, dryRun }: ImportPeopleRequest,
): Promise<ImportPeopleResponse> {
  requirePermission(viewer, 'admin')
  const { rows, problems } = readPeopleCsv(csv)
  refuseFaults(problems)
  return commitWithEvent(settings, record, async (transaction) => {
    const { workspaceId } = viewer
    await lockWorkspace(transaction, workspaceId)
    const plan = planImport(await readPeople(transaction, workspaceId), rows, timeOf(act))
    refuseFaults(plan.problems)
    refuseTooManyPeople(plan.people.size)
    refuseFaults(findConflicts(workspaceId, plan, await readAccountLogins(transaction, workspaceId)))
    const { created, updated, unchanged } = plan
    const result = { created: created.length, updated: updated.length, unchanged }
    if (dryRun || created.length + updated.length === 0) return { result }
    await writePeople(transaction, workspaceId, plan)
    await countDirectoryChange(transaction, workspaceId)
    const named = (people: Person[]) => people.map(({ id, emails }) => ({ id, email: emails[0] ?? '' }))
    const data = { ...result, createdPeople: named(created), updatedPeople: named(updated) }
    return { result, event: { type: 'people_imported', actor: viewer.actor, data } }
  })
}

function refuseFaults(problems: Problem[]): void {
  if (problems.length === 0) return
  const shown = problems.slice(0, problemsMax)
  const more = problems.length - shown.length
  if (more > 0) shown.push({ path: '', message: `and ${more} more faults that are not listed` })
  throw new AuditError('invalid', 'The file has faults; nobody was imported.', { problems: shown })
}

function planImport(known: readonly Person[], rows: readonly PersonRow[], time: string): Plan {
  const people = new Map(known.map((person) => [person.id, person]))
  const byEmail = new Map(known.flatMap((person) => person.emails.map((email) => [email, person] as const)))
  const plan: Plan = { people, problems: [], lineOf: new Map(), created: [], updated: [], unchanged: 0 }
  for (const { line, emails, change } of rows) {
    const before = emails.map((email) => byEmail.get(email)).find((person) => person !== undefined)
    const base: Person = before ?? {
      id: randomUUID(),
      name: change.name,
      emails: [],
      logins: [],
      toolIds: [],
      groups: [],
      createdAt: time,
      updatedAt: time,
    }
    const first = plan.lineOf.get(base.id)
    if (first !== undefined) {
      plan.problems.push({ path: `line ${line}`, message: `is about ${base.name}, as line ${first} is` })
      continue
    }
    // Who is found by one e-mail keeps the others.
    const allEmails = [...new Set([...emails, ...base.emails])]
    const after = applyChange(base, { ...change, emails: allEmails })
    plan.lineOf.set(after.id, line)
    if (before !== undefined && isSamePerson(before, after)) plan.unchanged++
    else {
      const person = { ...after, updatedAt: time }
      people.set(person.id, person)
      ;(before === undefined ? plan.created : plan.updated).push(person)
    }
  }
  return plan
}

/** Looks at the directory as it would be: what two people have, or a person and a service account. */
function findConflicts(
  workspaceId: string,
  { people, lineOf }: Plan,
  accounts: Map<string, string>,
): Problem[] {
  const problems: Problem[] = []
  const owners = new Map<string, Person>()
  const add = (person: Person, other: Person | undefined, message: string): void => {
    const line = lineOf.get(person.id) ?? (other === undefined ? undefined : lineOf.get(other.id))
    problems.push({ path: line === undefined ? '' : `line ${line}`, message })
  }
  for (const person of people.values()) {
    for (const key of keysOf(workspaceId, person)) {
      const other = owners.get(keyText(key))
      if (other !== undefined) {
        const owner = lineOf.has(person.id) ? other : person
        add(lineOf.has(person.id) ? person : other, owner, `${describeKey(key)} belongs to ${owner.name}`)
      }
      owners.set(keyText(key), person)
      const tool =
        key.kind === 'login' ? accounts.get(joinLogin({ scope: key.scope, login: key.value })) : undefined
      if (tool !== undefined)
        add(person, undefined, `${describeKey(key)} belongs to the service account of ${tool}`)
    }
  }
  return problems
}

async function readAccountLogins(
  transaction: SettingsTransaction,
  workspaceId: string,
): Promise<Map<string, string>> {
  const rows = await transaction
    .selectFrom('service_accounts')
    .select(['scope', 'login', 'tool'])
    .where('workspace_id', '=', workspaceId)
    .execute()
  return new Map(rows.map(({ tool, ...login }) => [joinLogin(login), tool]))
}

async function writePeople(
  transaction: SettingsTransaction,
  workspaceId: string,
  { created, updated }: Plan,
): Promise<void> {
  // First all that people lose, then all that they get: a login may pass from one to another.
  for (const run of runsOf(updated.map(({ id }) => id))) {
    await transaction.deleteFrom('person_keys').where('person_id', 'in', run).execute()
  }
  for (const person of updated) {
    const { id, workspace_id: _workspace, ...row } = toPersonRow(workspaceId, person)
    await transaction.updateTable('people').set(row).where('id', '=', id).execute()
  }
  for (const run of runsOf(created.map((person) => toPersonRow(workspaceId, person)))) {
    await transaction.insertInto('people').values(run).execute()
  }
  const keys = [...created, ...updated].flatMap((person) => keysOf(workspaceId, person))
  for (const run of runsOf(keys.map(({ path: _path, ...row }) => row))) {
    await transaction.insertInto('person_keys').values(run).execute()
  }
}

function* runsOf<T>(items: readonly T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i += rowsMax) yield items.slice(i, i + rowsMax)
}
