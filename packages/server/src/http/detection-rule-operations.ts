import * as rules from '@aleph-audit-log/domain/api/detection-rules'
import type { Operation } from './api-operations.ts'

const who = 'For admins and auditors, and keys that read the log.'

/** The routes of detection rules. */
export const detectionRuleOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/detection-rules',
    tag: 'Alerts',
    scope: 'events:read',
    summary: 'List the detection rules, with what keeps them from running',
    description: who,
    response: rules.detectionRuleListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/detection-rules/backtest',
    tag: 'Alerts',
    scope: 'events:read',
    summary: 'Try a rule on the past 30 days, without changing anything',
    description: `${who} It is recorded as an event.`,
    body: rules.backtestRequestSchema,
    response: rules.backtestResponseSchema,
  },
]
