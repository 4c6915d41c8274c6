import type {
  GrantExceptionRequest,
  ImportTableTagsRequest,
  ImportTableTagsResponse,
  JudgedPast,
  Policy,
  PolicyActivity,
  PolicyExceptionList,
  PolicyList,
  PolicyProblem,
  PolicyVersionList,
  SetTableTagsRequest,
  TableTagList,
} from '@aleph-audit-log/domain/api/policies'
import { queryOptions } from '@tanstack/react-query'
import { callApi, queryString } from './call-api.ts'

const path = '/api/v1/policies'

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: async ({ signal }) => (await callApi<PolicyList>(path, { signal })).policies,
})

export const policyActivityQuery = queryOptions({
  queryKey: ['policy-activity'],
  queryFn: ({ signal }) => callApi<PolicyActivity>(`${path}/activity`, { signal }),
})

export function policyVersionsQuery(id: string) {
  return queryOptions({
    queryKey: ['policies', id, 'versions'],
    queryFn: async ({ signal }) =>
      (await callApi<PolicyVersionList>(`${path}/${encodeURIComponent(id)}/versions`, { signal })).versions,
  })
}

export const policyExceptionsQuery = queryOptions({
  queryKey: ['policy-exceptions'],
  queryFn: async ({ signal }) =>
    (await callApi<PolicyExceptionList>(`${path}/exceptions`, { signal })).exceptions,
})

export const tableTagsQuery = queryOptions({
  queryKey: ['table-tags'],
  queryFn: async ({ signal }) => (await callApi<TableTagList>('/api/v1/table-tags', { signal })).rules,
})

/** What is wrong with a text, and where. */
export async function checkPolicy(text: string, signal: AbortSignal): Promise<PolicyProblem[]> {
  const answer = await callApi<{ problems: PolicyProblem[] }>(`${path}/check`, {
    method: 'POST',
    body: { text },
    signal,
  })
  return answer.problems
}

export function judgePast(text: string): Promise<JudgedPast> {
  return callApi(`${path}/judge`, { method: 'POST', body: { text } })
}

export type PolicyInput = { name: string; text: string; enabled: boolean; note: string }

/** Adds a policy, or changes the one that was looked at. Throws ApiError: `conflict` where somebody else was quicker. */
export async function savePolicy(before: Policy | undefined, input: PolicyInput): Promise<Policy> {
  const answer = await callApi<{ policy: Policy }>(
    before === undefined ? path : `${path}/${encodeURIComponent(before.id)}`,
    before === undefined
      ? { method: 'POST', body: input }
      : { method: 'PATCH', body: { ...input, version: before.version } },
  )
  return answer.policy
}

export async function deletePolicy(id: string): Promise<void> {
  await callApi(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

export async function grantException(request: GrantExceptionRequest): Promise<void> {
  await callApi(`${path}/exceptions`, { method: 'POST', body: request })
}

export async function revokeException(id: string): Promise<void> {
  await callApi(`${path}/exceptions/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

export async function setTableTags(request: SetTableTagsRequest): Promise<void> {
  await callApi('/api/v1/table-tags', { method: 'POST', body: request })
}

export function importTableTags(request: ImportTableTagsRequest): Promise<ImportTableTagsResponse> {
  return callApi('/api/v1/table-tags/import', { method: 'POST', body: request })
}

/** `month` such as `2026-11`. */
export function policyReportAddress(month: string): string {
  return `${path}/report${queryString({ month })}`
}
