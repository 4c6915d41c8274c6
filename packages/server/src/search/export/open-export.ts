import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { describeVisibility } from '../../access/restrict-to-viewer.ts'
import type { Viewer } from '../../access/viewer.ts'
import type { EventLines } from '../../store/event-store.ts'
import type { SearchText } from '../resolve-search.ts'
import type { PreparedExport, Search } from '../search-events.ts'
import { parseColumns } from './export-columns.ts'
import { exportFormats, type ExportFormat, type ExportFormatEntry } from './export-formats.ts'
import type { ExportAbout, ExportOptions } from './export-options.ts'
import { countOverflow, overflowJsonBytesMin } from './overflow-columns.ts'

export type ExportDependencies = {
  search: Search
  workspaceName: (workspaceId: string) => Promise<string>
  now: () => number
  pageBytesMax: number
}

export type ExportRequest = SearchText & {
  format: ExportFormat
  /** As `columns=` has them; those of the default without. */
  columns?: string | undefined
  csvSafe: boolean
}

export type OpenedExport = {
  about: ExportAbout
  contentType: string
  bytes: AsyncGenerator<Uint8Array>
  /** How many events have been read for it so far. */
  rows: () => number
}

/**
 * Begins an export: exactly what the viewer may see of a search, as the bytes of a file. Whoever takes it away, it is
 * recorded as `audit_log_exported` before its first byte: an export that cannot be recorded does not happen.
 * `more` goes into that event. Errors: `invalid` (search, range, columns), `forbidden`, and those of `record`.
 */
export async function openExport(
  viewer: Viewer,
  request: ExportRequest,
  record: (draft: EventDraft) => Promise<void>,
  deps: ExportDependencies,
  { signal, more = {} }: { signal?: AbortSignal; more?: Record<string, string> } = {},
): Promise<OpenedExport> {
  const format = exportFormats[request.format]
  if (request.columns !== undefined && !format.hasColumns) throw columnsOfWholeEvents(request.format)
  const columns = parseColumns(request.columns)
  const prepared = await deps.search.prepareExport(viewer, request, deps.pageBytesMax, signal)
  const options: ExportOptions = {
    columns,
    present: toPublicEvent,
    about: await describeExport(prepared, viewer, deps),
    csvSafe: request.csvSafe,
    ...(await overflowOf(format, prepared, columns)),
  }
  const { q, from, to } = request
  await record({
    type: 'audit_log_exported',
    actor: viewer.actor,
    data: {
      format: request.format,
      query: q ?? '',
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(request.columns === undefined ? {} : { columns: columns.map((column) => column.id) }),
      ...more,
    },
  })
  let rows = 0
  const pages = countRows(prepared.pages(), (count) => (rows += count))
  return {
    about: options.about,
    contentType: format.contentType,
    bytes: format.encode(pages, options),
    rows: () => rows,
  }
}

/** Each event is a line with a line feed behind it, and holds no other. */
async function* countRows(
  pages: AsyncGenerator<EventLines>,
  onRows: (count: number) => void,
): AsyncGenerator<EventLines> {
  for await (const page of pages) {
    let count = 0
    for (let at = page.indexOf(10); at >= 0; at = page.indexOf(10, at + 1)) count++
    onRows(count)
    yield page
  }
}

function columnsOfWholeEvents(format: string): AuditError {
  const message = `cannot be given with format=${format}, which always holds whole events`
  return new AuditError('invalid', 'The columns of this format cannot be chosen.', {
    problems: [{ path: 'columns', message }],
  })
}

async function describeExport(
  prepared: PreparedExport,
  viewer: Viewer,
  deps: ExportDependencies,
): Promise<ExportAbout> {
  const { search } = prepared
  const { name, email, id } = viewer.actor
  const exporter =
    name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email ?? id ?? '')
  const part = describeVisibility(viewer)
  return {
    workspaceName: await deps.workspaceName(viewer.workspaceId),
    searchText: search.q,
    from: search.from,
    ...(search.hasEnd ? { to: search.before } : {}),
    // Who gets the file must not take a part of the log for the whole.
    exportedBy: part === undefined ? exporter : `${exporter} (${part})`,
    exportedAt: timeFromMs(deps.now()),
  }
}

async function overflowOf(
  format: ExportFormatEntry,
  prepared: PreparedExport,
  columns: ExportOptions['columns'],
): Promise<Pick<ExportOptions, 'overflow'>> {
  if (!format.hasOverflow) return {}
  const longEvents = prepared.pages({ longerThanBytes: overflowJsonBytesMin })
  return { overflow: await countOverflow(longEvents, columns, toPublicEvent) }
}
