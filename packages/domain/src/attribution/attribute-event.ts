import type { Actor, Attribution, AuditEvent } from '../event.ts'
import { toolOfApplication } from './known-tools.ts'
import type { DirectoryPerson, KnownAccount, PeopleIndex } from './people-index.ts'
import { readClaims } from './read-claims.ts'
import type { ToolClaim } from './tool-claim.ts'

/** The way in, as far as it says something about who acted. */
export type AttributionWay = {
  /** `api`, `app`, or the id of an integration. */
  source: string
  /** Set by a capture, which has the login from the database itself: what that proves. Others can only assert one. */
  captured?: Attribution | undefined
  isCapture: boolean
}

export type Attributed = { actor: Actor; attribution?: Attribution }

/**
 * Decides who is behind an event, and how sure that is:
 *
 * - *proven* where the database authenticated the person (a capture says so), unless the login is a tool's;
 * - *trusted* where the login is registered as a tool's, and the comment is in that tool's form, at that tool's place;
 * - *asserted* otherwise: anybody can type a comment.
 *
 * The actor becomes the person of the directory, or who is claimed, where that is trusted or proven, or where the login
 * is that person's own; but an e-mail that a sender gave is never replaced, except by a capture's own knowledge. Login,
 * claim and the actor as sent are kept beside. What people do in this product is theirs already.
 */
export function attributeEvent(
  event: Pick<AuditEvent, 'actor' | 'data' | 'context'>,
  way: AttributionWay,
  index: PeopleIndex,
): Attributed {
  const { actor, data } = event
  if (way.source === 'app') return { actor }
  const login = way.captured?.login ?? textOf(data?.['login'])
  const scopes = scopesOf(event, way, index)
  const account = login === undefined ? undefined : index.accountOfLogin(scopes, login)
  const claim = chooseClaim(readClaims(event, account?.ownForm), account)
  const tool = claim?.tool ?? toolOfApplication(event.context?.application)
  if (login === undefined && claim === undefined && tool === undefined) return { actor }
  // The certificate of a tool proves the tool, not who asked it.
  const isProven = way.captured?.trust === 'proven' && account === undefined
  const isTrusted = claim !== undefined && account !== undefined && isOwn(claim, account)
  const claimed = isProven ? way.captured?.claimed : (claim?.claimed ?? way.captured?.claimed)
  const attribution: Attribution = {
    ...(login === undefined ? {} : { login }),
    ...(claimed === undefined ? {} : { claimed }),
    ...(tool === undefined ? {} : { tool }),
    trust: isProven ? 'proven' : isTrusted ? 'trusted' : 'asserted',
    ...(claim?.facts === undefined ? {} : { facts: claim.facts }),
  }
  if (!mayReplace(actor, login, way, isTrusted)) return { actor, attribution }
  if (isTrusted) return nameClaimed(actor, claim, attribution, index)
  const person = account === undefined ? personOf(login, claimed?.id, isProven, scopes, index) : undefined
  return person === undefined ? { actor, attribution } : named(actor, actor, person, attribution)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What `prod` can be in `prod/ann`: the integration; for events that were sent, the database they name. */
export function scopesOf(
  { data }: Pick<AuditEvent, 'data'>,
  { source, isCapture }: Pick<AttributionWay, 'source' | 'isCapture'>,
  index: PeopleIndex,
): string[] {
  const scope = isCapture ? index.nameOfIntegration(source) : textOf(data?.['database'])
  return scope === undefined ? [] : [scope]
}

/** The claim in the registered tool's own form; else the one that stands furthest outside. */
function chooseClaim(claims: readonly ToolClaim[], account: KnownAccount | undefined): ToolClaim | undefined {
  const own = account === undefined ? undefined : claims.find((claim) => isOwn(claim, account))
  return own ?? claims[0]
}

/** An application's comment names the application; the form of a tool that has one of its own proves more than a name. */
function isOwn({ form, tool, isOutermost }: ToolClaim, account: KnownAccount): boolean {
  if (!isOutermost) return false
  if (form === 'pattern') return true
  const wanted = account.tool.toLowerCase()
  if (form === 'sqlcommenter' || form === 'tag') {
    return (tool === wanted || form === wanted) && !toolsWithForm.has(wanted)
  }
  return form === wanted
}

const toolsWithForm: ReadonlySet<string> = new Set([
  'metabase',
  'looker',
  'dbt',
  'redash',
  'hex',
  'mode',
  'sigma',
])

/** Whether another actor may be put in the place of the one that was sent. */
function mayReplace(
  { email, id, name }: Actor,
  login: string | undefined,
  { isCapture }: AttributionWay,
  isTrusted: boolean,
): boolean {
  // What a capture tells of itself, such as a gap in a session's lines, nobody behind that login did.
  if (isCapture) return login !== undefined && id === login
  if (email !== undefined && email !== '') return false
  // A sender that gave a name knows more than a login, but less than the tool that the login belongs to.
  return isTrusted || (login !== undefined && (id ?? login) === login && (name ?? login) === login)
}

/** A proven identity may be registered as it is; else the login, which the database made sure of, is somebody's own. */
function personOf(
  login: string | undefined,
  identity: string | undefined,
  isProven: boolean,
  scopes: readonly string[],
  index: PeopleIndex,
): DirectoryPerson | undefined {
  const byIdentity =
    isProven && identity !== undefined
      ? (index.personOfEmail(identity) ?? index.personOfToolId('database', identity))
      : undefined
  if (byIdentity !== undefined || login === undefined) return byIdentity
  return index.personOfLogin(scopes, login) ?? index.personOfEmail(login)
}

function nameClaimed(
  actor: Actor,
  { tool, claimed }: ToolClaim,
  attribution: Attribution,
  index: PeopleIndex,
): Attributed {
  // A tool such as dbt acts for nobody in particular.
  if (claimed === undefined) return { actor, attribution }
  const { id, name, email } = claimed
  const person =
    (id === undefined ? undefined : index.personOfToolId(tool, id)) ??
    (email === undefined ? undefined : index.personOfEmail(email))
  const claimedActor: Actor = {
    type: 'user',
    // The number that a tool gives somebody means nothing without the tool.
    ...(id === undefined ? {} : { id: `${tool}:${id}` }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  }
  if (person !== undefined) return named(actor, claimedActor, person, attribution)
  return { actor: claimedActor, attribution: withSent(attribution, actor) }
}

/** The person in the place of the actor that was sent; `base` is what of the actor stays. */
function named(sent: Actor, base: Actor, person: DirectoryPerson, attribution: Attribution): Attributed {
  const email = person.emails[0] ?? base.email
  const actor = { ...base, name: person.name, ...(email === undefined ? {} : { email }) }
  const known = { ...attribution, personId: person.id }
  const isSame = sent.name === actor.name && sent.email === actor.email && sent.id === actor.id
  return { actor, attribution: isSame ? known : withSent(known, sent) }
}

/** An actor that is no more than the login stands in the attribution already. */
function withSent(attribution: Attribution, sent: Actor): Attribution {
  const { login } = attribution
  const isLogin = (sent.id ?? login) === login && (sent.name ?? login) === login && sent.email === undefined
  return isLogin ? attribution : { ...attribution, sent }
}
