import type { ChangeViewRequest, CreateViewRequest, View, ViewList } from '@aleph-audit-log/domain/api/views'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

/** The views of who is signed in, and those that are shared with the workspace, by name. */
export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: async ({ signal }) => (await callApi<ViewList>('/api/v1/views', { signal })).views,
})

export async function createView(request: CreateViewRequest): Promise<View> {
  return (await callApi<{ view: View }>('/api/v1/views', { method: 'POST', body: request })).view
}

export async function changeView(id: string, change: ChangeViewRequest): Promise<View> {
  const path = `/api/v1/views/${encodeURIComponent(id)}`
  return (await callApi<{ view: View }>(path, { method: 'PATCH', body: change })).view
}

export async function deleteView(id: string): Promise<void> {
  await callApi(`/api/v1/views/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
