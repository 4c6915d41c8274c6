import type { Actor, StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { PersonName } from './usage-store.ts'

/** What is remembered of events for good: who, which tables and which queries there were, and when. */
export type SeenKind = 'person' | 'table' | 'query'

/**
 * Something that an event tells of. `latest` is what was said of it last, `text` never changes but for its being told or
 * not: the greater of two is kept.
 */
export type SeenThing = { kind: SeenKind; name: string; latest: string; text: string }

/** So many characters of a query's text without literals are kept to be shown; one more tells that there were more. */
export const normalizedMax = 4000

/** Who did it: the lower-cased e-mail where there is one, else the actor's id, else their name. */
export function personOf({ actor }: Pick<StoredEvent, 'actor'>): string {
  return toSearchText(actor.email ?? '') || toSearchText(actor.id ?? '') || toSearchText(actor.name ?? '')
}

/** Everything that an event tells of; what has no name is nothing. */
export function thingsOf(event: StoredEvent): SeenThing[] {
  const { actor, statement } = event
  const things: SeenThing[] = []
  const person = personOf(event)
  if (person !== '') {
    things.push({ kind: 'person', name: person, latest: describePerson(actor), text: '' })
  }
  if (statement === undefined) return things
  for (const table of new Set(statement.tables.map(({ name }) => name.toWellFormed()))) {
    if (table !== '') things.push({ kind: 'table', name: table, latest: '', text: '' })
  }
  if (statement.fingerprint !== '') {
    const text = `${statement.kind}\n${firstCharacters(statement.normalized.toWellFormed())}`
    things.push({ kind: 'query', name: statement.fingerprint.toWellFormed(), latest: '', text })
  }
  return things
}

/** A person in lines: the type, the e-mail (which so has none), and the name. */
function describePerson({ type, email = '', name = '' }: Actor): string {
  return `${type}\n${email.toWellFormed().replaceAll('\n', ' ')}\n${name.toWellFormed()}`
}

/** What `describePerson` says of a person; only the id where nothing is known. */
export function readPerson(id: string, latest: string): PersonName {
  const [actorType = '', email = '', ...name] = latest.split('\n')
  return {
    id,
    ...(name.join('\n') === '' ? {} : { name: name.join('\n') }),
    ...(email === '' ? {} : { email }),
    ...(actorType === '' ? {} : { actorType }),
  }
}

/** So much of a query's text as is kept. */
export function firstCharacters(text: string): string {
  if (text.length <= normalizedMax) return text
  return Array.from(text)
    .slice(0, normalizedMax + 1)
    .join('')
}
