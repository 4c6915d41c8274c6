import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changePolicyRequestSchema,
  checkPolicyRequestSchema,
  createPolicyRequestSchema,
  grantExceptionRequestSchema,
  importTableTagsRequestSchema,
  judgePastRequestSchema,
  reportQuerySchema,
  setTableTagsRequestSchema,
  type ImportTableTagsResponse,
  type JudgedPast,
  type Policy,
  type PolicyActivity,
  type PolicyException,
  type PolicyExceptionList,
  type PolicyList,
  type PolicyProblem,
  type PolicyVersion,
  type PolicyVersionList,
  type TableTagList,
} from '@aleph-audit-log/domain/api/policies'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Act } from '../access/act.ts'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import { judgePast, type JudgePastDependencies } from '../policy/judge-past.ts'
import { readPolicyActivity, type PolicyActivityDependencies } from '../policy/policy-activity.ts'
import type { PolicyDirectory } from '../policy/policy-directory.ts'
import { readPolicy, requirePolicy } from '../policy/read-policy.ts'
import { exportFileName } from '../search/export/export-file-name.ts'
import { exportFormats } from '../search/export/export-formats.ts'
import { encodePolicyReport } from '../search/policy-report/policy-workbook.ts'
import type { RecordAct } from '../search/record-search.ts'
import {
  changePolicy,
  createPolicy,
  deletePolicy,
  listPolicies,
  listPolicyVersions,
  listVersionsUntil,
} from '../settings/policies/policies.ts'
import { requirePolicyReader } from '../settings/policies/policy-access.ts'
import { grantException, listExceptions, revokeException } from '../settings/policies/policy-exceptions.ts'
import { importTableTags, listTableTags, setTableTags } from '../settings/policies/table-tags.ts'
import { clientGone } from './client-gone.ts'
import { readInput } from './read-input.ts'

export type PolicyRouteDependencies = PolicyActivityDependencies &
  JudgePastDependencies & {
    policies: Pick<PolicyDirectory, 'rulebookOf' | 'faultsOf' | 'refresh'>
    authenticate: (request: FastifyRequest) => Promise<Viewer>
    record: RecordAct<FastifyRequest>
    workspaceName: (workspaceId: string) => Promise<string>
    /** The change has happened; that it could not be read here is told. */
    onRefreshFailure: (error: unknown) => void
  }

/** Registers policies, their exceptions and reports, and tags of tables. What is answered holds for every event from then on. */
export function registerPolicyRoutes(app: FastifyInstance, deps: PolicyRouteDependencies): void {
  app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    registerPolicies(scope, deps)
    registerJudging(scope, deps)
    registerExceptions(scope, deps)
    registerTags(scope, deps)
  })
}

async function actOf(request: FastifyRequest, deps: PolicyRouteDependencies): Promise<Act> {
  const viewer = await deps.authenticate(request)
  return {
    settings: deps.settings,
    viewer,
    record: (draft) => deps.record(request, viewer.workspaceId, draft),
    nowMs: deps.now(),
  }
}

async function changed({ policies, onRefreshFailure }: PolicyRouteDependencies): Promise<void> {
  await policies.refresh().catch(onRefreshFailure)
}

function registerPolicies(app: FastifyInstance, deps: PolicyRouteDependencies): void {
  app.get('/api/v1/policies', async (request): Promise<PolicyList> => {
    const viewer = await deps.authenticate(request)
    const policies = await listPolicies(deps.settings, viewer)
    const faults = deps.policies.faultsOf(viewer.workspaceId)
    return {
      policies: policies.map((policy) => {
        const problem = policy.enabled ? faults.get(policy.id) : undefined
        return problem === undefined ? policy : { ...policy, problem }
      }),
    }
  })

  app.post('/api/v1/policies', async (request, reply): Promise<{ policy: Policy }> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    const wanted = readInput(createPolicyRequestSchema, request.body)
    requirePolicy(wanted.text)
    const policy = await createPolicy(act, wanted)
    await changed(deps)
    reply.code(201)
    return { policy }
  })

  app.patch('/api/v1/policies/:id', async (request): Promise<{ policy: Policy }> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    const { id } = readInput(idParamsSchema, request.params)
    const change = readInput(changePolicyRequestSchema, request.body)
    if (change.text !== undefined) requirePolicy(change.text)
    const policy = await changePolicy(act, id, change)
    await changed(deps)
    return { policy }
  })

  app.delete('/api/v1/policies/:id', async (request, reply) => {
    await deletePolicy(await actOf(request, deps), readInput(idParamsSchema, request.params).id)
    await changed(deps)
    return reply.code(204).send()
  })

  app.get('/api/v1/policies/:id/versions', async (request): Promise<PolicyVersionList> => {
    const viewer = await deps.authenticate(request)
    const { id } = readInput(idParamsSchema, request.params)
    return { versions: await listPolicyVersions(deps.settings, viewer, id) }
  })
}

function registerJudging(app: FastifyInstance, deps: PolicyRouteDependencies): void {
  app.post('/api/v1/policies/check', async (request): Promise<{ problems: PolicyProblem[] }> => {
    requirePolicyReader(await deps.authenticate(request))
    return { problems: readPolicy(readInput(checkPolicyRequestSchema, request.body).text).problems }
  })

  app.post('/api/v1/policies/judge', async (request, reply): Promise<JudgedPast> => {
    const viewer = await deps.authenticate(request)
    const { text } = readInput(judgePastRequestSchema, request.body)
    const judged = await judgePast(deps, viewer, text, clientGone(reply))
    // It shows what is in the log, as a search does.
    await deps.record(request, viewer.workspaceId, {
      type: 'policy_tried',
      actor: viewer.actor,
      data: { text, from: judged.from, to: judged.to },
    })
    return judged
  })

  app.get('/api/v1/policies/activity', async (request, reply): Promise<PolicyActivity> => {
    const viewer = await deps.authenticate(request)
    return readPolicyActivity(deps, viewer, undefined, clientGone(reply))
  })

  app.get('/api/v1/policies/report', async (request, reply): Promise<FastifyReply> => {
    const viewer = await deps.authenticate(request)
    const { month } = readInput(reportQuerySchema, request.query)
    const range = rangeOfMonth(month)
    const activity = await readPolicyActivity(deps, viewer, range, clientGone(reply))
    const [from, before] = [new Date(range.fromMs).toISOString(), new Date(range.beforeMs).toISOString()]
    const exceptions = await listExceptions(deps.settings, viewer, deps.now())
    const versions = await listVersionsUntil(deps.settings, viewer, before)
    // As with every download: one that cannot be recorded does not happen.
    await deps.record(request, viewer.workspaceId, {
      type: 'audit_log_exported',
      actor: viewer.actor,
      data: { format: 'xlsx', report: 'policies', month },
    })
    const workspaceName = await deps.workspaceName(viewer.workspaceId)
    const madeAt = timeFromMs(deps.now())
    const bytes = encodePolicyReport({
      month,
      activity,
      workspaceName,
      madeBy: nameOf(viewer),
      madeAt,
      exceptions: exceptions.filter((one) => one.from < before && one.until > from),
      versions: versionsInForce(versions, from),
    })
    const name = exportFileName({ workspaceName, from, to: before, exportedAt: madeAt }, 'xlsx', 'policies')
    return reply
      .header('content-type', exportFormats.xlsx.contentType)
      .header(
        'content-disposition',
        `attachment; filename="${name.ascii}"; filename*=UTF-8''${encodeURIComponent(name.utf8)}`,
      )
      .send(bytes)
  })
}

function rangeOfMonth(month: string): { fromMs: number; beforeMs: number } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { fromMs: Date.UTC(year, number - 1), beforeMs: Date.UTC(year, number) }
}

function nameOf({ actor: { name, email, id } }: Viewer): string {
  return name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email ?? id ?? '')
}

type VersionOfPolicy = PolicyVersion & { policyId: string }

/** Of each policy its versions since a time, and the one that was in force when it began. */
function versionsInForce(versions: readonly VersionOfPolicy[], from: string): PolicyVersion[] {
  return versions.filter((version, i) => {
    if (version.at >= from) return true
    const next = versions.slice(i + 1).find(({ policyId }) => policyId === version.policyId)
    return version.change !== 'deleted' && (next === undefined || next.at > from)
  })
}

function registerExceptions(app: FastifyInstance, deps: PolicyRouteDependencies): void {
  app.get('/api/v1/policies/exceptions', async (request): Promise<PolicyExceptionList> => {
    const viewer = await deps.authenticate(request)
    return { exceptions: await listExceptions(deps.settings, viewer, deps.now()) }
  })

  app.post('/api/v1/policies/exceptions', async (request, reply): Promise<{ exception: PolicyException }> => {
    const act = await actOf(request, deps)
    const exception = await grantException(act, readInput(grantExceptionRequestSchema, request.body))
    await changed(deps)
    reply.code(201)
    return { exception }
  })

  app.delete('/api/v1/policies/exceptions/:id', async (request, reply) => {
    await revokeException(await actOf(request, deps), readInput(idParamsSchema, request.params).id)
    await changed(deps)
    return reply.code(204).send()
  })
}

function registerTags(app: FastifyInstance, deps: PolicyRouteDependencies): void {
  app.get('/api/v1/table-tags', async (request): Promise<TableTagList> => ({
    rules: await listTableTags(deps.settings, await deps.authenticate(request)),
  }))

  app.post('/api/v1/table-tags', async (request): Promise<TableTagList> => {
    const act = await actOf(request, deps)
    const rules = await setTableTags(act, readInput(setTableTagsRequestSchema, request.body))
    await changed(deps)
    return { rules }
  })

  app.post('/api/v1/table-tags/import', async (request): Promise<ImportTableTagsResponse> => {
    const act = await actOf(request, deps)
    const result = await importTableTags(act, readInput(importTableTagsRequestSchema, request.body))
    await changed(deps)
    return result
  })
}
