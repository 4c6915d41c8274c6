import type {
  ApiKeyList,
  CreateApiKeyRequest,
  CreateApiKeyResponse,
} from '@aleph-audit-log/domain/api/access'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => {
    const { keys } = await callApi<ApiKeyList>('/api/v1/keys', { signal })
    return keys
  },
})

/** Makes a key; `secret` is shown this once. */
export function createKey(input: CreateApiKeyRequest): Promise<CreateApiKeyResponse> {
  return callApi('/api/v1/keys', { method: 'POST', body: input })
}

export async function revokeKey(id: string): Promise<void> {
  await callApi(`/api/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
