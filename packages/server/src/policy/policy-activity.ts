import {
  policyLimits,
  type Policy,
  type PolicyActivity,
  type PolicyVersion,
} from '@aleph-audit-log/domain/api/policies'
import { toPolicyName } from '@aleph-audit-log/domain/policy/policy-question'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { requireWholeLog, restrictToViewer } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Settings } from '../settings/open-settings.ts'
import { requirePolicyReader } from '../settings/policies/policy-access.ts'
import { listPolicies, listVersionsUntil } from '../settings/policies/policies.ts'
import type { EventStore } from '../store/event-store.ts'
import type { VerdictCount } from '../store/query-groups.ts'

export type PolicyActivityDependencies = {
  store: EventStore
  settings: Settings
  now: () => number
  retentionDays: number
  windowDays: number
}

const dayMs = 86_400_000

/**
 * How policies were kept and violated in a range of time (ms; without one the past days of the window; not before events are
 * kept), by day and by whom: those that there are, those that were switched on then, and those that events still name, each
 * on the days on which it was switched on. Errors: `forbidden`.
 */
export async function readPolicyActivity(
  deps: PolicyActivityDependencies,
  viewer: Viewer,
  range: { fromMs: number; beforeMs: number } | undefined,
  signal?: AbortSignal,
): Promise<PolicyActivity> {
  requirePolicyReader(viewer)
  requireWholeLog(viewer)
  const nowMs = deps.now()
  const { fromMs, beforeMs } = range ?? { fromMs: nowMs - deps.windowDays * dayMs, beforeMs: nowMs }
  const search = restrictToViewer(
    viewer,
    { filter: { kind: 'and', terms: [] }, from: timeFromMs(fromMs), before: timeFromMs(beforeMs) },
    timeFromMs(nowMs - deps.retentionDays * dayMs),
  )
  const counts = await deps.store.countVerdicts(search, { signal })
  const policies = await listPolicies(deps.settings, viewer)
  const versions = await listVersionsUntil(deps.settings, viewer, new Date(beforeMs).toISOString())
  const from = new Date(Math.min(timeToMs(search.from), beforeMs)).toISOString()
  return {
    from,
    to: new Date(beforeMs).toISOString(),
    policies: activityOf(policies, spansOf(versions), { counts, fromDay: from.slice(0, 10) }),
  }
}

/** Under a name some policy was switched on from a day to another, both included. */
type Span = { name: string; from: string; to: string }

function spansOf(versions: readonly (PolicyVersion & { policyId: string })[]): Map<string, Span[]> {
  const spans = new Map<string, Span[]>()
  const open = new Map<string, Span>()
  for (const { policyId, name, enabled, at } of versions) {
    const day = at.slice(0, 10)
    const before = open.get(policyId)
    if (before !== undefined) before.to = day
    open.delete(policyId)
    if (!enabled) continue
    const span = { name, from: day, to: lastDay }
    open.set(policyId, span)
    const key = toPolicyName(name)
    spans.set(key, [...(spans.get(key) ?? []), span])
  }
  return spans
}

/** After each day. */
const lastDay = '9999-12-31'

function activityOf(
  policies: readonly Policy[],
  spans: ReadonlyMap<string, readonly Span[]>,
  { counts, fromDay }: { counts: readonly VerdictCount[]; fromDay: string },
): PolicyActivity['policies'] {
  const known = new Set(policies.map(({ name }) => toPolicyName(name)))
  const former = new Map<string, string>()
  for (const name of counts.flatMap((count) => count.policies)) former.set(name, name)
  for (const [key, own] of spans) for (const { name, to } of own) if (to >= fromDay) former.set(key, name)
  const perDay = new Map<string, number>()
  for (const { day, count } of counts) perDay.set(day, (perDay.get(day) ?? 0) + count)
  const names = [
    ...policies.map(({ name }) => name),
    ...[...former].flatMap(([key, name]) => (known.has(key) ? [] : [name])).sort(),
  ]
  return names.map((name) => ofOne(name, spans.get(toPolicyName(name)) ?? [], counts, perDay))
}

type Day = PolicyActivity['policies'][number]['byDay'][number]

function ofOne(
  name: string,
  spans: readonly Span[],
  counts: readonly VerdictCount[],
  perDay: ReadonlyMap<string, number>,
): PolicyActivity['policies'][number] {
  const key = toPolicyName(name)
  const days = new Map<string, Day>()
  const dayOf = (day: string): Day => {
    const known = days.get(day) ?? { day, judged: perDay.get(day) ?? 0, violations: 0, excepted: 0 }
    days.set(day, known)
    return known
  }
  for (const day of perDay.keys()) if (spans.some(({ from, to }) => from <= day && day <= to)) dayOf(day)
  const people = new Map<string, number>()
  for (const { day, person, decision, policies, count } of counts) {
    if (!policies.includes(key)) continue
    if (decision === 'excepted') dayOf(day).excepted += count
    else {
      dayOf(day).violations += count
      people.set(person, (people.get(person) ?? 0) + count)
    }
  }
  const byDay = [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
  const sum = (of: (day: Day) => number): number => byDay.reduce((all, day) => all + of(day), 0)
  const ranked = [...people].map(([person, count]) => ({ name: person, count }))
  ranked.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  return {
    name,
    judged: sum(({ judged }) => judged),
    violations: sum(({ violations }) => violations),
    excepted: sum(({ excepted }) => excepted),
    people: ranked.slice(0, policyLimits.namesMax),
    peopleTotal: ranked.length,
    byDay,
  }
}
