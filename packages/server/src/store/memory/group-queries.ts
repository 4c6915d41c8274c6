import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { policyQuarterMs, policyTimeOf } from '@aleph-audit-log/domain/policy/policy-question'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import type { QueryGroup, QueryGroups, QueryGroupsQuestion, VerdictCount } from '../query-groups.ts'
import { firstCharacters, personOf } from '../seen.ts'

type Row = { event: StoredEvent; searchable: SearchableEvent }

/** What `EventStore.groupQueries` groups, said plainly. */
export function groupQueriesOf(rows: readonly Row[], question: QueryGroupsQuestion): QueryGroups {
  const groups = new Map<string, QueryGroup>()
  for (const row of rows) {
    if (row.event.statement === undefined || row.searchable.source === 'app') continue
    const found = toGroup(row, question)
    const { count: _count, tables, lastAt, ...like } = found
    const known = groups.get(JSON.stringify(like))
    if (known === undefined) groups.set(JSON.stringify(like), found)
    else {
      known.count++
      for (const { name, count } of tables) {
        const same = known.tables.find((table) => table.name === name)
        if (same === undefined) known.tables.push({ name, count })
        else same.count += count
      }
      if (lastAt > known.lastAt) known.lastAt = lastAt
    }
  }
  const all = [...groups.values()]
  return { groups: all.slice(0, question.groupsMax), hasMore: all.length > question.groupsMax }
}

function toGroup({ event, searchable }: Row, { by, zone, classOf }: QueryGroupsQuestion): QueryGroup {
  const statement = event.statement!
  const touched = statement.tables.map(({ name, access }) => ({
    name: name.toWellFormed(),
    access,
    known: classOf?.(name.toWellFormed(), searchable.database),
  }))
  const known = touched.filter((table) => table.known !== undefined)
  const other = touched.filter((table) => table.known === undefined)
  const isOfQuery = known.some((table) => table.known?.byQuery === true)
  const uses = new Map(
    known.map((table) => {
      const use = { class: table.known?.name ?? '', access: table.access }
      return [JSON.stringify(use), use]
    }),
  )
  const ms = Math.floor(timeToMs(searchable.occurredAt) / policyQuarterMs) * policyQuarterMs
  const { hour, weekday } = policyTimeOf(ms, zone)
  return {
    day: searchable.occurredAt.slice(0, 10),
    person: personOf(event),
    kind: statement.kind,
    uses: [...uses.values()].sort((a, b) => compare(a.class, b.class) || compare(a.access, b.access)),
    tables: [...new Set(known.map(({ name }) => name))].map((name) => ({ name, count: 1 })),
    readsOther: other.some(({ access }) => access === 'read'),
    writesOther: other.some(({ access }) => access === 'write'),
    database: by.who || known.length > 0 ? searchable.database : '',
    email: by.who ? searchable.email : '',
    login: by.who ? searchable.login : '',
    source: by.who ? searchable.source : '',
    isService: by.who && searchable.tags.includes('person.service'),
    tool: by.tool ? searchable.tool : '',
    application: by.application ? searchable.application : '',
    ipKey: by.network ? networkKey(searchable.ipKey) : '',
    hour: by.hour ? hour : 0,
    weekday: by.weekday ? weekday : 0,
    fingerprint: isOfQuery ? statement.fingerprint : '',
    selectsStar: isOfQuery && statement.flags.includes('select_star'),
    count: 1,
    lastAt: searchable.occurredAt,
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function networkKey(ipKey: string): string {
  if (ipKey === '') return ''
  return ipKey.startsWith(`${'0'.repeat(20)}ffff`)
    ? `${ipKey.slice(0, 30)}00`
    : `${ipKey.slice(0, 12)}${'0'.repeat(20)}`
}

/** What `EventStore.countVerdicts` counts, said plainly. */
export function countVerdictsOf(rows: readonly Row[]): VerdictCount[] {
  const counts = new Map<string, VerdictCount>()
  for (const { event, searchable } of rows) {
    if (event.policy === undefined) continue
    const { decision, policies } = event.policy
    const like = {
      day: searchable.occurredAt.slice(0, 10),
      person: personOf(event),
      decision,
      policies: policies.map(toSearchText),
    }
    const key = JSON.stringify(like)
    const known = counts.get(key) ?? { ...like, count: 0 }
    known.count++
    counts.set(key, known)
  }
  return [...counts.values()]
}

/** What `EventStore.readQueryTexts` reads, said plainly. */
export function queryTextsOf(rows: readonly Row[], fingerprints: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>()
  for (const { event } of rows) {
    const { fingerprint = '', normalized = '' } = event.statement ?? {}
    if (fingerprints.includes(fingerprint)) texts.set(fingerprint, firstCharacters(normalized.toWellFormed()))
  }
  return texts
}
