import type { PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'

/** A login as it stands in the form: every field a text, and a key that stays when rows above are removed. */
export type LoginRow = { key: number; login: string; name: string; email: string }

let lastKey = 0

export function emptyLoginRow(): LoginRow {
  lastKey += 1
  return { key: lastKey, login: '', name: '', email: '' }
}

/** The settings' logins as rows of the form. */
export function toLoginRows(logins: PostgresLogSettings['logins']): LoginRow[] {
  return logins.map(({ login, name = '', email = '' }) => ({ ...emptyLoginRow(), login, name, email }))
}

/** The rows as the settings have them; rows that are empty all over are left out, empty fields are absent. */
export function readLoginRows(rows: readonly LoginRow[]): PostgresLogSettings['logins'] {
  return rows
    .map(({ login, name, email }) => ({ login: login.trim(), name: name.trim(), email: email.trim() }))
    .filter(({ login, name, email }) => login !== '' || name !== '' || email !== '')
    .map(({ login, name, email }) => ({
      login,
      ...(name === '' ? {} : { name }),
      ...(email === '' ? {} : { email }),
    }))
}
