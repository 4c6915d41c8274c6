import type { AuditServer } from '../audit-server.ts'
import { timeFromMs } from '../../packages/domain/src/time.ts'
import { readShippedRules } from '../../packages/server/src/detect/testing/judge-drafts.ts'
import { dayMs, type Incident } from './history.ts'
import type { History } from './make-history.ts'

/** What the API tells of an alert, as far as it is held against what was hidden. */
export type ToldAlert = {
  rule: { id: string; title: string }
  firstEventAt: string
  eventIds: string[]
  group: { field: string; value: string }[]
  summary: string
}

export type Score = {
  hidden: number
  /** What of it no alert of a rule that is meant for it tells. */
  missed: Incident[]
  falseAlerts: ToldAlert[]
  /** Days on which alerts can be false: those after two weeks of history. */
  days: number
}

const linesPerRequest = 5000

/** Makes what the directory and the tags of this company say, and sends its weeks in the order of their times. */
export async function playHistory(server: AuditServer, { firm, left, events }: History): Promise<void> {
  const people = firm.people.map(({ name, email, login }, index) => ({
    name,
    emails: [email],
    logins: [login],
    toolIds: [`metabase:${index + 3}`],
  }))
  const { name, email, login, leftOn } = left
  for (const person of [...people, { name, emails: [email], logins: [login], leftOn }]) {
    await server.post('/api/v1/people', person)
  }
  const { dashboards, dbt } = firm.programs
  await server.post('/api/v1/service-accounts', { login: dashboards.login, tool: 'metabase' })
  await server.post('/api/v1/service-accounts', { login: dbt.login, tool: 'dbt' })
  for (const { name: pattern, tags } of firm.tables) {
    if (tags.length > 0) await server.post('/api/v1/table-tags', { pattern, tags })
  }
  for (let at = 0; at < events.length; at += linesPerRequest) {
    const lines = events.slice(at, at + linesPerRequest).map(({ draft }) => JSON.stringify(draft))
    await server.send(`${lines.join('\n')}\n`)
  }
  await server.untilApplied()
  await server.untilJudged()
}

/** All alerts of a server, whatever their number. */
export async function readAlerts(server: AuditServer): Promise<ToldAlert[]> {
  const alerts: ToldAlert[] = []
  for (let cursor: string | undefined; ;) {
    const page = await server.getJson<{ alerts: ToldAlert[]; nextCursor?: string }>('/api/v1/alerts', {
      limit: '200',
      ...(cursor === undefined ? {} : { cursor }),
    })
    alerts.push(...page.alerts)
    if (page.nextCursor === undefined) return alerts
    cursor = page.nextCursor
  }
}

const quietDays = 14

const nameOfRule = new Map(readShippedRules().map(({ id, name }) => [id, name]))

/**
 * Holds alerts against what was hidden: an incident is found if an alert of a rule that is meant for it has one of its
 * events, or, where what is hidden is that nothing comes any more, names what is silent. Whatever alert has no event of an
 * incident is false.
 */
export function scoreAlerts({ incidents, span }: History, alerts: readonly ToldAlert[]): Score {
  const isOf = ({ events, silent }: Incident, { eventIds, group }: ToldAlert): boolean =>
    silent === undefined
      ? events.some(({ draft }) => eventIds.includes(draft.id))
      : group.some(({ value }) => value === silent)
  const isMeant = ({ rules }: Incident, { rule }: ToldAlert): boolean =>
    rules.includes(nameOfRule.get(rule.id) ?? '')
  const from = timeFromMs(span.fromMs + quietDays * dayMs)
  return {
    hidden: incidents.length,
    missed: incidents.filter(
      (incident) => !alerts.some((alert) => isMeant(incident, alert) && isOf(incident, alert)),
    ),
    falseAlerts: alerts.filter(
      (alert) => alert.firstEventAt >= from && !incidents.some((incident) => isOf(incident, alert)),
    ),
    days: span.days - quietDays,
  }
}
