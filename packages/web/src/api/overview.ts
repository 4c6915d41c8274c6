import type { Overview } from '@aleph-audit-log/domain/api/overview'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { callApi, queryString } from './call-api.ts'
import { serverNowMs } from './server-clock.ts'

/** How often a page that stays open counts again. */
const countAgainMs = 60_000

/** What happened in the past so many milliseconds, until now by the server's clock. */
export function overviewQuery(periodMs: number) {
  return queryOptions({
    queryKey: ['overview', periodMs],
    // Its end is up to the server, which knows until when everything has been counted.
    queryFn: ({ signal }) => {
      const from = timeFromMs(serverNowMs() - periodMs)
      return callApi<Overview>(`/api/v1/overview${queryString({ from })}`, { signal })
    },
    refetchInterval: countAgainMs,
    placeholderData: keepPreviousData,
  })
}
