import type { DirectoryPerson } from '@aleph-audit-log/domain/attribution/people-index'
import type { PolicyVerdict, Statement } from '@aleph-audit-log/domain/event'
import type { KnownActor } from '@aleph-audit-log/domain/policy/known-actor'
import { questionsOf, toPolicyName, type PolicyWay } from '@aleph-audit-log/domain/policy/policy-question'
import type { TagIndex, TagList } from '@aleph-audit-log/domain/policy/tag-index'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { NamedPolicy, PolicySet } from './policy-set.ts'

/** Somebody may do until a time what a policy forbids. Times in ms. */
export type Exception = {
  /** Undefined: every policy. */
  policyId: string | undefined
  kind: 'person' | 'group'
  /** As policies compare names. */
  subject: string
  fromMs: number
  untilMs: number
}

/** What a workspace says of tables and who may do what with them, ready to be asked. */
export type Rulebook = { tags: TagIndex; set: PolicySet | undefined; exceptions: readonly Exception[] }

/** A statement with everything that its judgement needs. */
export type Judged = {
  statement: Statement
  /** As it stands in the event. */
  database: string
  /** Names by which an exception may know who did it; asked for only where something is forbidden. */
  names: () => readonly string[]
  actor: KnownActor
  way: Omit<PolicyWay, 'service'>
  ms: number
}

const none: readonly string[] = Object.freeze([])
const groupsOfPeople = new WeakMap<DirectoryPerson, readonly string[]>()

/** The groups of a person as policies compare them; the same list each time. */
export function groupsOf(person: DirectoryPerson | undefined): readonly string[] {
  if (person?.groups === undefined || person.groups.length === 0) return none
  const known = groupsOfPeople.get(person)
  if (known !== undefined) return known
  const groups = Object.freeze(person.groups.map(toPolicyName))
  groupsOfPeople.set(person, groups)
  return groups
}

/** The tags of each table of a statement, by its place, and all of them once. */
export function tagsOfStatement(
  { tags }: Rulebook,
  { statement, database }: Pick<Judged, 'statement' | 'database'>,
): { ofTable: (place: number) => TagList; all: TagList } {
  if (tags.isEmpty || statement.tables.length === 0) return { ofTable: () => none, all: none }
  const lists = statement.tables.map((_, place) => tags.tagsOf(statement, place, database))
  const [first = none] = lists
  const isSame = lists.every((list) => list === first)
  return { ofTable: (place) => lists[place] ?? none, all: isSame ? first : [...new Set(lists.flat())].sort() }
}

/**
 * Judges a statement: each of its tables with what it does to it, and the whole where it has none. Undefined where the
 * workspace has no policies.
 */
export function judgeStatement(
  rulebook: Rulebook,
  judged: Judged,
  tagsOf: (place: number) => TagList,
): PolicyVerdict | undefined {
  const { set, exceptions } = rulebook
  if (set === undefined) return undefined
  const { actor, way, ms, statement } = judged
  const groups = groupsOf(actor.person)
  const { tool, application, network } = way
  const service = actor.isService
  let violated: readonly NamedPolicy[] = []
  for (const { action, tags } of questionsOf(statement, tagsOf)) {
    const found = set.violated({ action, tags, groups, tool, application, network, service, ms })
    if (found.length > 0) violated = violated.length === 0 ? found : [...violated, ...found]
  }
  if (violated.length === 0) return { decision: 'allowed', policies: [] }
  const policies = [...new Set(violated)]
  const left = policies.filter(({ id }) => !isExcepted(id, judged, groups, exceptions))
  return left.length > 0
    ? { decision: 'violation', policies: namesOf(left) }
    : { decision: 'excepted', policies: namesOf(policies) }
}

function namesOf(policies: readonly NamedPolicy[]): string[] {
  return policies.map(({ name }) => name).sort()
}

function isExcepted(
  policyId: string,
  { ms, names, actor }: Judged,
  groups: readonly string[],
  exceptions: readonly Exception[],
): boolean {
  if (exceptions.length === 0) return false
  const own = names()
  return exceptions.some((exception) => {
    if (exception.policyId !== undefined && exception.policyId !== policyId) return false
    if (ms < exception.fromMs || ms >= exception.untilMs) return false
    if (exception.kind === 'group') return groups.includes(exception.subject)
    const { subject } = exception
    return (
      own.includes(subject) ||
      (actor.person?.emails.some((email) => toSearchText(email) === subject) ?? false)
    )
  })
}
