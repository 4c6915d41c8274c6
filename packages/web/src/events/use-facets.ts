import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { fetchFacets, type EventQuestion, type FacetField, type Facets } from '../api/events.ts'

export type FacetsState = {
  /** What is there: of another question while `stale`. */
  facets: Facets
  loading: boolean
  stale: boolean
  error: unknown
  retry: () => void
}

type FacetsInput = {
  question: EventQuestion
  askedAtMs: number
  fields: readonly FacetField[]
  enabled: boolean
}

const noFacets: Facets = {}

/** How often values occur among everything that the question finds. Asked again with every question, like the table. */
export function useFacets({ question, askedAtMs, fields, enabled }: FacetsInput): FacetsState {
  const asked = enabled && fields.length > 0
  const query = useQuery({
    queryKey: ['facets', question, askedAtMs, fields],
    queryFn: ({ signal }) => fetchFacets(question, fields, signal),
    enabled: asked,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const { refetch } = query
  return {
    facets: query.data ?? noFacets,
    loading: fields.length > 0 && query.data === undefined && query.error === null,
    stale: query.isPlaceholderData,
    error: query.error,
    retry: () => void refetch(),
  }
}
