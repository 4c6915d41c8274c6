import type { Actor, Outcome } from '@aleph-audit-log/domain/event'

/** Who is behind a login, as the settings of an integration say. */
export type LoginPerson = { name?: string | undefined; email?: string | undefined }

/** Who acts under a login. One that nobody was assigned to is its own name. */
export function loginActor(login: string, logins: ReadonlyMap<string, LoginPerson>): Actor {
  const person = logins.get(login)
  if (person === undefined) return { type: 'user', id: login, name: login }
  const { name, email } = person
  return {
    type: 'user',
    id: login,
    name: name ?? login,
    ...(email === undefined ? {} : { email }),
  }
}

/** SQLSTATE 42501 is insufficient_privilege, class 28 invalid authorization (PostgreSQL's appendix A). */
export function outcomeOfSqlState(code: string | undefined): Outcome {
  if (code === undefined) return 'success'
  return code === '42501' || code.startsWith('28') ? 'denied' : 'failure'
}

/** With these the server (or who it trusts) made sure of the person; a password proves only that somebody knew it. */
export const provingMethods: ReadonlySet<string> = new Set([
  'cert',
  'ldap',
  'oauth',
  'gss',
  'sspi',
  'pam',
  'bsd',
  'radius',
  'peer',
])
