import {
  backtestRequestSchema,
  type BacktestResponse,
  type DetectionRule,
  type DetectionRuleList,
} from '@aleph-audit-log/domain/api/detection-rules'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireWholeLog } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { backtest } from '../detect/backtest.ts'
import type { History } from '../detect/history.ts'
import { readTriedRule, type TriedRule } from '../detect/tried-rule.ts'
import type { RuleEntry, RuleSet } from '../detect/rule-set.ts'
import type { RecordAct } from '../search/record-search.ts'
import type { ReadOptions } from '../store/event-store.ts'
import { clientGone } from './client-gone.ts'
import { readInput } from './read-input.ts'

export type DetectionRuleDependencies = {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  ruleSet: RuleSet
  historyOf: (workspaceId: string, read: ReadOptions) => History
  record: RecordAct<FastifyRequest>
  now: () => number
  backtestDays: number
}

/** Rules that run, and how they would have done. */
export function registerDetectionRuleRoutes(app: FastifyInstance, deps: DetectionRuleDependencies): void {
  const { authenticate, ruleSet, historyOf, record, now, backtestDays } = deps

  app.get('/api/v1/detection-rules', async (request): Promise<DetectionRuleList> => {
    const viewer = await authenticate(request)
    requireWholeLog(viewer)
    return { rules: ruleSet.of(viewer.workspaceId).entries.map(toShown) }
  })

  app.post('/api/v1/detection-rules/backtest', async (request, reply): Promise<BacktestResponse> => {
    const viewer = await authenticate(request)
    requireWholeLog(viewer)
    const asked = readInput(backtestRequestSchema, request.body)
    const tried = readTriedRule(ruleSet.of(viewer.workspaceId), asked)
    const exclusions = readExclusions(asked.exclusions)
    await recordTrial(request, viewer, tried, record)
    const history = historyOf(viewer.workspaceId, { signal: clientGone(reply) })
    const nowMs = now()
    const from = (nowMs - backtestDays * 86_400_000) * 1000
    return backtest(history, { ...tried, from, before: nowMs * 1000, exclusions })
  })
}

function toShown({ id, origin, file, rule, isEnabled, exclusions, problems }: RuleEntry): DetectionRule {
  return {
    id,
    origin,
    ...(file === undefined ? {} : { file }),
    ...(rule === undefined
      ? {}
      : {
          title: rule.title,
          description: rule.description,
          level: rule.level,
          status: rule.status,
          tags: [...rule.tags],
          isShown: rule.isShown,
        }),
    isEnabled,
    exclusions,
    problems,
  }
}

function readExclusions(text: string | undefined): Filter | undefined {
  if (text === undefined || text.trim() === '') return undefined
  try {
    return parseFilter(text)
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    const problems = error.problems.map((problem) => ({ ...problem, path: 'exclusions' }))
    throw new AuditError('invalid', 'The exclusions cannot be read.', { problems })
  }
}

/** Who tries a rule reads the log. */
async function recordTrial(
  request: FastifyRequest,
  viewer: Viewer,
  { rule }: TriedRule,
  record: RecordAct<FastifyRequest>,
): Promise<void> {
  await record(request, viewer.workspaceId, {
    type: 'detection_rule_tried',
    actor: viewer.actor,
    data: { rule: { id: rule.id, title: rule.title } },
    targets: [{ type: 'detection_rule', id: rule.id, name: rule.title }],
  })
}
