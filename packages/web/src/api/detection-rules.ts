import type {
  BacktestRequest,
  BacktestResponse,
  ChangeDetectionRuleRequest,
  DetectionRuleList,
  DetectionRuleResponse,
} from '@aleph-audit-log/domain/api/detection-rules'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

export const rulesKey = ['detection-rules'] as const

export const rulesQuery = queryOptions({
  queryKey: [...rulesKey, 'list'],
  queryFn: async ({ signal }) =>
    (await callApi<DetectionRuleList>('/api/v1/detection-rules', { signal })).rules,
})

export function ruleQuery(id: string) {
  return queryOptions({
    queryKey: [...rulesKey, 'one', id],
    queryFn: ({ signal }) => callApi<DetectionRuleResponse>(rulePath(id), { signal }),
  })
}

export async function createRule(source: string): Promise<DetectionRuleResponse> {
  return callApi<DetectionRuleResponse>('/api/v1/detection-rules', { method: 'POST', body: { source } })
}

export async function changeRule(id: string, change: ChangeDetectionRuleRequest): Promise<void> {
  await callApi(rulePath(id), { method: 'PATCH', body: change })
}

/** Deletes a rule of the workspace, or makes a shipped one as it is shipped. */
export async function deleteRule(id: string): Promise<void> {
  await callApi(rulePath(id), { method: 'DELETE' })
}

/** What a rule would have found in the past 30 days. */
export async function tryRule(request: BacktestRequest): Promise<BacktestResponse> {
  return callApi<BacktestResponse>('/api/v1/detection-rules/backtest', { method: 'POST', body: request })
}

function rulePath(id: string): string {
  return `/api/v1/detection-rules/${encodeURIComponent(id)}`
}
