import type {
  AccountSessions,
  ChangePasswordRequest,
  EndedSessions,
} from '@aleph-audit-log/domain/api/access'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

const sessionsPath = '/api/v1/account/sessions'

/** Where the person of this page is signed in. */
export const ownSessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: async ({ signal }) => (await callApi<AccountSessions>(sessionsPath, { signal })).sessions,
})

/** Signs the person out everywhere but here; how many sessions there were. */
export async function endOtherSessions(): Promise<number> {
  return (await callApi<EndedSessions>(sessionsPath, { method: 'DELETE' })).ended
}

export async function changePassword(request: ChangePasswordRequest): Promise<void> {
  await callApi('/api/v1/account/password', { method: 'POST', body: request })
}
