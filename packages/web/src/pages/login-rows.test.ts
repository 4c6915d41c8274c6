import { describe, expect, it } from 'vitest'
import { emptyLoginRow, readLoginRows, toLoginRows } from './login-rows.ts'

describe('the logins of a form', () => {
  it('come back as they were', () => {
    const logins = [
      { login: 'ann', name: 'Ann Lee' },
      { login: 'bob', email: 'bob@acme.com' },
    ]
    expect(readLoginRows(toLoginRows(logins))).toEqual(logins)
  })

  it('lose rows that are empty, and keep half-filled ones for the server to refuse', () => {
    const rows = [emptyLoginRow(), { ...emptyLoginRow(), name: ' Ann ' }]
    expect(readLoginRows(rows)).toEqual([{ login: '', name: 'Ann' }])
  })
})
