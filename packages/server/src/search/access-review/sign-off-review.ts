import type {
  AccessReport,
  SignedLine,
  SignOff,
  SignOffRequest,
} from '@aleph-audit-log/domain/api/access-review'
import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { Act } from '../../access/act.ts'
import { keepSignOff } from '../../settings/access-reviews.ts'
import { makeAccessReport, type AccessReportDependencies } from './make-access-report.ts'

/**
 * Counts the report again and keeps it with the decisions, if it is what the reviewer has seen. Errors: `conflict` if
 * other events have come or gone since, `invalid` unless every line has exactly one decision, those of
 * `makeAccessReport` and `keepSignOff`.
 */
export async function signOffReview(
  deps: AccessReportDependencies,
  act: Act,
  { lines, remark, ...request }: SignOffRequest,
  signal?: AbortSignal,
): Promise<SignOff> {
  const report = await makeAccessReport(deps, act.viewer, request, signal)
  if (report.hash !== request.hash) {
    throw new AuditError('conflict', 'What was counted has changed since. Look at the review again.')
  }
  const { patterns, tables, from, to, hash } = report
  return keepSignOff(act, {
    patterns,
    tables,
    from,
    to,
    hash,
    ...(remark !== undefined && remark.trim() !== '' && { remark: remark.trim() }),
    lines: decide(report, lines),
  })
}

function decide(report: AccessReport, decided: SignOffRequest['lines']): SignedLine[] {
  const keyOf = (table: string, person: string): string => JSON.stringify([table, person])
  const decisions = new Map<string, SignOffRequest['lines'][number]>()
  const problems: Problem[] = []
  const known = new Set(report.lines.map(({ table, person }) => keyOf(table, person.id)))
  for (const [i, line] of decided.entries()) {
    const key = keyOf(line.table, line.person)
    if (!known.has(key)) problems.push({ path: `lines[${i}]`, message: 'is no line of the report' })
    if (decisions.has(key)) problems.push({ path: `lines[${i}]`, message: 'is decided twice' })
    decisions.set(key, line)
  }
  const signed = report.lines.flatMap(({ previous: _previous, ...line }) => {
    const made = decisions.get(keyOf(line.table, line.person.id))
    if (made === undefined) return []
    const remark = made.remark?.trim() ?? ''
    return [{ ...line, decision: made.decision, ...(remark !== '' && { remark }) }]
  })
  const missing = report.lines.length - signed.length
  if (missing > 0) problems.push({ path: 'lines', message: `${missing} lines have no decision` })
  if (problems.length > 0) throw new AuditError('invalid', 'Every line needs one decision.', { problems })
  return signed
}
