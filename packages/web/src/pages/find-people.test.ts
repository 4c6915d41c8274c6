import type { Person } from '@aleph-audit-log/domain/api/people'
import { describe, expect, it } from 'vitest'
import { findPeople } from './find-people.ts'

const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: name,
  name,
  emails: [],
  logins: [],
  toolIds: [],
  groups: [],
  createdAt: '2026-11-22T10:00:00.000Z',
  updatedAt: '2026-11-22T10:00:00.000Z',
  ...more,
})
const people = [
  person('Ann Lee', { emails: ['ann@acme.com'], logins: ['prod/alee'], toolIds: ['metabase:39'] }),
  person('Bo Ray', { groups: ['Finance'], note: 'On leave' }),
]
const names = (search: string): string[] => findPeople(people, search).map(({ name }) => name)

describe('the search for people', () => {
  it('finds them by everything by which they are known, in any case', () => {
    for (const search of ['ANN', 'acme', 'prod/a', 'metabase:39', 'lee ann'])
      expect(names(search)).toEqual(['Ann Lee'])
    for (const search of ['finance', 'leave ray']) expect(names(search)).toEqual(['Bo Ray'])
  })

  it('finds all without a word, and nobody where one word does not occur', () => {
    expect(names('  ')).toEqual(['Ann Lee', 'Bo Ray'])
    expect(names('ann finance')).toEqual([])
  })
})
