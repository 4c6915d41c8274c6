import type {
  ChangeReceiverRequest,
  CreateReceiverRequest,
  DeliveryList,
  ReceiverList,
  ReceiverResponse,
} from '@aleph-audit-log/domain/api/alert-receivers'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { callApi, queryString } from './call-api.ts'

/** How often the page asks what became of deliveries. */
const lookAgainMs = 2_000

export const receiversKey = ['alert-receivers'] as const

export const receiversQuery = queryOptions({
  queryKey: [...receiversKey, 'list'],
  queryFn: ({ signal }) => callApi<ReceiverList>('/api/v1/alert-receivers', { signal }),
  refetchInterval: lookAgainMs,
})

/** What was sent, or of it only what was given up. */
export function deliveriesQuery(state: 'dead' | undefined) {
  return queryOptions({
    queryKey: [...receiversKey, 'deliveries', state],
    queryFn: ({ signal }) =>
      callApi<DeliveryList>(`/api/v1/alert-deliveries${queryString({ state })}`, { signal }),
    refetchInterval: lookAgainMs,
    placeholderData: keepPreviousData,
  })
}

export async function createReceiver(wanted: CreateReceiverRequest): Promise<ReceiverResponse> {
  return callApi<ReceiverResponse>('/api/v1/alert-receivers', { method: 'POST', body: wanted })
}

export async function changeReceiver(id: string, change: ChangeReceiverRequest): Promise<ReceiverResponse> {
  return callApi<ReceiverResponse>(receiverPath(id), { method: 'PATCH', body: change })
}

export async function deleteReceiver(id: string): Promise<void> {
  await callApi(receiverPath(id), { method: 'DELETE' })
}

/** Asks for a test; the deliveries tell how it went. */
export async function testReceiver(id: string): Promise<void> {
  await callApi(`${receiverPath(id)}/test`, { method: 'POST', body: {} })
}

export async function replayDelivery(id: string): Promise<void> {
  await callApi(`/api/v1/alert-deliveries/${encodeURIComponent(id)}/replay`, { method: 'POST', body: {} })
}

function receiverPath(id: string): string {
  return `/api/v1/alert-receivers/${encodeURIComponent(id)}`
}
