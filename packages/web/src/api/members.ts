import type { InviteRequest, InviteResponse, MemberList, Role } from '@aleph-audit-log/domain/api/access'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => callApi<MemberList>('/api/v1/members', { signal }),
})

/** Invites a person; `link` is shown this once. */
export function inviteMember(input: InviteRequest): Promise<InviteResponse> {
  return callApi('/api/v1/members', { method: 'POST', body: input })
}

export async function changeRole(id: string, role: Role): Promise<void> {
  await callApi(`/api/v1/members/${encodeURIComponent(id)}`, { method: 'PATCH', body: { role } })
}

export async function removeMember(id: string): Promise<void> {
  await callApi(`/api/v1/members/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

export async function withdrawInvitation(id: string): Promise<void> {
  await callApi(`/api/v1/members/invitations/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
