import type {
  AccessReport,
  KnownTables,
  SignOff,
  SignOffList,
  SignOffRequest,
} from '@aleph-audit-log/domain/api/access-review'
import { queryOptions } from '@tanstack/react-query'
import { callApi, queryString } from './call-api.ts'

const path = '/api/v1/insights/access'

/** What a review is about: patterns as `splitTablePatterns` gives them back joined, and RFC 3339 times. */
export type ReviewQuestion = { tables: string; from: string; to: string }

/** The report stays as it was asked for, so that nothing moves under who reviews it. */
export function accessReportQuery(question: ReviewQuestion) {
  return queryOptions({
    queryKey: ['access-report', question],
    queryFn: ({ signal }) => callApi<AccessReport>(`${path}${queryString(question)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}

export const knownTablesQuery = queryOptions({
  queryKey: ['known-tables'],
  queryFn: ({ signal }) => callApi<KnownTables>(`${path}/tables`, { signal }),
  staleTime: 60_000,
})

export const signOffsQuery = queryOptions({
  queryKey: ['sign-offs'],
  queryFn: ({ signal }) => callApi<SignOffList>(`${path}/sign-offs`, { signal }),
})

/** Signs off. Throws ApiError: `conflict` where what was counted has changed since. */
export async function signOff(request: SignOffRequest): Promise<SignOff> {
  const answer = await callApi<{ signOff: SignOff }>(`${path}/sign-offs`, { method: 'POST', body: request })
  return answer.signOff
}

export function reportAddress(question: ReviewQuestion): string {
  return `${path}${queryString({ ...question, format: 'xlsx' })}`
}

export function signOffAddress(id: string): string {
  return `${path}/sign-offs/${encodeURIComponent(id)}?format=xlsx`
}
