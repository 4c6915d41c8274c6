import { Readable } from 'node:stream'
import type { InsightFormat } from '@aleph-audit-log/domain/api/insights'
import { AuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describeVisibility } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { encodeUsageCsv, encodeUsageXlsx } from '../insights/encode-usage.ts'
import type { AskedSearch } from '../insights/insights.ts'
import { toUsageSheet, type UsageAnswer } from '../insights/usage-sheet.ts'
import { exportFileName } from '../search/export/export-file-name.ts'
import { exportFormats } from '../search/export/export-formats.ts'
import type { ExportAbout } from '../search/export/export-options.ts'
import type { RecordAct } from '../search/record-search.ts'
import type { SearchText } from '../search/resolve-search.ts'

export type DownloadDependencies = {
  record: RecordAct<FastifyRequest>
  workspaceName: (workspaceId: string) => Promise<string>
  now: () => number
  rowsMax: number
  /** At most so many rows by days. */
  cellsMax: number
}

/**
 * Answers with a list as a file. It has all rows or there is none: a list that is longer than may be held at once is
 * refused, and so is a download that cannot be recorded.
 */
export async function sendUsage(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: DownloadDependencies,
  {
    viewer,
    format,
    csvSafe,
    asked,
    text,
    ...what
  }: UsageAnswer & {
    viewer: Viewer
    format: InsightFormat
    csvSafe: boolean
    asked: AskedSearch
    text: SearchText
  },
): Promise<FastifyReply> {
  const { rows, total, days } = what.answer
  if (total > rows.length) {
    throw new AuditError(
      'too_large',
      `The list has ${total} rows, and a file of ${days.length} days has at most ${rows.length}. Narrow the search or its range.`,
    )
  }
  const about = await describe(viewer, asked, deps)
  const { from, to } = text
  await deps.record(request, viewer.workspaceId, {
    type: 'insights_exported',
    actor: viewer.actor,
    data: {
      page: what.list,
      format,
      query: asked.q,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
  })
  const sheet = toUsageSheet(what)
  const name = exportFileName(about, format, `insights-${what.list}`)
  return reply
    .header('content-type', exportFormats[format].contentType)
    .header(
      'content-disposition',
      `attachment; filename="${name.ascii}"; filename*=UTF-8''${encodeURIComponent(name.utf8)}`,
    )
    .send(
      Readable.from(format === 'csv' ? encodeUsageCsv(sheet, csvSafe) : encodeUsageXlsx(sheet, about), {
        objectMode: false,
      }),
    )
}

async function describe(
  viewer: Viewer,
  search: AskedSearch,
  deps: DownloadDependencies,
): Promise<ExportAbout> {
  const { name, email, id } = viewer.actor
  const exporter =
    name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email ?? id ?? '')
  const part = describeVisibility(viewer)
  return {
    workspaceName: await deps.workspaceName(viewer.workspaceId),
    searchText: search.q,
    from: search.from,
    ...(search.hasEnd ? { to: search.before } : {}),
    exportedBy: part === undefined ? exporter : `${exporter} (${part})`,
    exportedAt: timeFromMs(deps.now()),
  }
}
