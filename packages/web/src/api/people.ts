import type {
  ChangeServiceAccountRequest,
  ImportPeopleResponse,
  PersonList,
  ServiceAccountList,
} from '@aleph-audit-log/domain/api/people'
import { queryOptions } from '@tanstack/react-query'
import { callApi } from './call-api.ts'

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }) => (await callApi<PersonList>('/api/v1/people', { signal })).people,
})

export const serviceAccountsQuery = queryOptions({
  queryKey: ['service-accounts'],
  queryFn: async ({ signal }) =>
    (await callApi<ServiceAccountList>('/api/v1/service-accounts', { signal })).serviceAccounts,
})

/** A person as a form has it: every field is there, an empty text is none. */
export type PersonInput = {
  name: string
  emails: string[]
  logins: string[]
  toolIds: string[]
  groups: string[]
  leftOn: string
  note: string
}

/** Adds a person, or changes the one with this id. */
export async function savePerson(id: string | undefined, input: PersonInput): Promise<void> {
  if (id !== undefined) {
    await callApi(`/api/v1/people/${encodeURIComponent(id)}`, { method: 'PATCH', body: input })
    return
  }
  const { leftOn, note, ...others } = input
  const body = { ...others, ...(leftOn !== '' && { leftOn }), ...(note !== '' && { note }) }
  await callApi('/api/v1/people', { method: 'POST', body })
}

export async function removePerson(id: string): Promise<void> {
  await callApi(`/api/v1/people/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

/** Imports a CSV file; with `dryRun` tells what would happen. Throws ApiError with the faults of the file. */
export function importPeople(csv: string, dryRun: boolean): Promise<ImportPeopleResponse> {
  return callApi('/api/v1/people/import', { method: 'POST', body: { csv, dryRun } })
}

/** Registers a service account, or changes the one with this id. */
export async function saveServiceAccount(
  id: string | undefined,
  input: Required<ChangeServiceAccountRequest>,
): Promise<void> {
  if (id === undefined) await callApi('/api/v1/service-accounts', { method: 'POST', body: input })
  else {
    await callApi(`/api/v1/service-accounts/${encodeURIComponent(id)}`, { method: 'PATCH', body: input })
  }
}

export async function removeServiceAccount(id: string): Promise<void> {
  await callApi(`/api/v1/service-accounts/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
