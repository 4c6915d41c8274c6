import { setImmediate } from 'node:timers/promises'
import { policyLimits, type JudgedPast } from '@aleph-audit-log/domain/api/policies'
import type { PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Statement, StoredEvent } from '@aleph-audit-log/domain/event'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { exactPattern } from '@aleph-audit-log/domain/filter/pattern'
import { networkOf, questionsOf, type PolicyQuestion } from '@aleph-audit-log/domain/policy/policy-question'
import type { TagIndex, TagList } from '@aleph-audit-log/domain/policy/tag-index'
import { nextMicrosecond, timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { requireWholeLog, restrictToViewer, type RequestedSearch } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { requirePolicyReader } from '../settings/policies/policy-access.ts'
import type { EventStore } from '../store/event-store.ts'
import type { QueryGroup, TableClass } from '../store/query-groups.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import { normalizedMax, personOf } from '../store/seen.ts'
import { groupsOf } from './judge-statement.ts'
import type { PolicyDirectory } from './policy-directory.ts'
import { PolicySet } from './policy-set.ts'
import { requirePolicy, type ReadPolicy } from './read-policy.ts'

export type JudgePastDependencies = {
  store: EventStore
  policies: Pick<PolicyDirectory, 'rulebookOf'>
  peopleOf: (workspaceId: string) => PeopleIndex
  now: () => number
  retentionDays: number
  /** How much of the past is judged. */
  windowDays: number
}

const dayMs = 86_400_000
const anything: Filter = { kind: 'and', terms: [] }
/** Groups of queries that are judged; more are refused, because nobody waits for them. */
const groupsMax = 500_000
/** So many groups, then others have their turn. */
const groupsPerTurn = 2000

/**
 * What a policy would have said of the past: of each query of the window, with the tags of tables and the directory as
 * they are now, and without exceptions. Queries that are alike in all that the policy asks are judged once. Errors:
 * `invalid` for a text that cannot be used, with its places; `forbidden`; `too_large` if they are too different.
 */
export async function judgePast(
  deps: JudgePastDependencies,
  viewer: Viewer,
  text: string,
  signal?: AbortSignal,
): Promise<JudgedPast> {
  requirePolicyReader(viewer)
  requireWholeLog(viewer)
  const read = requirePolicy(text)
  const nowMs = deps.now()
  const from = timeFromMs(nowMs - deps.windowDays * dayMs)
  const search = restrict(deps, viewer, { from, before: timeFromMs(nowMs) })
  const { tags } = deps.policies.rulebookOf(viewer.workspaceId)
  const classes = classifyTables(read, tags)
  const { groups, hasMore } = await deps.store.groupQueries(
    search,
    { zone: read.zone, by: keysOf(read), classOf: classes?.classOf, groupsMax },
    { signal },
  )
  if (hasMore) {
    const message = `The queries of the past ${deps.windowDays} days are too different to be judged while you wait: more than ${groupsMax} groups.`
    throw new AuditError('too_large', message)
  }
  const range = { from, before: search.before }
  const restrictTo = (filter: Filter): RestrictedSearch => restrict(deps, viewer, range, filter)
  const texts = await readTexts(deps.store, restrictTo, groups, signal)
  const people = deps.peopleOf(viewer.workspaceId)
  const found = await judgeGroups(groups, read, (group) => ({
    ...whoOf(group, people),
    questions: questionsOfGroup(group, classes, texts),
  }))
  const counts = countGroups(groups, found)
  return {
    from: new Date(timeToMs(search.from)).toISOString(),
    to: new Date(nowMs).toISOString(),
    ...counts,
    examples: await readExamples(deps, viewer, found, signal),
  }
}

function restrict(
  { retentionDays, now }: JudgePastDependencies,
  viewer: Viewer,
  asked: Omit<RequestedSearch, 'filter'>,
  filter: Filter = anything,
): RestrictedSearch {
  return restrictToViewer(viewer, { ...asked, filter }, timeFromMs(now() - retentionDays * dayMs))
}

function keysOf({ uses }: ReadPolicy) {
  return {
    who: uses.groups.size > 0 || uses.service,
    tool: uses.tool !== 'none',
    application: uses.application !== 'none',
    network: uses.network !== 'none',
    hour: uses.hour,
    weekday: uses.weekday,
  }
}

/** Tables that are alike to a policy: they have the same tags that it speaks of, and the same columns with such. */
type TableClasses = {
  classOf: (table: string, database: string) => TableClass | undefined
  /** The tags of a table of this class in a query. */
  tagsOf: (name: string, group: QueryGroup, text: string) => TagList
}

function classifyTables({ uses }: ReadPolicy, tags: TagIndex): TableClasses | undefined {
  if (uses.tags.size === 0 || tags.isEmpty) return undefined
  const members = new Map<string, { table: string; database: string }>()
  return {
    classOf: (table, database) => {
      // With every column.
      const whole = statementOf(table, { selectsStar: true, fingerprint: '' }, '')
      const spoken = tags.tagsOf(whole, 0, database).filter((tag) => uses.tags.has(tag))
      if (spoken.length === 0) return undefined
      const byQuery = tags.hasColumnTags(table, database)
      // The columns of two tables may have other names.
      const name = JSON.stringify(byQuery ? [spoken, table, database] : [spoken])
      if (!members.has(name)) members.set(name, { table, database })
      return { name, byQuery }
    },
    tagsOf: (name, group, text) => {
      const member = members.get(name)
      if (member === undefined) return noTags
      return tags.tagsOf(statementOf(member.table, group, text), 0, member.database)
    },
  }
}

function statementOf(
  table: string,
  { selectsStar, fingerprint }: Pick<QueryGroup, 'selectsStar' | 'fingerprint'>,
  normalized: string,
): Statement {
  const flags = selectsStar ? ['select_star'] : []
  const tables = [{ name: table, access: 'read' as const }]
  return { kind: 'read', parsed: true, tables, fingerprint, normalized, flags }
}

type Texts = ReadonlyMap<string, string>

/** The words of the queries in which a column may be named; of a long one its newest event has them all. */
async function readTexts(
  store: EventStore,
  restrictTo: (filter: Filter) => RestrictedSearch,
  groups: readonly QueryGroup[],
  signal: AbortSignal | undefined,
): Promise<Texts> {
  const fingerprints = [...new Set(groups.map(({ fingerprint }) => fingerprint))].filter((one) => one !== '')
  if (fingerprints.length === 0) return new Map()
  const texts = new Map(await store.readQueryTexts(restrictTo(anything), fingerprints, { signal }))
  for (const fingerprint of fingerprints) {
    const known = texts.get(fingerprint)
    if (known !== undefined && known.length <= normalizedMax) continue
    const filter = { kind: 'field', field: 'fingerprint', pattern: exactPattern(fingerprint) } as const
    const { events } = await store.searchEvents(restrictTo(filter), { limit: 1, bytesMax: 1 }, { signal })
    texts.set(fingerprint, events[0]?.statement?.normalized ?? '')
  }
  return texts
}

function whoOf({ email, login, source, database, isService }: QueryGroup, people: PeopleIndex) {
  const scope = people.nameOfIntegration(source) ?? database
  const scopes = scope === '' ? [] : [scope]
  const person =
    (email === '' ? undefined : people.personOfEmail(email)) ??
    (login === '' ? undefined : people.personOfLogin(scopes, login))
  const isKnown = login !== '' && people.accountOfLogin(scopes, login) !== undefined
  return { groups: groupsOf(person), service: isService || isKnown }
}

function questionsOfGroup(
  group: QueryGroup,
  classes: TableClasses | undefined,
  texts: Texts,
): PolicyQuestion[] {
  const { kind, uses, readsOther, writesOther, fingerprint } = group
  const text = texts.get(fingerprint) ?? ''
  const lists = uses.map((use) => classes?.tagsOf(use.class, group, text) ?? noTags)
  const tables = [
    ...uses.map(({ access }) => ({ name: '', access })),
    ...(readsOther ? [{ name: '', access: 'read' as const }] : []),
    ...(writesOther ? [{ name: '', access: 'write' as const }] : []),
  ]
  return questionsOf({ kind, tables }, (place) => lists[place] ?? noTags)
}

const noTags: readonly string[] = []

type Asked = { groups: readonly string[]; service: boolean; questions: PolicyQuestion[] }

async function judgeGroups(
  groups: readonly QueryGroup[],
  read: ReadPolicy,
  ask: (group: QueryGroup) => Asked,
): Promise<QueryGroup[]> {
  let fault: string | undefined
  const set = new PolicySet([{ id: '', name: '', version: 0, read }], (_, message) => (fault = message))
  try {
    const found: QueryGroup[] = []
    for (const [i, group] of groups.entries()) {
      if (i % groupsPerTurn === groupsPerTurn - 1) await setImmediate()
      const { questions, ...who } = ask(group)
      const { tool, application, ipKey, lastAt } = group
      const facts = { ...who, tool, application, network: networkOf(ipKey), ms: timeToMs(lastAt) }
      if (questions.some((question) => set.violated({ ...facts, ...question }).length > 0)) found.push(group)
    }
    if (fault !== undefined) throw new AuditError('invalid', `The policy cannot be evaluated: ${fault}`)
    return found
  } finally {
    set.close()
  }
}

function countGroups(
  groups: readonly QueryGroup[],
  found: readonly QueryGroup[],
): Omit<JudgedPast, 'from' | 'to' | 'examples'> {
  const days = new Map<string, { day: string; judged: number; queries: number }>()
  const dayOf = (day: string) => {
    const known = days.get(day) ?? { day, judged: 0, queries: 0 }
    days.set(day, known)
    return known
  }
  const people = new Map<string, number>()
  const tables = new Map<string, number>()
  for (const { day, count } of groups) dayOf(day).judged += count
  for (const group of found) {
    dayOf(group.day).queries += group.count
    add(people, group.person, group.count)
    for (const { name, count } of group.tables) add(tables, name, count)
  }
  const sum = (list: readonly QueryGroup[]): number => list.reduce((all, { count }) => all + count, 0)
  return {
    judged: sum(groups),
    queries: sum(found),
    ...firstNames(people, 'people'),
    ...firstNames(tables, 'tables'),
    byDay: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count)
}

type Names = { name: string; count: number }[]

function firstNames<K extends 'people' | 'tables'>(
  counts: ReadonlyMap<string, number>,
  key: K,
): Record<K, Names> & Record<`${K}Total`, number> {
  const all = [...counts].map(([name, count]) => ({ name, count }))
  all.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  // Both keys are made of K.
  return { [key]: all.slice(0, policyLimits.namesMax), [`${key}Total`]: all.length } as Record<K, Names> &
    Record<`${K}Total`, number>
}

/** The newest event of each of the newest groups. */
async function readExamples(
  deps: JudgePastDependencies,
  viewer: Viewer,
  found: readonly QueryGroup[],
  signal: AbortSignal | undefined,
): Promise<JudgedPast['examples']> {
  const newest = found.toSorted((a, b) => (a.lastAt < b.lastAt ? 1 : -1)).slice(0, policyLimits.examplesMax)
  const examples: JudgedPast['examples'] = []
  for (const group of newest) {
    const range = { from: group.lastAt, before: nextMicrosecond(group.lastAt) }
    const { events } = await deps.store.searchEvents(
      restrict(deps, viewer, range),
      { limit: sameTimeMax, bytesMax: sameTimeBytesMax },
      { signal },
    )
    const event = events.find((one) => isOfGroup(one, group) && !examples.some(({ id }) => id === one.id))
    if (event !== undefined) examples.push(toExample(event, group))
  }
  return examples
}

/** Among so many events of the same microsecond the example is looked for. */
const sameTimeMax = 100
const sameTimeBytesMax = 4 * 1024 * 1024

function isOfGroup(event: StoredEvent, group: QueryGroup): boolean {
  const { statement } = event
  if (statement?.kind !== group.kind || personOf(event) !== group.person) return false
  const names = new Set(statement.tables.map(({ name }) => name.toWellFormed()))
  return group.uses.length === 0 || group.tables.some(({ name }) => names.has(name))
}

function toExample(event: StoredEvent, { person }: QueryGroup): JudgedPast['examples'][number] {
  const sql = event.data?.['sql']
  return {
    id: event.id,
    occurredAt: event.occurredAt,
    person,
    ...(typeof sql === 'string' ? { sql: firstOf(sql) } : {}),
    tables: [...new Set(event.statement?.tables.map(({ name }) => name) ?? [])].slice(
      0,
      policyLimits.namesMax,
    ),
  }
}

/** Of an example the first characters are shown; its id leads to the rest. */
const exampleUnitsMax = 500

function firstOf(sql: string): string {
  return sql.length > exampleUnitsMax ? `${sql.slice(0, exampleUnitsMax).toWellFormed()}…` : sql
}
