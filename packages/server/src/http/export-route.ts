import { Readable } from 'node:stream'
import { exportQuerySchema } from '@aleph-audit-log/domain/api/events'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Viewer } from '../access/viewer.ts'
import { exportFileName } from '../search/export/export-file-name.ts'
import { openExport, type ExportDependencies } from '../search/export/open-export.ts'
import type { RecordAct } from '../search/record-search.ts'
import { clientGone } from './client-gone.ts'
import type { DownloadSlots } from './download-slots.ts'
import { readInput } from './read-input.ts'

export type ExportRouteDependencies = ExportDependencies & {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  record: RecordAct<FastifyRequest>
  slots: DownloadSlots
  onBug: (error: unknown, request: FastifyRequest) => void
}

/**
 * Registers the download. It is streamed: memory does not grow with its size, and a failure in the middle breaks the
 * connection, because a short file must not look like a whole one.
 */
export function registerExportRoute(app: FastifyInstance, deps: ExportRouteDependencies): void {
  app.get('/api/v1/events/export', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    deps.slots.take(reply)
    return startExport(request, reply, viewer, deps)
  })
}

async function startExport(
  request: FastifyRequest,
  reply: FastifyReply,
  viewer: Viewer,
  deps: ExportRouteDependencies,
): Promise<FastifyReply> {
  const { csv_safe, ...query } = readInput(exportQuerySchema, request.query)
  const gone = clientGone(reply)
  const opened = await openExport(
    viewer,
    { ...query, csvSafe: csv_safe === '1' },
    async (draft) => deps.record(request, viewer.workspaceId, draft),
    deps,
    { signal: gone },
  )
  const name = exportFileName(opened.about, query.format)
  const bytes = Readable.from(opened.bytes, { objectMode: false })
  bytes.once('error', (error) => {
    if (!gone.aborted) deps.onBug(error, request)
    reply.raw.destroy()
  })
  return reply
    .header('content-type', opened.contentType)
    .header(
      'content-disposition',
      `attachment; filename="${name.ascii}"; filename*=UTF-8''${encodeURIComponent(name.utf8)}`,
    )
    .send(bytes)
}
