import { alertStatuses, type AlertStatus } from '@aleph-audit-log/domain/alert-values'
import { ruleLevels, type RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { AlertsQuestion } from '../api/alerts.ts'

/** The times that the page offers; the id stands in the address bar. */
export const alertPeriods = [
  { id: '24h', label: 'Past 24 hours', ms: 86_400_000 },
  { id: '7d', label: 'Past 7 days', ms: 7 * 86_400_000 },
  { id: '30d', label: 'Past 30 days', ms: 30 * 86_400_000 },
  { id: '90d', label: 'Past 90 days', ms: 90 * 86_400_000 },
] as const
type PeriodId = (typeof alertPeriods)[number]['id']

/** What the address bar says of the list of alerts; the default (open ones, of all levels and times) says nothing. */
export type AlertsParams = {
  status?: AlertStatus
  /** This level and those above. */
  level?: RuleLevel
  period?: PeriodId
  rule?: string
  person?: string
  table?: string
}

/** Reads what stands in the address bar; what makes no sense is left out. */
export function readAlertsParams(input: Record<string, unknown>): AlertsParams {
  const status = alertStatuses.find((one) => one === input['status'])
  const level = ruleLevels.find((one) => one === input['level'])
  const period = alertPeriods.find(({ id }) => id === input['period'])
  const { rule, person, table } = input
  return {
    ...(status !== undefined && status !== 'open' && { status }),
    ...(level !== undefined && level !== ruleLevels[0] && { level }),
    ...(period !== undefined && { period: period.id }),
    ...(isText(rule) && { rule }),
    ...(isText(person) && { person }),
    ...(isText(table) && { table }),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The parameters with some of them changed; an absent value takes one away. */
export function withAlertsParams(params: AlertsParams, changes: Record<string, unknown>): AlertsParams {
  return readAlertsParams({ ...params, ...changes })
}

/** What is asked of the server. */
export function alertsQuestion(
  { status = 'open', level, period, rule, person, table }: AlertsParams,
  nowMs: number,
): AlertsQuestion {
  const ms = alertPeriods.find(({ id }) => id === period)?.ms
  return {
    status,
    level: level === undefined ? undefined : ruleLevels.slice(ruleLevels.indexOf(level)).join(','),
    from: ms === undefined ? undefined : timeFromMs(nowMs - ms),
    rule,
    person,
    table,
  }
}
