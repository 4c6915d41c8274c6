import { alertLimits } from '@aleph-audit-log/domain/alert-values'
import type { EventField, Rule } from '@aleph-audit-log/domain/detect/rule'
import { summarize } from '@aleph-audit-log/domain/detect/summarize'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { printFilter } from '@aleph-audit-log/domain/filter/print-filter'
import type { Finding, KnownNames } from '../settings/alerts/write-alerts.ts'
import { detectionLimits } from './detection-limits.ts'
import { fieldName, type Evidence } from './evidence.ts'
import { groupFilter } from './field-filter.ts'
import type { Hit, HitFacts } from './hit.ts'
import { dayMicros, fromMicros, type Micros } from './times.ts'

/** Hits of one rule and group that belong together, as far as they were gathered. */
type Cluster = {
  rule: Rule
  group: readonly string[]
  evidence: Evidence[]
  /** Of all of its events, also those that are not kept: the values of each field that summaries name. */
  values: Map<string, Set<string>>
  /** An event that is part of it and not at hand. */
  firstId: string | undefined
  count: number
  firstAt: Micros
  lastAt: Micros
  facts: HitFacts
}

/**
 * Hits as findings: those of the same rule and group are one, as long as less than a day lies between their events. The
 * same as `writeAlerts` does with findings and the alerts that are there. `rules` are all that were held against the events.
 */
export function findingsOf(hits: readonly Hit[], rules: readonly Rule[]): Finding[] {
  const clusters = new Map<string, Cluster[]>()
  for (const hit of hits) {
    const key = JSON.stringify([hit.rule.id, hit.group])
    const ofGroup = clusters.get(key) ?? []
    clusters.set(key, ofGroup)
    const near = ofGroup.find(
      (one) => hit.firstAt - one.lastAt < dayMicros && one.firstAt - hit.lastAt < dayMicros,
    )
    if (near === undefined) ofGroup.push(clusterOf(hit))
    else addTo(near, hit)
  }
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  return [...clusters.values()].flat().map((cluster) => toFinding(cluster, byId))
}

function clusterOf(hit: Hit): Cluster {
  const { rule, group, evidence, firstId, count, firstAt, lastAt, facts } = hit
  const kept = evidence.slice(0, detectionLimits.evidenceMax)
  const cluster = {
    rule,
    group,
    evidence: [...kept],
    values: new Map(),
    firstId,
    count,
    firstAt,
    lastAt,
    facts,
  }
  addValues(cluster, evidence)
  return cluster
}

function addValues({ values }: Pick<Cluster, 'values'>, evidence: readonly Evidence[]): void {
  for (const one of evidence) {
    for (const [field, found] of one.values) {
      const known = values.get(field) ?? new Set()
      values.set(field, known)
      for (const value of found) known.add(value)
    }
  }
}

function addTo(cluster: Cluster, hit: Hit): void {
  const room = detectionLimits.evidenceMax - cluster.evidence.length
  cluster.evidence.push(...hit.evidence.slice(0, room))
  addValues(cluster, hit.evidence)
  cluster.count += hit.count
  // The newest say most.
  if (hit.lastAt >= cluster.lastAt) cluster.facts = hit.facts
  cluster.firstAt = Math.min(cluster.firstAt, hit.firstAt)
  cluster.lastAt = Math.max(cluster.lastAt, hit.lastAt)
}

function toFinding(cluster: Cluster, rules: ReadonlyMap<string, Rule>): Finding {
  const { rule, group, evidence, firstId, count, firstAt, lastAt, facts } = cluster
  const { id, title, level, groupBy } = rule
  const ids = [...(firstId === undefined ? [] : [firstId]), ...evidence.map((one) => one.id)]
  return {
    rule: { id, title, level },
    group: groupBy.map((field, i) => ({ field: fieldName(field), value: group[i] ?? '' })),
    summaryOf: (eventCount, known) =>
      summarize(rule, { ...facts, count: eventCount, valuesOf: (field) => valuesOf(cluster, field, known) }),
    searchText: searchTextOf(rule, group, rules),
    searchTextOfRule: () => searchTextOf(rule, [], rules),
    firstEventAt: fromMicros(firstAt),
    lastEventAt: fromMicros(lastAt),
    eventCount: count,
    people: present([...evidence.map(({ person }) => person), ...groupValues(cluster, 'person')]),
    tables: present([...evidence.flatMap(({ tables }) => tables), ...groupValues(cluster, 'table')]),
    eventIds: [...new Set(ids)],
    late: evidence.some(({ isLate }) => isLate),
  }
}

/** The newest first; `known` is what the alert names already. */
function valuesOf(
  cluster: Cluster,
  field: EventField,
  known: KnownNames | undefined,
): { values: string[]; hasMore: boolean } {
  const ofGroup = groupValues(cluster, field)
  if (ofGroup.length > 0) return { values: ofGroup, hasMore: false }
  const before = field === 'person' ? known?.people : field === 'table' ? known?.tables : undefined
  const values = [...(cluster.values.get(fieldName(field)) ?? []), ...(before ?? [])]
  // The alert names so many of them at most.
  const hasMore = before !== undefined && before.length >= alertLimits.namesMax
  return { values: [...new Set(values)], hasMore }
}

function groupValues({ rule, group }: Cluster, field: EventField): string[] {
  return rule.groupBy.flatMap((one, i) => (fieldName(one) === fieldName(field) ? [group[i] ?? ''] : []))
}

function present(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values)].flatMap((value) => (value === undefined || value === '' ? [] : [value]))
}

function searchTextOf(rule: Rule, group: readonly string[], rules: ReadonlyMap<string, Rule>): string {
  const filter = filterOf(rule, group, rules)
  try {
    return printFilter(filter)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // A filter that no text can say, such as one that finds nothing: its group is all that there is to look for.
    return printFilter(groupFilter(rule.groupBy, group))
  }
}

/** What the rule looks at, of one group; of all groups without values. */
function filterOf(rule: Rule, group: readonly string[], rules: ReadonlyMap<string, Rule>): Filter {
  const ofGroup = (filter: Filter, fields: readonly EventField[]): Filter => {
    const terms = [filter, groupFilter(fields, group)].flatMap((one) =>
      one.kind === 'and' ? one.terms : [one],
    )
    return { kind: 'and', terms }
  }
  const { condition } = rule
  if (condition.kind !== 'correlation') return ofGroup(condition.filter, rule.groupBy)
  const terms = condition.rules.flatMap(({ id, groupBy }) => {
    const inner = rules.get(id)
    if (inner === undefined) return []
    if (inner.condition.kind === 'correlation') return [filterOf(inner, [], rules)]
    return [ofGroup(inner.condition.filter, groupBy)]
  })
  const [only] = terms
  return terms.length === 1 && only !== undefined ? only : { kind: 'or', terms }
}
