import { Readable } from 'node:stream'
import { exportQuerySchema, toPublicEvent } from '@aleph-audit-log/domain/api/events'
import { AuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describeVisibility } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { parseColumns } from '../search/export/export-columns.ts'
import { exportFileName } from '../search/export/export-file-name.ts'
import { exportFormats, type ExportFormatEntry } from '../search/export/export-formats.ts'
import type { ExportOptions } from '../search/export/export-options.ts'
import { countOverflow, overflowJsonBytesMin } from '../search/export/overflow-columns.ts'
import type { RecordAct } from '../search/record-search.ts'
import type { PreparedExport, Search } from '../search/search-events.ts'
import { clientGone } from './client-gone.ts'
import { readInput } from './read-input.ts'

export type ExportRouteDependencies = {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  search: Search
  record: RecordAct<FastifyRequest>
  workspaceName: (workspaceId: string) => Promise<string>
  now: () => number
  pageBytesMax: number
  concurrentMax: number
  onBug: (error: unknown, request: FastifyRequest) => void
}

/**
 * Registers the download. It is streamed: memory does not grow with its size, and a failure in the middle breaks the
 * connection, because a short file must not look like a whole one.
 */
export function registerExportRoute(app: FastifyInstance, deps: ExportRouteDependencies): void {
  let running = 0
  app.get('/api/v1/events/export', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    // Who has left already would never give the place back.
    if (reply.raw.destroyed) throw new AuditError('unavailable', 'The client went away.')
    if (running >= deps.concurrentMax) {
      throw new AuditError(
        'overloaded',
        `${running} exports are running already. Try again when one has ended.`,
      )
    }
    running++
    // Also runs when the client goes away.
    reply.raw.once('close', () => running--)
    return startExport(request, reply, viewer, deps)
  })
}

async function startExport(
  request: FastifyRequest,
  reply: FastifyReply,
  viewer: Viewer,
  deps: ExportRouteDependencies,
): Promise<FastifyReply> {
  const query = readInput(exportQuerySchema, request.query)
  const format = exportFormats[query.format]
  if (query.columns !== undefined && !format.hasColumns) throw columnsOfWholeEvents(query.format)
  const columns = parseColumns(query.columns)
  const gone = clientGone(reply)
  const prepared = await deps.search.prepareExport(viewer, query, deps.pageBytesMax, gone)
  const options: ExportOptions = {
    columns,
    present: toPublicEvent,
    about: await describeExport(prepared, viewer, deps),
    csvSafe: query.csv_safe === '1',
    ...(await overflowOf(format, prepared, columns)),
  }
  const { q, from, to } = query
  // One per download, and before its first byte: an export that cannot be recorded does not happen.
  await deps.record(request, viewer.workspaceId, {
    type: 'audit_log_exported',
    actor: viewer.actor,
    data: {
      format: query.format,
      query: q ?? '',
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(query.columns === undefined ? {} : { columns: columns.map((column) => column.id) }),
    },
  })
  const name = exportFileName(options.about, query.format)
  const bytes = Readable.from(format.encode(prepared.pages(), options), {
    objectMode: false,
  })
  bytes.once('error', (error) => {
    if (!gone.aborted) deps.onBug(error, request)
    reply.raw.destroy()
  })
  return reply
    .header('content-type', format.contentType)
    .header(
      'content-disposition',
      `attachment; filename="${name.ascii}"; filename*=UTF-8''${encodeURIComponent(name.utf8)}`,
    )
    .send(bytes)
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
  deps: ExportRouteDependencies,
): Promise<ExportOptions['about']> {
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
