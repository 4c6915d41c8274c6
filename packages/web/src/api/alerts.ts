import type {
  AlertContext,
  AlertDetail,
  AlertList,
  AlertMuteList,
  MuteAlertRequest,
  ResolveAlertRequest,
} from '@aleph-audit-log/domain/api/alerts'
import { queryOptions } from '@tanstack/react-query'
import { callApi, queryString } from './call-api.ts'

/** How often a page that stays open looks for new alerts. */
export const lookAgainMs = 10_000
/** The number in the navigation is there on all pages. */
const countAgainMs = 30_000
/** So many alerts stand on the overview. */
const newestMax = 4

/** Below this key stands everything that a change of an alert makes stale. */
export const alertsKey = ['alerts'] as const

/** The parameters of a list, as the API takes them. */
export type AlertsQuestion = {
  status?: string | undefined
  level?: string | undefined
  rule?: string | undefined
  person?: string | undefined
  table?: string | undefined
  from?: string | undefined
}

export async function fetchAlerts(
  question: AlertsQuestion,
  page: { limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<AlertList> {
  return callApi<AlertList>(`/api/v1/alerts${queryString({ ...question, ...page })}`, { signal })
}

/** How many alerts are open. */
export const openAlertsQuery = queryOptions({
  queryKey: [...alertsKey, 'open'],
  queryFn: async ({ signal }) => (await fetchAlerts({}, { limit: 1 }, signal)).counts.open,
  refetchInterval: countAgainMs,
})

/** The first few open alerts, those with the newest events first. */
export const newestOpenQuery = queryOptions({
  queryKey: [...alertsKey, 'newest open'],
  queryFn: async ({ signal }) => fetchAlerts({ status: 'open' }, { limit: newestMax }, signal),
  refetchInterval: countAgainMs,
})

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: [...alertsKey, 'one', id],
    queryFn: ({ signal }) => callApi<AlertDetail>(alertPath(id), { signal }),
    refetchInterval: lookAgainMs,
  })
}

/** How the people and tables of an alert were used before it, which does not change any more. */
export function alertContextQuery(id: string) {
  return queryOptions({
    queryKey: ['alert-context', id],
    queryFn: ({ signal }) => callApi<AlertContext>(`${alertPath(id)}/context`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export const mutesQuery = queryOptions({
  queryKey: [...alertsKey, 'mutes'],
  queryFn: async ({ signal }) => (await callApi<AlertMuteList>('/api/v1/alert-mutes', { signal })).mutes,
})

export async function acknowledgeAlert(id: string): Promise<void> {
  await callApi(`${alertPath(id)}/acknowledge`, { method: 'POST', body: {} })
}

export async function resolveAlert(id: string, request: ResolveAlertRequest): Promise<void> {
  await callApi(`${alertPath(id)}/resolve`, { method: 'POST', body: request })
}

export async function reopenAlert(id: string): Promise<void> {
  await callApi(`${alertPath(id)}/reopen`, { method: 'POST', body: {} })
}

export async function muteAlert(id: string, request: MuteAlertRequest): Promise<void> {
  await callApi(`${alertPath(id)}/mute`, { method: 'POST', body: request })
}

export async function endMute(id: string): Promise<void> {
  await callApi(`/api/v1/alert-mutes/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

function alertPath(id: string): string {
  return `/api/v1/alerts/${encodeURIComponent(id)}`
}
