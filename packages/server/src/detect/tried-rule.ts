import { linkRules } from '@aleph-audit-log/domain/detect/link-rules'
import { readRules } from '@aleph-audit-log/domain/detect/read-rules'
import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { WorkspaceRules } from './rule-set.ts'

/** A rule that is tried, with all that may run together with it. */
export type TriedRule = { rule: Rule; rules: readonly Rule[] }

/**
 * A rule of a workspace, or one that somebody is writing, which takes the place of those with its ids.
 * Errors: 'not_found'; 'invalid' with the line and column of every fault.
 */
export function readTriedRule(
  { linked, written }: Pick<WorkspaceRules, 'linked' | 'written'>,
  { ruleId, source }: { ruleId?: string | undefined; source?: string | undefined },
): TriedRule {
  if (source === undefined) {
    const rule = linked.find(({ id }) => id === ruleId)
    if (rule === undefined) throw new AuditError('not_found', 'There is no such rule.')
    return { rule, rules: linked }
  }
  const read = readRules(source)
  const own = new Set(read.rules.map(({ id }) => id))
  const together = linkRules([...read.rules, ...written.filter(({ id }) => !own.has(id))])
  const faults = [...read.problems, ...together.problems.filter(({ ruleId: of }) => own.has(of))]
  if (faults.length > 0) {
    const problems = faults.map(({ line, column, message }) => ({
      path: 'source',
      message: `line ${line}, column ${column}: ${message}`,
    }))
    throw new AuditError('invalid', 'The rule cannot be used.', { problems })
  }
  const last = read.rules.at(-1)
  const rule = together.rules.find(({ id }) => id === last?.id)
  if (rule === undefined) {
    throw new AuditError('invalid', 'There is no rule.', {
      problems: [{ path: 'source', message: 'is empty' }],
    })
  }
  return { rule, rules: together.rules }
}
