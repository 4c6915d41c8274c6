import {
  accessReportQuerySchema,
  signOffFormatSchema,
  signOffRequestSchema,
  type AccessReport,
  type KnownTables,
  type SignOff,
  type SignOffList,
} from '@aleph-audit-log/domain/api/access-review'
import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Viewer } from '../access/viewer.ts'
import {
  encodeAccessReport,
  encodeSignOff,
  type WorkbookContext,
} from '../search/access-review/access-workbook.ts'
import {
  listKnownTables,
  makeAccessReport,
  type AccessReportDependencies,
} from '../search/access-review/make-access-report.ts'
import { signOffReview } from '../search/access-review/sign-off-review.ts'
import { exportFileName } from '../search/export/export-file-name.ts'
import { exportFormats } from '../search/export/export-formats.ts'
import type { RecordAct, SearchRecorder } from '../search/record-search.ts'
import { listSignOffs, readSignOff } from '../settings/access-reviews.ts'
import { clientGone } from './client-gone.ts'
import { readInput } from './read-input.ts'

export type AccessReviewRouteDependencies = AccessReportDependencies & {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  recorder: SearchRecorder<FastifyRequest>
  record: RecordAct<FastifyRequest>
  workspaceName: (workspaceId: string) => Promise<string>
}

/** Registers the access review: who had access to tables, and what was signed off about it. */
export function registerAccessReviewRoutes(app: FastifyInstance, deps: AccessReviewRouteDependencies): void {
  app.get('/api/v1/insights/access', async (request, reply): Promise<AccessReport | FastifyReply> => {
    const viewer = await deps.authenticate(request)
    const { format, ...asked } = readInput(accessReportQuerySchema, request.query)
    const report = await makeAccessReport(deps, viewer, asked, clientGone(reply))
    // The tables as a search would name them: a reader of the log sees what was asked.
    const { patterns, from, to } = report
    if (format === 'json') {
      const q = patterns.map((pattern) => `table:${pattern}`).join(' OR ')
      await deps.recorder.recordSearch(viewer, { q, from, to }, request)
      return report
    }
    await recordDownload(request, viewer, deps, { tables: patterns, from, to })
    const context = await contextOf(viewer, deps)
    return sendWorkbook(reply, encodeAccessReport(report, context), { from, to }, context)
  })

  app.get('/api/v1/insights/access/tables', async (request, reply): Promise<KnownTables> =>
    listKnownTables(deps, await deps.authenticate(request), clientGone(reply)),
  )

  app.get('/api/v1/insights/access/sign-offs', async (request): Promise<SignOffList> =>
    listSignOffs(deps.settings, await deps.authenticate(request)),
  )

  app.post('/api/v1/insights/access/sign-offs', async (request, reply): Promise<{ signOff: SignOff }> => {
    const viewer = await deps.authenticate(request)
    const act = {
      settings: deps.settings,
      viewer,
      record: deps.record.bind(undefined, request, viewer.workspaceId),
      nowMs: deps.now(),
    }
    const signOff = await signOffReview(
      deps,
      act,
      readInput(signOffRequestSchema, request.body),
      clientGone(reply),
    )
    reply.code(201)
    return { signOff }
  })

  app.get(
    '/api/v1/insights/access/sign-offs/:id',
    async (request, reply): Promise<{ signOff: SignOff } | FastifyReply> => {
      const viewer = await deps.authenticate(request)
      const { id } = readInput(idParamsSchema, request.params)
      const { format } = readInput(signOffFormatSchema, request.query)
      const signOff = await readSignOff(deps.settings, viewer, id)
      if (format === 'json') return { signOff }
      const { patterns: tables, from, to } = signOff
      await recordDownload(request, viewer, deps, { tables, from, to, signOffId: id })
      const context = await contextOf(viewer, deps)
      return sendWorkbook(reply, encodeSignOff(signOff, context), { from, to }, context)
    },
  )
}

/** As with every download: one that cannot be recorded does not happen. */
async function recordDownload(
  request: FastifyRequest,
  viewer: Viewer,
  { record }: AccessReviewRouteDependencies,
  data: { tables: string[]; from: string; to: string; signOffId?: string },
): Promise<void> {
  await record(request, viewer.workspaceId, {
    type: 'audit_log_exported',
    actor: viewer.actor,
    data: { format: 'xlsx', report: 'access_review', ...data },
  })
}

async function contextOf(viewer: Viewer, deps: AccessReviewRouteDependencies): Promise<WorkbookContext> {
  const { name, email, id } = viewer.actor
  return {
    workspaceName: await deps.workspaceName(viewer.workspaceId),
    madeBy: name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email ?? id ?? ''),
    madeAt: timeFromMs(deps.now()),
  }
}

function sendWorkbook(
  reply: FastifyReply,
  bytes: Buffer,
  range: { from: string; to: string },
  { workspaceName, madeAt }: WorkbookContext,
): FastifyReply {
  const name = exportFileName({ workspaceName, ...range, exportedAt: madeAt }, 'xlsx', 'access-review')
  return reply
    .header('content-type', exportFormats.xlsx.contentType)
    .header(
      'content-disposition',
      `attachment; filename="${name.ascii}"; filename*=UTF-8''${encodeURIComponent(name.utf8)}`,
    )
    .send(bytes)
}
