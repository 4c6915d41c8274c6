import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { fetchHistogram, type Bucket } from '../api/events.ts'
import { fetchUsageDetail, type UsageDetails } from '../api/insights.ts'
import { useInsights } from './insights-context.ts'
import { countedText } from './usage-search.ts'

const settings = { staleTime: Number.POSITIVE_INFINITY, gcTime: 60_000 }

/** What is known of one person, table or query in the range of the page. */
export function useUsageDetail<Of extends keyof UsageDetails>(
  of: Of,
  id: string,
): UseQueryResult<UsageDetails[Of]> {
  const { questionOf, askedAtMs } = useInsights()
  const question = questionOf(countedText())
  return useQuery({
    queryKey: ['insights', of, id, question, askedAtMs],
    queryFn: ({ signal }) => fetchUsageDetail(of, id, question, signal),
    ...settings,
    // Another range of the same one: its head stays. What another one did is never shown under this one's name.
    placeholderData: (before, query) => (query?.queryKey[2] === id ? before : undefined),
  })
}

/** Events over time that these terms find. */
export function useTimeline(terms: readonly string[]): UseQueryResult<Bucket[]> {
  const { questionOf, askedAtMs } = useInsights()
  const question = questionOf(countedText(...terms))
  return useQuery({
    queryKey: ['histogram', question, askedAtMs],
    queryFn: ({ signal }) => fetchHistogram(question, signal),
    ...settings,
    placeholderData: keepPreviousData,
  })
}
