import { joinLogin, splitLogin } from '@aleph-audit-log/domain/attribution/people-index'
import type { Person } from '@aleph-audit-log/domain/api/people'
import type { Selectable } from 'kysely'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { SettingsDatabase } from '../open-settings.ts'
import type { SettingsTables } from '../settings-tables.ts'

export type KeyRow = Selectable<SettingsTables['person_keys']>
type PersonRow = Selectable<SettingsTables['people']>

/** Everything by which a person is known, as rows; `path` is where it stands in a request. */
export function keysOf(
  workspaceId: string,
  { id, emails, logins, toolIds }: Pick<Person, 'id' | 'emails' | 'logins' | 'toolIds'>,
): (KeyRow & { path: string })[] {
  const base = { workspace_id: workspaceId, person_id: id }
  return [
    ...emails.map((value, place) => ({
      ...base,
      kind: 'email' as const,
      scope: '',
      value,
      place,
      path: `emails[${place}]`,
    })),
    ...logins.map((text, place) => {
      const { scope, login } = splitLogin(text)
      return { ...base, kind: 'login' as const, scope, value: login, place, path: `logins[${place}]` }
    }),
    ...toolIds.map((text, place) => {
      const colon = text.indexOf(':')
      const [scope, value] = [text.slice(0, colon), text.slice(colon + 1)]
      return { ...base, kind: 'tool_id' as const, scope, value, place, path: `toolIds[${place}]` }
    }),
  ]
}

/** One text for what is compared: two keys of one person or two are the same if this is. */
export function keyText({ kind, scope, value }: Pick<KeyRow, 'kind' | 'scope' | 'value'>): string {
  return JSON.stringify([kind, scope, value])
}

/** A key in words, for a message. */
export function describeKey({ kind, scope, value }: Pick<KeyRow, 'kind' | 'scope' | 'value'>): string {
  if (kind === 'email') return `The e-mail ${value}`
  return kind === 'login' ? `The login ${joinLogin({ scope, login: value })}` : `The id ${scope}:${value}`
}

/** All people of a workspace by name, with their keys in the order in which they were given. */
export async function readPeople(db: SettingsDatabase, workspaceId: string): Promise<Person[]> {
  const rows = await db
    .selectFrom('people')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('name')
    .orderBy('id')
    .execute()
  const keys = await db
    .selectFrom('person_keys')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('place')
    .execute()
  const keysOfPerson = new Map<string, KeyRow[]>()
  for (const key of keys) {
    const own = keysOfPerson.get(key.person_id)
    if (own) own.push(key)
    else keysOfPerson.set(key.person_id, [key])
  }
  return rows.map((row) => toPerson(row, keysOfPerson.get(row.id) ?? []))
}

/** One person; undefined if the workspace has none with this id. */
export async function findPerson(
  db: SettingsDatabase,
  workspaceId: string,
  id: string,
): Promise<Person | undefined> {
  const row = await db
    .selectFrom('people')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const keys = await db
    .selectFrom('person_keys')
    .selectAll()
    .where('person_id', '=', id)
    .orderBy('place')
    .execute()
  return toPerson(row, keys)
}

function toPerson(row: PersonRow, keys: readonly KeyRow[]): Person {
  const of = (kind: KeyRow['kind']): KeyRow[] => keys.filter((key) => key.kind === kind)
  return {
    id: row.id,
    name: row.name,
    emails: of('email').map(({ value }) => value),
    logins: of('login').map(({ scope, value }) => joinLogin({ scope, login: value })),
    toolIds: of('tool_id').map(({ scope, value }) => `${scope}:${value}`),
    // Written by this program alone, as a list of texts.
    groups: JSON.parse(row.groups_json) as string[],
    ...(row.left_on !== null && { leftOn: row.left_on }),
    ...(row.note !== null && { note: row.note }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function toPersonRow(workspaceId: string, person: Person): PersonRow {
  return {
    id: person.id,
    workspace_id: workspaceId,
    name: person.name,
    groups_json: JSON.stringify(person.groups),
    left_on: person.leftOn ?? null,
    note: person.note ?? null,
    created_at: person.createdAt,
    updated_at: person.updatedAt,
  }
}

/** Tells every server that the directory of a workspace has changed; call it in the transaction that changes it. */
export async function countDirectoryChange(
  transaction: SettingsTransaction,
  workspaceId: string,
): Promise<void> {
  await transaction
    .insertInto('directory_versions')
    .values({ workspace_id: workspaceId, version: 1 })
    .onConflict((conflict) =>
      conflict
        .column('workspace_id')
        .doUpdateSet((of) => ({ version: of('directory_versions.version', '+', 1) })),
    )
    .execute()
}
