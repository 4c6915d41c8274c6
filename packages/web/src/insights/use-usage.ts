import type { InsightList } from '@aleph-audit-log/domain/api/insights'
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { fetchUsage, type Usage, type UsageQuestion } from '../api/insights.ts'
import { useInsights } from './insights-context.ts'

export type UsageWish = Omit<UsageQuestion, 'q' | 'from' | 'to'> & { q: string }

/** A list of Insights in the range of the page. While another one loads, the one before stays and is a placeholder. */
export function useUsage<List extends InsightList>(list: List, wish: UsageWish): UseQueryResult<Usage<List>> {
  const { questionOf, askedAtMs } = useInsights()
  const question = { ...wish, ...questionOf(wish.q) }
  return useQuery({
    queryKey: ['insights', list, question, askedAtMs],
    queryFn: ({ signal }) => fetchUsage(list, question, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
}
