import type { IntegrationList, PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

/** How often the page asks how far the readers are. */
const statusIntervalMs = 5_000

export const integrationsQuery = queryOptions({
  queryKey: ['integrations'],
  queryFn: async ({ signal }) => {
    const { integrations } = await callApi<IntegrationList>('/api/v1/integrations', { signal })
    return integrations
  },
  refetchInterval: statusIntervalMs,
})

export type IntegrationInput = { name: string; settings: PostgresLogSettings }

export async function addIntegration(input: IntegrationInput): Promise<void> {
  await callApi('/api/v1/integrations', { method: 'POST', body: { kind: 'postgres_log', ...input } })
}

export async function changeIntegration(id: string, input: IntegrationInput): Promise<void> {
  await callApi(`/api/v1/integrations/${encodeURIComponent(id)}`, { method: 'PATCH', body: input })
}

export async function deleteIntegration(id: string): Promise<void> {
  await callApi(`/api/v1/integrations/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
