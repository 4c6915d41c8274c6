import type { Role } from '@aleph-audit-log/domain/api/access'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo } from 'react'
import { integrationsQuery } from '../api/integrations.ts'

/** How long a name that was fetched is taken for the present one. */
const freshMs = 60_000

/** The ways in that are no integrations. */
const ownNames: readonly (readonly [string, string])[] = [
  ['api', 'Sent by programs'],
  ['app', 'Done in this app'],
]

const noNames: ReadonlyMap<string, string> = new Map(ownNames)

export const SourceNamesContext = createContext(noNames)

/** How a source is called; its id where that is not known. */
export function useSourceName(): (source: string) => string {
  const names = useContext(SourceNamesContext)
  return (source) => names.get(source) ?? source
}

/** The names of the sources, for `SourceNamesContext`. Only admins may ask how integrations are called. */
export function useSourceNames(role: Role): ReadonlyMap<string, string> {
  const { data } = useQuery({
    ...integrationsQuery,
    refetchInterval: false,
    staleTime: freshMs,
    enabled: role === 'admin',
  })
  return useMemo(
    () => new Map([...ownNames, ...(data ?? []).map(({ id, name }) => [id, name] as const)]),
    [data],
  )
}
