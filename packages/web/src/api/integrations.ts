import type {
  ChangeIntegrationRequest,
  CreateIntegrationRequest,
  GatewayTestRequest,
  GatewayTestResponse,
  IntegrationList,
} from '@aleph-audit-log/domain/api/integrations'
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

/** Adds an integration, or with an `id` changes that one. */
export async function saveIntegration(
  id: string | undefined,
  input: CreateIntegrationRequest,
): Promise<void> {
  if (id === undefined) {
    await callApi('/api/v1/integrations', { method: 'POST', body: input })
    return
  }
  const { kind: _, ...change } = input
  const body: ChangeIntegrationRequest = change
  await callApi(`/api/v1/integrations/${encodeURIComponent(id)}`, { method: 'PATCH', body })
}

export async function testGateway(request: GatewayTestRequest): Promise<GatewayTestResponse> {
  return callApi<GatewayTestResponse>('/api/v1/integrations/test', { method: 'POST', body: request })
}

export async function deleteIntegration(id: string): Promise<void> {
  await callApi(`/api/v1/integrations/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
