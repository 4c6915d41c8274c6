import { randomUUID } from 'node:crypto'
import { accessReviewLimits } from '@aleph-audit-log/domain/access-review-limits'
import {
  signedLineSchema,
  signOffSummarySchema,
  type SignedLine,
  type SignOff,
  type SignOffList,
  type SignOffSummary,
} from '@aleph-audit-log/domain/api/access-review'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Selectable } from 'kysely'
import * as z from 'zod'
import { timeOf, type Act } from '../access/act.ts'
import { requireWholeLog } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import { commitWithEvent } from './commit-with-event.ts'
import type { Settings } from './open-settings.ts'
import type { SettingsTables } from './settings-tables.ts'

/** A review as it is to be signed. */
export type ReviewToSign = Omit<SignOff, 'id' | 'signedAt' | 'reviewer'>

/** The last review of a table, and what it says of each person by their id. */
export type LastReview = Pick<SignOff, 'id' | 'signedAt' | 'reviewer' | 'to'> & {
  lines: ReadonlyMap<string, SignedLine>
}

/** Tables that are inserted, or asked for, at a time: databases bound the parameters of a statement. */
const tablesPerStatement = 200

/**
 * Keeps a review for good: nothing changes or deletes one afterwards. Throws AuditError('forbidden') for who does not see
 * the whole log, and for keys: a person answers for a review.
 */
export async function keepSignOff(
  { settings, viewer, record, ...act }: Act,
  review: ReviewToSign,
): Promise<SignOff> {
  requireWholeLog(viewer)
  if (viewer.via !== 'session') {
    throw new AuditError('forbidden', 'A review is signed off by a person who is signed in.')
  }
  const { name, email } = viewer.actor
  const reviewer = {
    id: viewer.userId,
    name: name ?? email ?? viewer.userId,
    ...(email !== undefined && { email }),
  }
  const signOff: SignOff = { id: randomUUID(), ...review, signedAt: timeOf(act), reviewer }
  return commitWithEvent(settings, record, async (transaction) => {
    await transaction.insertInto('access_reviews').values(toRow(viewer.workspaceId, signOff)).execute()
    for (let i = 0; i < signOff.tables.length; i += tablesPerStatement) {
      const rows = signOff.tables.slice(i, i + tablesPerStatement).map((table_name) => ({
        workspace_id: viewer.workspaceId,
        table_name: toKey(table_name),
        review_id: signOff.id,
      }))
      await transaction.insertInto('access_review_tables').values(rows).execute()
    }
    return { result: signOff, event: signOffEvent(viewer, signOff) }
  })
}

/** The newest reviews of the viewer's workspace, and how many there are. */
export async function listSignOffs(settings: Settings, viewer: Viewer): Promise<SignOffList> {
  requireWholeLog(viewer)
  const { db } = settings
  const rows = await db
    .selectFrom('access_reviews')
    .select(['id', 'signed_at', 'reviewer_id', 'reviewer_name', 'reviewer_email', 'about_json'])
    .where('workspace_id', '=', viewer.workspaceId)
    .orderBy('signed_at', 'desc')
    .orderBy('id')
    .limit(accessReviewLimits.listedMax)
    .execute()
  const { count } = await db
    .selectFrom('access_reviews')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('workspace_id', '=', viewer.workspaceId)
    .executeTakeFirstOrThrow()
  return { signOffs: rows.map(toSummary), total: Number(count) }
}

/** One review with its lines. Throws AuditError('not_found') also for one of another workspace. */
export async function readSignOff(settings: Settings, viewer: Viewer, id: string): Promise<SignOff> {
  requireWholeLog(viewer)
  const row = await settings.db
    .selectFrom('access_reviews')
    .selectAll()
    .where('workspace_id', '=', viewer.workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no access review with this id.')
  return toSignOff(row)
}

/** The last review of each of these tables that was reviewed at all, by the table. */
export async function readLastReviews(
  settings: Settings,
  viewer: Viewer,
  tables: readonly string[],
): Promise<Map<string, LastReview>> {
  requireWholeLog(viewer)
  const ids = new Map<string, string>()
  for (let i = 0; i < tables.length; i += tablesPerStatement) {
    const asked = new Map(tables.slice(i, i + tablesPerStatement).map((table) => [toKey(table), table]))
    const found = await settings.db
      .selectFrom('access_review_tables')
      .innerJoin('access_reviews', 'access_reviews.id', 'access_review_tables.review_id')
      .select(['access_review_tables.table_name', 'access_reviews.id'])
      .where('access_review_tables.workspace_id', '=', viewer.workspaceId)
      .where('access_review_tables.table_name', 'in', [...asked.keys()])
      .orderBy('access_reviews.signed_at')
      .orderBy('access_reviews.id')
      .execute()
    // The last one stays.
    for (const { table_name, id } of found) ids.set(asked.get(table_name) ?? table_name, id)
  }
  const signOffs = new Map<string, SignOff>()
  for (const id of new Set(ids.values())) signOffs.set(id, await readSignOff(settings, viewer, id))
  const reviews = new Map<string, LastReview>()
  for (const [table, id] of ids) {
    const signOff = signOffs.get(id)
    if (!signOff) continue
    const lines = signOff.lines.filter((line) => line.table === table)
    reviews.set(table, { ...signOff, lines: new Map(lines.map((line) => [line.person.id, line])) })
  }
  return reviews
}

/** A table's name as a key: PostgreSQL's texts hold no NUL. */
function toKey(table: string): string {
  return JSON.stringify(table)
}

const aboutSchema = signOffSummarySchema.omit({ id: true, signedAt: true, reviewer: true })
const linesSchema = z.array(signedLineSchema)

function toRow(
  workspaceId: string,
  { id, signedAt, reviewer, lines, ...about }: SignOff,
): Selectable<SettingsTables['access_reviews']> {
  const countOf = (decision: SignedLine['decision']): number =>
    lines.filter((line) => line.decision === decision).length
  const counts = {
    lines: lines.length,
    kept: countOf('keep'),
    revoked: countOf('revoke'),
    asked: countOf('ask'),
  }
  return {
    id,
    workspace_id: workspaceId,
    signed_at: signedAt,
    reviewer_id: reviewer.id,
    reviewer_name: reviewer.name,
    reviewer_email: reviewer.email ?? null,
    about_json: JSON.stringify({ ...about, ...counts }),
    lines_json: JSON.stringify(lines),
  }
}

type SummaryRow = Omit<Selectable<SettingsTables['access_reviews']>, 'workspace_id' | 'lines_json'>

function toSummary(row: SummaryRow): SignOffSummary {
  return {
    id: row.id,
    ...aboutSchema.parse(JSON.parse(row.about_json)),
    signedAt: row.signed_at,
    reviewer: {
      id: row.reviewer_id,
      name: row.reviewer_name,
      ...(row.reviewer_email !== null && { email: row.reviewer_email }),
    },
  }
}

function toSignOff(row: Selectable<SettingsTables['access_reviews']>): SignOff {
  const { lines: _count, kept: _kept, revoked: _revoked, asked: _asked, ...signOff } = toSummary(row)
  return { ...signOff, lines: linesSchema.parse(JSON.parse(row.lines_json)) }
}

function signOffEvent(viewer: Viewer, { id, lines, ...signOff }: SignOff): EventDraft {
  const of = (decision: SignedLine['decision']): SignedLine[] =>
    lines.filter((line) => line.decision === decision)
  const { patterns, from, to, hash, remark } = signOff
  return {
    type: 'access_review_signed_off',
    actor: viewer.actor,
    targets: [{ type: 'access_review', id }],
    data: {
      tables: patterns,
      from,
      to,
      lines: lines.length,
      kept: of('keep').length,
      revoked: of('revoke').length,
      asked: of('ask').length,
      hash,
      ...(remark !== undefined && { remark }),
    },
  }
}
