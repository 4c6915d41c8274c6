import type { EventPageResponse, facetNames, PublicEvent } from '@aleph-audit-log/domain/api/events'
import { callApi, queryString } from './call-api.ts'

/** The question that page, histogram and export share. Times are RFC 3339; without them the server takes 30 days. */
export type EventQuestion = { q: string; from?: string | undefined; to?: string | undefined }

export type Bucket = { start: string; count: number; failed: number }
export type ExportFormat = 'xlsx' | 'csv' | 'jsonl'

export type FacetField = (typeof facetNames)[number]
/** The most frequent values, and how many events have another one. */
export type Facet = { values: { value: string; count: number }[]; other: number }
export type Facets = Partial<Record<FacetField, Facet>>

/** `position`: where the log stood before the first page was searched, to follow it from there. */
export type FetchedPage = EventPageResponse & { position?: string }

export async function fetchEvents(
  question: EventQuestion,
  page: { limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<FetchedPage> {
  let position: string | null = null
  const found = await callApi<EventPageResponse>(`/api/v1/events${queryString({ ...question, ...page })}`, {
    signal,
    onHeaders: (headers) => (position = headers.get('last-event-id')),
  })
  return position === null ? found : { ...found, position }
}

export function fetchEvent(id: string, signal?: AbortSignal): Promise<PublicEvent> {
  return callApi<PublicEvent>(`/api/v1/events/${encodeURIComponent(id)}`, { signal })
}

export async function fetchHistogram(question: EventQuestion, signal?: AbortSignal): Promise<Bucket[]> {
  const path = `/api/v1/events/histogram${queryString({ ...question, interval: 'auto' })}`
  const { buckets } = await callApi<{ buckets: Bucket[] }>(path, { signal })
  return buckets
}

/** How often the values of these fields occur among everything that the question finds. */
export async function fetchFacets(
  question: EventQuestion,
  fields: readonly FacetField[],
  signal?: AbortSignal,
): Promise<Facets> {
  const path = `/api/v1/events/facets${queryString({ ...question, fields: fields.join(',') })}`
  const { facets } = await callApi<{ facets: Facets }>(path, { signal })
  return facets
}

/** What is downloaded here is opened in a spreadsheet, which may take a text of somebody for a formula and run it. */
export function fileFormat(format: ExportFormat): { format: ExportFormat; csv_safe?: '1' } {
  return format === 'csv' ? { format, csv_safe: '1' } : { format }
}

/**
 * The address of a download of everything that the question finds, in these columns; without any in those that the
 * server takes by itself. JSON Lines hold whole events and take none.
 */
export function exportAddress(
  question: EventQuestion,
  format: ExportFormat,
  columns: readonly string[] = [],
): string {
  return `/api/v1/events/export${queryString({ ...fileFormat(format), columns: columns.join(','), ...question })}`
}
