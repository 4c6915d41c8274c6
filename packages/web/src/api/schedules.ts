import type {
  ChangeMailRequest,
  MailSettings,
  MailSettingsResponse,
  TestMailRequest,
  TestMailResponse,
} from '@aleph-audit-log/domain/api/mail'
import type {
  ChangeScheduleRequest,
  ScheduleConfiguration,
  ScheduleList,
} from '@aleph-audit-log/domain/api/schedules'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

/** How often the page asks how the runs do. */
const runsIntervalMs = 3_000

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => callApi<ScheduleList>('/api/v1/schedules', { signal }),
  refetchInterval: runsIntervalMs,
})

/** Adds a scheduled export, or with an `id` changes that one. */
export async function saveSchedule(id: string | undefined, wanted: ScheduleConfiguration): Promise<void> {
  if (id === undefined) await callApi('/api/v1/schedules', { method: 'POST', body: wanted })
  else await changeSchedule(id, wanted)
}

export async function changeSchedule(id: string, change: ChangeScheduleRequest): Promise<void> {
  await callApi(`/api/v1/schedules/${encodeURIComponent(id)}`, { method: 'PATCH', body: change })
}

export async function deleteSchedule(id: string): Promise<void> {
  await callApi(`/api/v1/schedules/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

/** Asks for a run now; the list tells how it ends. */
export async function runSchedule(id: string): Promise<void> {
  await callApi(`/api/v1/schedules/${encodeURIComponent(id)}/runs`, { method: 'POST', body: {} })
}

/** The server that sends e-mails; null until it is set. */
export const mailQuery = queryOptions({
  queryKey: ['mail-settings'],
  queryFn: async ({ signal }): Promise<MailSettings | null> =>
    (await callApi<MailSettingsResponse>('/api/v1/mail-settings', { signal })).mail ?? null,
})

export async function changeMail(change: ChangeMailRequest): Promise<void> {
  await callApi('/api/v1/mail-settings', { method: 'PATCH', body: change })
}

export async function testMail(request: TestMailRequest): Promise<TestMailResponse> {
  return callApi<TestMailResponse>('/api/v1/mail-settings/test', { method: 'POST', body: request })
}
