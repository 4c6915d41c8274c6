import { policyLimits, type Policy, type PolicyActivity } from '@aleph-audit-log/domain/api/policies'
import { toPolicyName } from '@aleph-audit-log/domain/policy/policy-question'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { requireWholeLog, restrictToViewer } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Settings } from '../settings/open-settings.ts'
import { requirePolicyReader } from '../settings/policies/policy-access.ts'
import { listPolicies } from '../settings/policies/policies.ts'
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
 * How policies were kept and violated in a range of time (ms; without one the past days of the window), by day and by whom:
 * those that there are, and those that events still name. Errors: `forbidden`.
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
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(beforeMs).toISOString(),
    policies: activityOf(policies, counts),
  }
}

function activityOf(
  policies: readonly Policy[],
  counts: readonly VerdictCount[],
): PolicyActivity['policies'] {
  const known = new Map(policies.map((policy) => [toPolicyName(policy.name), policy]))
  const former = counts.flatMap((count) => count.policies).filter((name) => !known.has(name))
  const perDay = new Map<string, number>()
  for (const { day, count } of counts) perDay.set(day, (perDay.get(day) ?? 0) + count)
  return [
    ...policies.map(({ name, createdAt }) => ofOne(name, createdAt.slice(0, 10), counts, perDay)),
    ...[...new Set(former)].sort().map((name) => ofOne(name, undefined, counts, perDay)),
  ]
}

type Day = PolicyActivity['policies'][number]['byDay'][number]

/** Of a policy that is gone only the days are known on which it was violated. */
function ofOne(
  name: string,
  since: string | undefined,
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
  if (since !== undefined) for (const day of perDay.keys()) if (day >= since) dayOf(day)
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
