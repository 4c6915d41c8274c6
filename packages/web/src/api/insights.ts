import type {
  InsightFormat,
  InsightList,
  PersonDetail,
  PersonUsage,
  QueryDetail,
  QueryUsage,
  TableDetail,
  TableUsage,
  ToolUsage,
} from '@aleph-audit-log/domain/api/insights'
import { callApi, queryString } from './call-api.ts'
import { fileFormat, type EventQuestion } from './events.ts'

/** Which part of a list is wanted, and in which order. */
export type UsageQuestion = EventQuestion & {
  sort: string
  limit: number
  /** A part of a name. */
  contains?: string | undefined
}

export type UsageRows = { people: PersonUsage; tables: TableUsage; queries: QueryUsage; tools: ToolUsage }

/** The beginning of a list, how long all of it is, and the days that `perDay` of its rows counts. */
export type Usage<List extends InsightList> = { rows: UsageRows[List][]; total: number; days: string[] }

/** Seven rows, Monday first, of 24 hours. */
export type Activity = { cells: number[][] }

export function fetchUsage<List extends InsightList>(
  list: List,
  question: UsageQuestion,
  signal?: AbortSignal,
): Promise<Usage<List>> {
  return callApi<Usage<List>>(`/api/v1/insights/${list}${queryString(question)}`, { signal })
}

export type UsageDetails = { people: PersonDetail; tables: TableDetail; queries: QueryDetail }

/** One person, table or query. Fails as `not_found` where the viewer may see no event of it at all. */
export function fetchUsageDetail<Of extends keyof UsageDetails>(
  of: Of,
  id: string,
  question: EventQuestion,
  signal?: AbortSignal,
): Promise<UsageDetails[Of]> {
  const path = `/api/v1/insights/${of}/${encodeURIComponent(id)}`
  return callApi<UsageDetails[Of]>(`${path}${queryString(question)}`, { signal })
}

/** When people work, by the clocks of an IANA time zone. */
export function fetchActivity(
  question: EventQuestion & { zone: string },
  signal?: AbortSignal,
): Promise<Activity> {
  return callApi<Activity>(`/api/v1/insights/activity${queryString(question)}`, { signal })
}

/** The address of a download of a whole list, in its order. */
export function usageAddress(list: InsightList, question: UsageQuestion, format: InsightFormat): string {
  const { limit: _limit, ...rest } = question
  return `/api/v1/insights/${list}${queryString({ ...fileFormat(format), ...rest })}`
}
