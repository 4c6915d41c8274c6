import type { Person } from '@aleph-audit-log/domain/api/people'

/** A page with thousands of rows would be slow to draw, nobody reads it to its end, and the service accounts stand below. */
export const peopleShownMax = 100

/** The people in whom every word of a search occurs somewhere, regardless of case. */
export function findPeople(people: readonly Person[], search: string): Person[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return people.filter((person) => {
    const { name, emails, logins, toolIds, groups, note = '' } = person
    const text = [name, ...emails, ...logins, ...toolIds, ...groups, note].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
