import { readCommentPattern } from './comment-pattern.ts'
import type { OwnForm } from './read-claims.ts'

/** A person of the directory, with everything by which databases and tools know them. */
export type DirectoryPerson = {
  id: string
  name: string
  /** Lower case. */
  emails: readonly string[]
  /** `ann`, or `prod/ann` for one integration or database alone. */
  logins: readonly string[]
  /** `metabase:39`. */
  toolIds: readonly string[]
  /** As they are written. */
  groups?: readonly string[]
  /** The last day at the company. */
  leftOn?: string | undefined
}

/** A database login that a tool or an application uses for everybody. */
export type DirectoryAccount = {
  /** As the logins of people. */
  login: string
  /** The tool's name in events, or the name of an application. */
  tool: string
  /** How its comments are read, where no form that is known fits. */
  commentPattern?: string | undefined
}

export type KnownAccount = { tool: string; ownForm?: OwnForm }

/**
 * The directory of a workspace, ready to be asked for each event: look-ups in maps, nothing that waits. Made anew
 * whenever the directory changes.
 */
export type PeopleIndex = {
  /** `scopes`: what the place where the login was used is called, see `scopesOf`. */
  personOfLogin: (scopes: readonly string[], login: string) => DirectoryPerson | undefined
  personOfEmail: (email: string) => DirectoryPerson | undefined
  personOfId: (id: string) => DirectoryPerson | undefined
  personOfToolId: (tool: string, id: string) => DirectoryPerson | undefined
  accountOfLogin: (scopes: readonly string[], login: string) => KnownAccount | undefined
  /** The name of an integration. */
  nameOfIntegration: (id: string) => string | undefined
}

/** `prod/ann` as the scope `prod` and the login; without a scope, or with `*`, it is the login everywhere. */
export function splitLogin(text: string): { scope: string; login: string } {
  const slash = text.indexOf('/')
  if (slash <= 0) return { scope: '', login: text }
  const scope = text.slice(0, slash).trim().toLowerCase()
  return { scope: scope === '*' ? '' : scope, login: text.slice(slash + 1) }
}

/** The opposite of `splitLogin`. */
export function joinLogin({ scope, login }: { scope: string; login: string }): string {
  if (scope !== '') return `${scope}/${login}`
  return login.indexOf('/') > 0 ? `*/${login}` : login
}

/** A directory in which nobody is. */
export const emptyPeopleIndex: PeopleIndex = buildPeopleIndex([], [], [])

/** Makes the index. A comment pattern that cannot be read (an older program may have taken it) is left out. */
export function buildPeopleIndex(
  people: readonly DirectoryPerson[],
  accounts: readonly DirectoryAccount[],
  integrations: readonly { id: string; name: string }[],
): PeopleIndex {
  const logins = new Map<string, DirectoryPerson>()
  const emails = new Map<string, DirectoryPerson>()
  const toolIds = new Map<string, DirectoryPerson>()
  for (const person of people) {
    for (const login of person.logins) logins.set(keyOf(splitLogin(login)), person)
    for (const email of person.emails) emails.set(email.toLowerCase(), person)
    for (const id of person.toolIds) toolIds.set(id, person)
  }
  const ids = new Map(people.map((person) => [person.id, person]))
  const known = new Map(accounts.map((account) => [keyOf(splitLogin(account.login)), toKnown(account)]))
  const names = new Map(integrations.map(({ id, name }) => [id, name]))
  return {
    personOfLogin: (scopes, login) => findScoped(logins, scopes, login),
    personOfEmail: (email) => emails.get(email.toLowerCase()),
    personOfId: (id) => ids.get(id),
    personOfToolId: (tool, id) => toolIds.get(`${tool}:${id}`),
    accountOfLogin: (scopes, login) => findScoped(known, scopes, login),
    nameOfIntegration: (id) => names.get(id),
  }
}

function keyOf({ scope, login }: { scope: string; login: string }): string {
  return `${scope}\u0000${login}`
}

/** What is said of one place goes before what is said of all. */
function findScoped<T>(map: ReadonlyMap<string, T>, scopes: readonly string[], login: string): T | undefined {
  if (map.size === 0) return undefined
  for (const scope of scopes) {
    const found = map.get(keyOf({ scope: scope.toLowerCase(), login }))
    if (found !== undefined) return found
  }
  return map.get(keyOf({ scope: '', login }))
}

function toKnown({ tool, commentPattern }: DirectoryAccount): KnownAccount {
  if (commentPattern === undefined) return { tool }
  try {
    return { tool, ownForm: { tool, pattern: readCommentPattern(commentPattern) } }
  } catch (error) {
    if (error instanceof SyntaxError) return { tool }
    throw error
  }
}
