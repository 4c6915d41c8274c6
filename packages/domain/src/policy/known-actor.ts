import { scopesOf } from '../attribution/attribute-event.ts'
import type { DirectoryPerson, PeopleIndex } from '../attribution/people-index.ts'
import type { Actor, Attribution, AuditEvent } from '../event.ts'

/** What the directory knows of who did something. */
export type KnownActor = {
  person: DirectoryPerson | undefined
  /** The login is registered as a service account, whoever used it. */
  isService: boolean
}

/**
 * Looks up who did it, after it was decided who that is (see `attributeEvent`): the person who was put in as the actor,
 * else whose e-mail the actor has.
 */
export function findKnownActor(
  event: Pick<AuditEvent, 'actor' | 'data'> & { attribution?: Attribution },
  way: { source: string; isCapture: boolean },
  index: PeopleIndex,
): KnownActor {
  const { actor, attribution } = event
  const { personId, login } = attribution ?? {}
  const byId = personId === undefined ? undefined : index.personOfId(personId)
  const hasEmail = actor.email !== undefined && actor.email !== ''
  return {
    person: byId ?? (hasEmail ? index.personOfEmail(actor.email ?? '') : undefined),
    isService: login !== undefined && index.accountOfLogin(scopesOf(event, way, index), login) !== undefined,
  }
}

/**
 * Tags that say something of who did it rather than of tables: `person.left` where their last day at the company lies
 * before the day (in UTC) of the event, `person.service` where the login is a service account's, whoever used it; and what
 * acted, where that was no person: `actor.service` (also a service account's login in whose name nobody stands),
 * `actor.api_key`, `actor.ai_agent`.
 */
export function actorTags({ person, isService }: KnownActor, actor: Actor, occurredAt: string): string[] {
  const tags: string[] = []
  if (person?.leftOn !== undefined && person.leftOn < occurredAt.slice(0, 10)) tags.push('person.left')
  if (isService) tags.push('person.service')
  const isNobody = person === undefined && (actor.email ?? '') === ''
  if (actor.type === 'api_key' || actor.type === 'ai_agent') tags.push(`actor.${actor.type}`)
  else if (actor.type === 'service' || actor.type === 'system' || (isService && isNobody)) {
    tags.push('actor.service')
  }
  return tags
}
