import type {
  ChangeWorkspaceSettingsRequest,
  WorkspaceSettings,
  WorkspaceSettingsResponse,
} from '@aleph-audit-log/domain/api/settings'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

export const workspaceSettingsQuery = queryOptions({
  queryKey: ['workspace-settings'],
  queryFn: async ({ signal }): Promise<WorkspaceSettings> => {
    const { settings } = await callApi<WorkspaceSettingsResponse>('/api/v1/settings', { signal })
    return settings
  },
})

export async function changeWorkspaceSettings(
  change: ChangeWorkspaceSettingsRequest,
): Promise<WorkspaceSettings> {
  const { settings } = await callApi<WorkspaceSettingsResponse>('/api/v1/settings', {
    method: 'PATCH',
    body: change,
  })
  return settings
}
