import type { Json } from '@aleph-audit-log/domain/event'
import { setAt, type ForeignRecord } from './field-path.ts'

/** What the server adds to an event, which the next server makes anew. */
const serverMade = ['receivedAt', 'source', 'position', 'statement', 'attribution', 'tags', 'policy'] as const

/** True for an event as our JSON lines and the API show it: no draft has these two. */
export function isExportedEvent(record: ForeignRecord): boolean {
  return Object.hasOwn(record, 'receivedAt') && Object.hasOwn(record, 'position')
}

/** The draft of an exported event: what its sender told, without what the server made of it. */
export function draftOfExported(record: ForeignRecord): ForeignRecord {
  const made: readonly string[] = serverMade
  return Object.fromEntries(Object.entries(record).filter(([name]) => !made.includes(name)))
}

/** Names of the columns of our CSV that an event is made of; Details has all that the others show. */
const detailsColumn = 'Details'
const dataColumn = 'Data'
const ownColumns = ['Name', 'Email', 'Timestamp (UTC)', 'Type', dataColumn, detailsColumn]

/** True for the header of a CSV that this product wrote with its default columns, or with more. */
export function isExportedHeader(columns: readonly string[]): boolean {
  return ownColumns.every((column) => columns.includes(column))
}

/**
 * The draft of a row of our CSV. Details is the event as JSON without what Data shows: the SQL, or all of `data` where
 * there is no SQL. The other columns repeat what these two have. Undefined where Details is no event.
 */
export function draftOfExportedRow(row: ForeignRecord): ForeignRecord | undefined {
  const event = readObject(row[detailsColumn])
  if (event === undefined || !isExportedEvent(event)) return undefined
  const draft = draftOfExported(event)
  const { [dataColumn]: shown } = row
  if (typeof shown !== 'string' || shown === '') return draft
  const { data } = draft
  if (data === undefined) {
    const whole = readObject(shown)
    if (whole === undefined) return undefined
    draft['data'] = whole
  } else if (isObject(data) && !Object.hasOwn(data, 'sql')) {
    setAt(data, ['sql'], shown)
  }
  // Otherwise the SQL stands in Details, because a file cannot hold it.
  return draft
}

function readObject(text: Json | undefined): ForeignRecord | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    // What JSON.parse gives is JSON.
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Of values that JSON.parse gave. */
export function isObject(value: unknown): value is ForeignRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
