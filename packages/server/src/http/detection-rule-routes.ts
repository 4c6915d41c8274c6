import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  backtestRequestSchema,
  changeDetectionRuleRequestSchema,
  createDetectionRuleRequestSchema,
  rulePastDays,
  type DetectionRuleList,
  type DetectionRuleResponse,
} from '@aleph-audit-log/domain/api/detection-rules'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Act } from '../access/act.ts'
import { requireWholeLog } from '../access/restrict-to-viewer.ts'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import { backtest, type BacktestResult } from '../detect/backtest.ts'
import { createStoreHistory } from '../detect/history.ts'
import { toMicros } from '../detect/times.ts'
import {
  changeRule,
  createRule,
  deleteRule,
  listRules,
  readExclusions,
  readOneRule,
  readRule,
  type RuleDependencies,
} from '../detect/workspace-rules.ts'
import type { RecordAct } from '../search/record-search.ts'
import type { EventStore } from '../store/event-store.ts'
import { clientGone } from './client-gone.ts'
import type { DownloadSlots } from './download-slots.ts'
import { readInput } from './read-input.ts'

export type DetectionRuleRouteDependencies = RuleDependencies & {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  record: RecordAct<FastifyRequest>
  store: EventStore
  retentionDays: number
  /** So many backtests run at once. */
  slots: DownloadSlots
  pageEventsMax: number
  pageBytesMax: number
}

const dayMs = 86_400_000

/** What the log looks for by itself. */
export function registerDetectionRuleRoutes(
  app: FastifyInstance,
  deps: DetectionRuleRouteDependencies,
): void {
  const adminOf = async (request: FastifyRequest): Promise<Act> => {
    const viewer = await deps.authenticate(request)
    requirePermission(viewer, 'admin')
    const record = deps.record.bind(undefined, request, viewer.workspaceId)
    return { settings: deps.settings, viewer, record, nowMs: deps.now() }
  }
  const idOf = (request: FastifyRequest): string => readInput(idParamsSchema, request.params).id

  app.get('/api/v1/detection-rules', async (request): Promise<DetectionRuleList> => ({
    rules: await listRules(deps, await deps.authenticate(request)),
  }))

  app.get('/api/v1/detection-rules/:id', async (request): Promise<DetectionRuleResponse> => {
    const viewer = await deps.authenticate(request)
    requireWholeLog(viewer)
    return readRule(deps, viewer, idOf(request))
  })

  app.post('/api/v1/detection-rules', async (request, reply): Promise<DetectionRuleResponse> => {
    const act = await adminOf(request)
    const { source } = readInput(createDetectionRuleRequestSchema, request.body)
    const made = await createRule(deps, act, source)
    reply.code(201)
    return made
  })

  app.patch('/api/v1/detection-rules/:id', async (request): Promise<DetectionRuleResponse> => {
    const act = await adminOf(request)
    return changeRule(deps, act, idOf(request), readInput(changeDetectionRuleRequestSchema, request.body))
  })

  app.delete('/api/v1/detection-rules/:id', async (request, reply) => {
    await deleteRule(deps, await adminOf(request), idOf(request))
    return reply.code(204).send()
  })

  app.post('/api/v1/detection-rules/backtest', async (request, reply): Promise<BacktestResult> => {
    const viewer = await deps.authenticate(request)
    requireWholeLog(viewer)
    const { source, exclusions = '' } = readInput(backtestRequestSchema, request.body)
    const { entries } = deps.ruleSet.of(viewer.workspaceId)
    const { rule, rules } = readOneRule(entries, source)
    const excluded = readExclusions(exclusions)
    deps.slots.take(reply)
    const nowMs = deps.now()
    const range = { from: timeFromMs(nowMs - rulePastDays * dayMs), to: timeFromMs(nowMs) }
    // It shows what is in the log, as a search does.
    await deps.record(request, viewer.workspaceId, {
      type: 'detection_rule_tried',
      actor: viewer.actor,
      data: { title: rule.title, source, exclusions, ...range },
      targets: [{ type: 'detection_rule', id: rule.id, name: rule.title }],
    })
    const { store, pageEventsMax, pageBytesMax, retentionDays } = deps
    const history = createStoreHistory({
      store,
      workspaceId: viewer.workspaceId,
      keptFrom: () => timeFromMs(deps.now() - retentionDays * dayMs),
      pageEventsMax,
      pageBytesMax,
      read: { signal: clientGone(reply) },
    })
    const before = toMicros(range.to)
    return backtest(history, { rule, rules, from: toMicros(range.from), before, exclusions: excluded })
  })
}
