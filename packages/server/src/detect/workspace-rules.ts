import {
  rulePastDays,
  type ChangeDetectionRuleRequest,
  type DetectionRule,
  type DetectionRuleResponse,
} from '@aleph-audit-log/domain/api/detection-rules'
import { linkRules } from '@aleph-audit-log/domain/detect/link-rules'
import { readRules, type ReadRule } from '@aleph-audit-log/domain/detect/read-rules'
import { ruleLimits, type Rule } from '@aleph-audit-log/domain/detect/rule'
import { AuditError, isAuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { timeOf, type Act } from '../access/act.ts'
import { requireWholeLog } from '../access/restrict-to-viewer.ts'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import { commitWithEvent, lockWorkspace } from '../settings/commit-with-event.ts'
import { deleteRuleRow, findRuleRow, putRuleRow } from '../settings/detections/write-rules.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { RuleEntry, RuleSet } from './rule-set.ts'

export type RuleDependencies = { settings: Settings; ruleSet: RuleSet; now: () => number }

/** The rules of the viewer's workspace by title, with how many alerts each has of late. */
export async function listRules(deps: RuleDependencies, viewer: Viewer): Promise<DetectionRule[]> {
  requireWholeLog(viewer)
  const counts = await countAlerts(deps, viewer)
  return deps.ruleSet
    .of(viewer.workspaceId)
    .entries.map((entry) => toDetectionRule(entry, counts.get(entry.id) ?? 0))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
}

/** One rule with its text. Errors: `forbidden`, `not_found`. */
export async function readRule(
  deps: RuleDependencies,
  viewer: Viewer,
  id: string,
): Promise<DetectionRuleResponse> {
  requireWholeLog(viewer)
  return describeRule(deps, viewer, id)
}

/** For who may read rules, or has just changed this one. */
async function describeRule(
  deps: RuleDependencies,
  viewer: Viewer,
  id: string,
): Promise<DetectionRuleResponse> {
  const entry = findEntry(deps, viewer, id)
  const counts = await countAlerts(deps, viewer)
  return { rule: toDetectionRule(entry, counts.get(id) ?? 0), source: entry.source }
}

/** Adds a rule of the workspace. Errors: `invalid` with the place of each fault; `conflict` if its id is taken, or there are too many. */
export async function createRule(
  deps: RuleDependencies,
  act: Act,
  source: string,
): Promise<DetectionRuleResponse> {
  requirePermission(act.viewer, 'admin')
  const { entries } = deps.ruleSet.of(act.viewer.workspaceId)
  const { rule } = readOneRule(entries, source)
  if (entries.some(({ id }) => id === rule.id)) {
    throw new AuditError('conflict', 'There is already a rule with this id: give it another one.')
  }
  if (entries.length >= ruleLimits.rulesMax) {
    throw new AuditError('conflict', `A workspace can have at most ${ruleLimits.rulesMax} rules.`)
  }
  await commitWithEvent(act.settings, act.record, async (transaction) => {
    await lockWorkspace(transaction, act.viewer.workspaceId)
    const wanted = { rule_id: rule.id, source, enabled: 1, exclusions: '', updated_at: timeOf(act) }
    await putRuleRow(transaction, act.viewer, wanted)
    const event = ruleEvent('detection_rule_created', act.viewer, rule, { source })
    return { result: undefined, event }
  })
  await deps.ruleSet.refresh()
  return describeRule(deps, act.viewer, rule.id)
}

/**
 * Switches a rule on or off, leaves events out of it, or writes it anew; it starts with new windows. Errors: `not_found`,
 * and those of `createRule`.
 */
export async function changeRule(
  deps: RuleDependencies,
  act: Act,
  id: string,
  change: ChangeDetectionRuleRequest,
): Promise<DetectionRuleResponse> {
  requirePermission(act.viewer, 'admin')
  const entry = findEntry(deps, act.viewer, id)
  const { entries } = deps.ruleSet.of(act.viewer.workspaceId)
  if (change.source !== undefined && readOneRule(entries, change.source).rule.id !== id) {
    throw new AuditError('invalid', 'The rule has another id.', {
      problems: [{ path: 'source', message: `must keep the id ${id}: another rule is added, not changed` }],
    })
  }
  if (change.exclusions !== undefined) readExclusions(change.exclusions)
  await commitWithEvent(act.settings, act.record, async (transaction) => {
    await lockWorkspace(transaction, act.viewer.workspaceId)
    const row = await findRuleRow(transaction, act.viewer.workspaceId, id)
    const before = { enabled: row?.enabled !== 0, exclusions: row?.exclusions ?? '' }
    const after = {
      enabled: change.enabled ?? before.enabled,
      exclusions: change.exclusions ?? before.exclusions,
    }
    await putRuleRow(transaction, act.viewer, {
      rule_id: id,
      source: change.source ?? row?.source ?? null,
      enabled: after.enabled ? 1 : 0,
      exclusions: after.exclusions,
      updated_at: timeOf(act),
    })
    const sources =
      change.source === undefined ? {} : { sourceBefore: entry.source, sourceAfter: change.source }
    const event = ruleEvent('detection_rule_changed', act.viewer, titled(entry), {
      before,
      after,
      ...sources,
    })
    return { result: undefined, event }
  })
  await deps.ruleSet.refresh()
  return describeRule(deps, act.viewer, id)
}

/** Takes back what the workspace wrote of a rule: a shipped one is as it is shipped, one of its own is gone. Errors: `not_found`. */
export async function deleteRule(deps: RuleDependencies, act: Act, id: string): Promise<void> {
  requirePermission(act.viewer, 'admin')
  const entry = findEntry(deps, act.viewer, id)
  await commitWithEvent(act.settings, act.record, async (transaction) => {
    await lockWorkspace(transaction, act.viewer.workspaceId)
    const row = await findRuleRow(transaction, act.viewer.workspaceId, id)
    if (!row) throw new AuditError('not_found', 'There is nothing of this rule that the workspace wrote.')
    await deleteRuleRow(transaction, act.viewer.workspaceId, id)
    const data = { source: entry.source, enabled: entry.isEnabled, exclusions: entry.exclusions }
    const type = entry.isShipped ? 'detection_rule_changed' : 'detection_rule_deleted'
    const said = entry.isShipped ? { before: data, after: 'as it is shipped' } : data
    return { result: undefined, event: ruleEvent(type, act.viewer, titled(entry), said) }
  })
  await deps.ruleSet.refresh()
}

/**
 * One rule of a text, linked with those that it needs. Throws AuditError('invalid') with line and column of each fault.
 */
export function readOneRule(
  entries: readonly RuleEntry[],
  source: string,
): { rule: Rule; rules: readonly Rule[] } {
  const { rules, problems } = readRules(source)
  if (problems.length > 0) throw badSource(problems)
  const [rule, ...more] = rules
  if (rule === undefined || more.length > 0) {
    throw badSource([{ line: 1, column: 1, message: 'must be one rule' }])
  }
  const others = entries
    .filter(({ id }) => id !== rule.id)
    .flatMap((entry): ReadRule[] => readRules(entry.source).rules.filter(({ id }) => id === entry.id))
  // It comes last, so that what clashes with others is told of it.
  const linked = linkRules([...others, rule])
  const own = linked.problems.filter(({ ruleId }) => ruleId === rule.id)
  const found = linked.rules.find(({ id }) => id === rule.id)
  if (found === undefined || own.length > 0) throw badSource(own)
  return { rule: found, rules: linked.rules }
}

/** What a rule is not to look at; undefined: nothing. Throws AuditError('invalid') with the place of a fault. */
export function readExclusions(text: string): Filter | undefined {
  if (text.trim() === '') return undefined
  try {
    return parseFilter(text)
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    const problems = error.problems.map((problem) => ({ ...problem, path: 'exclusions' }))
    throw new AuditError('invalid', error.message, { problems, cause: error })
  }
}

type PlacedFault = { line: number; column: number; message: string } & Partial<Problem>

function badSource(faults: readonly PlacedFault[]): AuditError {
  const problems = faults.map(({ line, column, message, start, end, suggestion }) => ({
    path: 'source',
    message: `Line ${line}, column ${column}: ${message}`,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(suggestion !== undefined && { suggestion }),
  }))
  return new AuditError('invalid', 'The rule cannot be used.', { problems })
}

function findEntry({ ruleSet }: RuleDependencies, { workspaceId }: Viewer, id: string): RuleEntry {
  const entry = ruleSet.of(workspaceId).entries.find((one) => one.id === id)
  if (!entry) throw new AuditError('not_found', 'There is no such rule.')
  return entry
}

async function countAlerts(
  { settings, now }: RuleDependencies,
  { workspaceId }: Viewer,
): Promise<Map<string, number>> {
  const rows = await settings.db
    .selectFrom('alerts')
    .select(['rule_id', (of) => of.fn.countAll<number | string>().as('count')])
    .where('workspace_id', '=', workspaceId)
    .where('last_event_at', '>=', timeFromMs(now() - rulePastDays * 86_400_000))
    .groupBy('rule_id')
    .execute()
  return new Map(rows.map(({ rule_id, count }) => [rule_id, Number(count)]))
}

function toDetectionRule(entry: RuleEntry, alerts: number): DetectionRule {
  const { id, origin, isShipped, file, rule, isEnabled, exclusions, problems } = entry
  return {
    id,
    title: titled(entry).title,
    description: rule?.description ?? '',
    ...(rule && { level: rule.level, status: rule.status }),
    origin,
    isShipped,
    ...(file !== undefined && { file }),
    enabled: isEnabled,
    shown: rule?.isShown ?? true,
    tags: [...(rule?.tags ?? [])],
    falsePositives: [...(rule?.falsePositives ?? [])],
    exclusions,
    problems,
    alerts,
  }
}

/** A rule whose text cannot be used is known by its id. */
function titled({ id, rule }: RuleEntry): { id: string; title: string } {
  return { id, title: rule?.title ?? id }
}

function ruleEvent(
  type: 'detection_rule_created' | 'detection_rule_changed' | 'detection_rule_deleted',
  { actor }: Viewer,
  { id, title }: { id: string; title: string },
  data: EventData,
): EventDraft {
  return { type, actor, data: { title, ...data }, targets: [{ type: 'detection_rule', id, name: title }] }
}
