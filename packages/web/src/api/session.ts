import type {
  OpenInvitation,
  OpenPasswordReset,
  Session,
  SetupRequest,
  SetupState,
} from '@aleph-audit-log/domain/api/access'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

/** Who is signed in; fails as `unauthenticated` if nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => callApi<Session>('/api/v1/session', { signal }),
  staleTime: 5 * 60_000,
  retry: false,
})

/** Whether the server still waits for its first admin. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => callApi<SetupState>('/api/v1/setup', { signal }),
  staleTime: 0,
  retry: false,
})

export async function signIn(credentials: { email: string; password: string }): Promise<void> {
  await callApi('/api/auth/sign-in/email', { method: 'POST', body: credentials })
}

export async function signOut(): Promise<void> {
  await callApi('/api/auth/sign-out', { method: 'POST', body: {} })
}

/** Makes the first admin and signs them in; `token` comes from the one-time link that the server printed. */
export async function setUp(input: SetupRequest): Promise<void> {
  await callApi('/api/v1/setup', { method: 'POST', body: input })
}

export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) =>
      callApi<OpenInvitation>(`/api/v1/invitations/${encodeURIComponent(token)}`, { signal }),
    retry: false,
  })
}

/** Accepts an invitation and signs the new member in. */
export async function acceptInvitation(
  token: string,
  input: { name: string; password: string },
): Promise<void> {
  await callApi(`/api/v1/invitations/${encodeURIComponent(token)}`, { method: 'POST', body: input })
}

export function passwordResetQuery(token: string) {
  return queryOptions({
    queryKey: ['password-reset', token],
    queryFn: ({ signal }) =>
      callApi<OpenPasswordReset>(`/api/v1/password-resets/${encodeURIComponent(token)}`, { signal }),
    retry: false,
  })
}

export async function resetPassword(token: string, password: string): Promise<void> {
  await callApi(`/api/v1/password-resets/${encodeURIComponent(token)}`, {
    method: 'POST',
    body: { password },
  })
}
