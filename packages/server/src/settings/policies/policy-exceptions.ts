import { randomUUID } from 'node:crypto'
import {
  policyLimits,
  type GrantExceptionRequest,
  type PolicyException,
} from '@aleph-audit-log/domain/api/policies'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Selectable } from 'kysely'
import { timeOf, type Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../open-settings.ts'
import { authorOf, countPolicyChange, requirePolicyReader, toAuthor } from './policy-access.ts'
import type { PolicyTables } from './policy-tables.ts'

type Row = Selectable<PolicyTables['policy_exceptions']>

const dayMs = 86_400_000

/** The exceptions of the viewer's workspace, those that end last first; over and revoked ones, too. */
export async function listExceptions(
  settings: Settings,
  viewer: Viewer,
  nowMs: number,
): Promise<PolicyException[]> {
  requirePolicyReader(viewer)
  const rows = await readExceptionRows(settings.db, viewer.workspaceId)
  return rows.map((row) => toException(row, nowMs))
}

/** The rows, for the server itself. */
export async function readExceptionRows(db: SettingsDatabase, workspaceId: string): Promise<Row[]> {
  return db
    .selectFrom('policy_exceptions')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('until_at', 'desc')
    .orderBy('id')
    .execute()
}

/**
 * Lets a person or a group do what a policy forbids (without one: any), from now until a time: events of that time are
 * `excepted`. Errors: `not_found` for an unknown policy, `invalid` for a time that has passed or is too far, `conflict` if
 * there are too many.
 */
export async function grantException(
  { settings, viewer, record, ...act }: Act,
  { policyId, subject, until, reason, approver }: GrantExceptionRequest,
): Promise<PolicyException> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  const untilMs = Date.parse(until)
  if (untilMs <= act.nowMs || untilMs > act.nowMs + policyLimits.exceptionDaysMax * dayMs) {
    const message = `must be in the future, and at most ${policyLimits.exceptionDaysMax} days from now`
    throw new AuditError('invalid', 'The exception cannot be granted.', {
      problems: [{ path: 'until', message }],
    })
  }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    await refuseTooMany(transaction, workspaceId, timeOf(act))
    const by = authorOf(viewer)
    const row: Row = {
      id: randomUUID(),
      workspace_id: workspaceId,
      policy_id: policyId ?? null,
      policy_name: policyId === undefined ? null : await nameOf(transaction, workspaceId, policyId),
      subject_kind: subject.kind,
      subject: subject.name,
      reason,
      approver,
      revoked: 0,
      from_at: timeOf(act),
      until_at: new Date(untilMs).toISOString(),
      granted_by_id: by.id,
      granted_by_name: by.name,
      granted_by_email: by.email,
    }
    await transaction.insertInto('policy_exceptions').values(row).execute()
    await countPolicyChange(transaction, workspaceId)
    const exception = toException(row, act.nowMs)
    return { result: exception, event: exceptionEvent('policy_exception_granted', viewer, exception) }
  })
}

/** Ends an exception now. Errors: `not_found`; `conflict` if it is over. */
export async function revokeException({ settings, viewer, record, ...act }: Act, id: string): Promise<void> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  await commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const row = await transaction
      .selectFrom('policy_exceptions')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new AuditError('not_found', 'There is no such exception.')
    if (Date.parse(row.until_at) <= act.nowMs) throw new AuditError('conflict', 'This exception is over.')
    const change = { until_at: timeOf(act), revoked: 1 }
    await transaction.updateTable('policy_exceptions').set(change).where('id', '=', id).execute()
    await countPolicyChange(transaction, workspaceId)
    const exception = toException({ ...row, ...change }, act.nowMs)
    return { result: undefined, event: exceptionEvent('policy_exception_revoked', viewer, exception) }
  })
}

async function refuseTooMany(
  transaction: SettingsTransaction,
  workspaceId: string,
  now: string,
): Promise<void> {
  const { count } = await transaction
    .selectFrom('policy_exceptions')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('until_at', '>', now)
    .executeTakeFirstOrThrow()
  if (Number(count) < policyLimits.exceptionsMax) return
  throw new AuditError(
    'conflict',
    `A workspace can have at most ${policyLimits.exceptionsMax} exceptions at a time.`,
  )
}

async function nameOf(transaction: SettingsTransaction, workspaceId: string, id: string): Promise<string> {
  const row = await transaction
    .selectFrom('policies')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such policy.')
  return row.name
}

function toException(row: Row, nowMs: number): PolicyException {
  const isOver = Date.parse(row.until_at) <= nowMs
  return {
    id: row.id,
    ...(row.policy_id === null ? {} : { policy: { id: row.policy_id, name: row.policy_name ?? '' } }),
    subject: { kind: row.subject_kind, name: row.subject },
    from: row.from_at,
    until: row.until_at,
    reason: row.reason,
    approver: row.approver,
    grantedAt: row.from_at,
    grantedBy: toAuthor(row.granted_by_name, row.granted_by_email),
    state: row.revoked === 1 ? 'revoked' : isOver ? 'over' : 'active',
  }
}

function exceptionEvent(
  type: 'policy_exception_granted' | 'policy_exception_revoked',
  viewer: Viewer,
  { id, policy, subject, from, until, reason, approver }: PolicyException,
): EventDraft {
  const { kind, name } = subject
  return {
    type,
    actor: viewer.actor,
    data: { policy: policy?.name ?? 'every policy', [kind]: name, from, until, reason, approver },
    targets: [
      { type: 'policy_exception', id, name },
      ...(policy === undefined ? [] : [{ type: 'policy', ...policy }]),
    ],
  }
}
