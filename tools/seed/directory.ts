import { createHash } from 'node:crypto'
import type { Person, ServiceAccount } from '@aleph-audit-log/domain/api/people'
import { buildPeopleIndex, type PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import { idFromHash } from '../../packages/server/src/ingest/create-event-id.ts'
import type { Settings } from '../../packages/server/src/settings/open-settings.ts'
import {
  countDirectoryChange,
  keysOf,
  toPersonRow,
} from '../../packages/server/src/settings/people/person-keys.ts'
import { fillPolicies } from './company-policies.ts'
import { people, type Person as Employee } from './people.ts'
import { tools, type Tool } from './tool-comments.ts'

const idOf = (text: string): string => idFromHash(createHash('sha256').update(text).digest('hex'))

/** Everybody at the company with their login and their ids in the tools; times are filled in where they are kept. */
const directoryPeople: readonly Omit<Person, 'createdAt' | 'updatedAt'>[] = people.map((person) => ({
  id: idOf(`person ${person.login}`),
  name: person.name,
  emails: [person.email],
  logins: [person.login],
  toolIds: allTools().flatMap((tool) => toolIdOf(tool, person)),
  groups: [person.team],
}))

/** The logins that tools use for everybody; a BigQuery login has another form. */
export const serviceAccounts: readonly Omit<ServiceAccount, 'createdAt' | 'updatedAt'>[] = [
  ...allTools().flatMap(({ name, login, commentPattern }) =>
    [login, lakeLogin(login)].map((text) => ({
      login: text,
      tool: name,
      ...(commentPattern === undefined ? {} : { commentPattern }),
    })),
  ),
  { login: 'svc_dbt', tool: 'dbt' },
].map((account) => ({ id: idOf(`account ${account.login}`), ...account }))

/** How a login of the warehouse is called in the lake. */
export function lakeLogin(login: string): string {
  return `${login.replace('_', '-')}@lumen-lake.iam.example`
}

function allTools(): readonly Tool[] {
  return Object.values(tools)
}

function toolIdOf(tool: Tool, person: Employee): string[] {
  const id = tool.idOf?.(person)
  return id === undefined ? [] : [`${tool.name}:${id}`]
}

/** The last day at the company, by login, of those who have left. */
export type LeftOn = ReadonlyMap<string, string>

function withLeaving(leftOn: LeftOn): typeof directoryPeople {
  return directoryPeople.map((person) => {
    const day = leftOn.get(person.logins[0] ?? '')
    return day === undefined ? person : { ...person, leftOn: day }
  })
}

/** The directory as the product looks into it for each event. */
export function companyIndex(leftOn: LeftOn): PeopleIndex {
  return buildPeopleIndex(withLeaving(leftOn), serviceAccounts, [])
}

/** Puts the directory into the settings, unless it is there already; its acts are among the made-up ones. */
export async function fillDirectory(
  settings: Settings,
  workspaceId: string,
  nowMs: number,
  leftOn: LeftOn,
): Promise<void> {
  const time = new Date(nowMs).toISOString()
  await settings.db.transaction().execute(async (transaction) => {
    // The ids are the same in every workspace, and unique over all: only the first that is filled gets them.
    const known = await transaction.selectFrom('people').select('id').executeTakeFirst()
    if (known) return
    const all = withLeaving(leftOn).map((person) => ({ ...person, createdAt: time, updatedAt: time }))
    await transaction
      .insertInto('people')
      .values(all.map((person) => toPersonRow(workspaceId, person)))
      .execute()
    const keys = all.flatMap((person) => keysOf(workspaceId, person))
    await transaction
      .insertInto('person_keys')
      .values(keys.map(({ path: _path, ...row }) => row))
      .execute()
    await transaction
      .insertInto('service_accounts')
      .values(
        serviceAccounts.map(({ id, login, tool, commentPattern }) => ({
          id,
          workspace_id: workspaceId,
          scope: '',
          login,
          tool,
          comment_pattern: commentPattern ?? null,
          note: null,
          created_at: time,
          updated_at: time,
        })),
      )
      .execute()
    await countDirectoryChange(transaction, workspaceId)
    await fillPolicies(transaction, workspaceId, nowMs)
  })
}
