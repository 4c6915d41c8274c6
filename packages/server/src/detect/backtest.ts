import { eventGroups } from '@aleph-audit-log/domain/detect/event-groups'
import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import type { Finding } from '../settings/alerts/write-alerts.ts'
import { backtestByEvents } from './backtest-events.ts'
import { backtestBySums } from './backtest-sums.ts'
import { detectionLimits } from './detection-limits.ts'
import { toEvidence } from './evidence.ts'
import { excludeEvents } from './exclude-events.ts'
import { findingsOf } from './findings.ts'
import type { Hit } from './hit.ts'
import type { History } from './history.ts'
import { createRuleGraph } from './rule-graph.ts'
import { dayMicros, dayOf, type Micros } from './times.ts'

export type BacktestRequest = {
  rule: Rule
  /** All that run together, linked: a correlation looks at some of them. */
  rules: readonly Rule[]
  /** From the beginning of this day (in UTC) to this time. */
  from: Micros
  before: Micros
  /** Events that the rule is not to look at. */
  exclusions?: Filter | undefined
}

export type BacktestAlert = Pick<
  Finding,
  'group' | 'firstEventAt' | 'lastEventAt' | 'eventCount' | 'people' | 'tables' | 'eventIds'
> & { summary: string }

export type BacktestResult = {
  /** The newest, at most `detectionLimits.backtest.alertsMax`, the newest first. */
  alerts: BacktestAlert[]
  /** How many there would have been. */
  total: number
  /** `2026-11-22` and how many began on it, for each day of the range. */
  byDay: { day: string; alerts: number }[]
  /** There were more events than are looked at one by one, or more groups: what is told is only a part. */
  truncated: boolean
}

/**
 * What a rule would have found in the past, without changing anything: by the code that holds rules against what comes in,
 * over sums of the event store where they say enough, else over the events themselves.
 */
export async function backtest(history: History, request: BacktestRequest): Promise<BacktestResult> {
  const { exclusions, before } = request
  const from = dayOf(request.from) * dayMicros
  const rules = rulesFor(request)
  const running = exclusions === undefined ? rules : excludeEvents(rules, request.rule.id, exclusions)
  const rule = running.find(({ id }) => id === request.rule.id) ?? request.rule
  const range = { from, before }
  const bySums = await backtestBySums(history, rule, range)
  const { hits, truncated } = bySums ?? (await backtestByEvents(history, running, range))
  const shown = bySums === undefined ? hits : await withEvidence(history, rule, hits)
  const findings = findingsOf(shown, running).sort((a, b) => (a.lastEventAt < b.lastEventAt ? 1 : -1))
  const { alertsMax } = detectionLimits.backtest
  return {
    alerts: findings.slice(0, alertsMax).map(toAlert),
    total: findings.length,
    byDay: byDayOf(findings, range),
    truncated,
  }
}

/** The rule, shown, and what it looks at. */
function rulesFor({ rule, rules }: BacktestRequest): Rule[] {
  const byId = new Map(rules.map((one) => [one.id, one]))
  const needed = new Map<string, Rule>([[rule.id, { ...rule, isShown: true }]])
  const need = ({ condition }: Rule): void => {
    if (condition.kind !== 'correlation') return
    for (const { id } of condition.rules) {
      const inner = byId.get(id)
      if (inner === undefined || needed.has(id)) continue
      needed.set(id, { ...inner, isShown: false })
      need(inner)
    }
  }
  need(rule)
  return [...needed.values()]
}

/** Sums name few events; the newest ones that the rule looks at tell more of the newest alerts. */
async function withEvidence(history: History, rule: Rule, hits: readonly Hit[]): Promise<Hit[]> {
  const { condition } = rule
  const [leaf] = createRuleGraph([rule]).leaves
  if (condition.kind === 'correlation' || leaf === undefined || hits.length === 0) return [...hits]
  const limit = detectionLimits.backtest.evidenceEventsMax
  const { filter } = condition
  // Not the whole range: most rules find something on a few days.
  const from = hits.reduce((first, { firstAt }) => Math.min(first, firstAt), Number.POSITIVE_INFINITY)
  const before = hits.reduce((last, { lastAt }) => Math.max(last, lastAt), 0) + 1
  const { events } = await history.events({ filter, from, before, upTo: [], limit })
  const ofGroup = new Map<string, Hit[]>()
  for (const hit of hits) {
    const key = JSON.stringify(hit.group)
    const list = ofGroup.get(key)
    if (list === undefined) ofGroup.set(key, [hit])
    else list.push(hit)
  }
  const found = new Map(hits.map((hit) => [hit, { ...hit, evidence: [...hit.evidence] }]))
  for (const event of events) {
    const groups = eventGroups(rule.groupBy, event.searchable, detectionLimits.groupsOfEventMax) ?? []
    for (const group of groups) {
      for (const hit of ofGroup.get(JSON.stringify(group)) ?? []) {
        if (event.at < hit.firstAt || event.at > hit.lastAt) continue
        const evidence = toEvidence(event, leaf.summaryFields)
        const known = found.get(hit)
        if (known?.evidence.every(({ id }) => id !== evidence.id)) known.evidence.push(evidence)
      }
    }
  }
  return [...found.values()]
}

function toAlert(finding: Finding): BacktestAlert {
  const { group, firstEventAt, lastEventAt, eventCount, people, tables, eventIds, summaryOf } = finding
  return {
    group,
    firstEventAt,
    lastEventAt,
    eventCount,
    people,
    tables,
    eventIds: eventIds.slice(0, detectionLimits.backtest.eventIdsMax),
    summary: summaryOf(eventCount),
  }
}

function byDayOf(
  findings: readonly Finding[],
  { from, before }: { from: Micros; before: Micros },
): BacktestResult['byDay'] {
  const counts = new Map<string, number>()
  for (const { firstEventAt } of findings) {
    const day = firstEventAt.slice(0, 10)
    counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  const days: BacktestResult['byDay'] = []
  for (let at = from; at < before; at += dayMicros) {
    const day = new Date(at / 1000).toISOString().slice(0, 10)
    days.push({ day, alerts: counts.get(day) ?? 0 })
  }
  return days
}
