import {
  policyLimits,
  type ImportTableTagsRequest,
  type ImportTableTagsResponse,
  type SetTableTagsRequest,
  type TableTagList,
  type TagRuleInput,
} from '@aleph-audit-log/domain/api/policies'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, EventDraft } from '@aleph-audit-log/domain/event'
import { readDbtManifest } from '@aleph-audit-log/domain/policy/read-dbt-manifest'
import { readTagsCsv } from '@aleph-audit-log/domain/policy/read-tags-csv'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { Selectable } from 'kysely'
import type { Act } from '../../access/act.ts'
import { requirePermission, type Viewer } from '../../access/viewer.ts'
import { commitWithEvent, lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import type { Settings, SettingsDatabase } from '../open-settings.ts'
import { countPolicyChange, requirePolicyReader } from './policy-access.ts'
import type { PolicyTables } from './policy-tables.ts'

type Row = Selectable<PolicyTables['table_tags']>
type Rules = TableTagList['rules']

/** SQLite takes some ten thousand parameters at a time, and a row has five. */
const rowsPerInsert = 1000
/** Rules that an event names of a file; it has their number. */
const namedMax = 100

/** The tags of tables and columns of the viewer's workspace by name. */
export async function listTableTags(settings: Settings, viewer: Viewer): Promise<Rules> {
  requirePolicyReader(viewer)
  return readTableTags(settings.db, viewer.workspaceId)
}

/** The same, for the server itself. */
export async function readTableTags(db: SettingsDatabase, workspaceId: string): Promise<Rules> {
  const rows = await db
    .selectFrom('table_tags')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('pattern')
    .orderBy('column_name')
    .orderBy('origin')
    .execute()
  return rows.map((row) => ({
    pattern: row.pattern,
    ...(row.column_name === '' ? {} : { column: row.column_name }),
    // Written by this program alone, as a list of texts.
    tags: JSON.parse(row.tags_json) as string[],
    origin: row.origin,
  }))
}

/** Sets by hand the tags of a table, of several by a pattern, or of a column; none take them away. */
export async function setTableTags(
  { settings, viewer, record }: Act,
  { pattern, column, tags }: SetTableTagsRequest,
): Promise<Rules> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  const key = { pattern: toSearchText(pattern), column: column === undefined ? '' : toSearchText(column) }
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const before = await readTableTags(transaction, workspaceId)
    const old = before.find(
      (rule) => rule.origin === 'hand' && rule.pattern === key.pattern && (rule.column ?? '') === key.column,
    )
    if (JSON.stringify(old?.tags ?? []) === JSON.stringify(tags)) return { result: before }
    await transaction
      .deleteFrom('table_tags')
      .where('workspace_id', '=', workspaceId)
      .where('origin', '=', 'hand')
      .where('pattern', '=', key.pattern)
      .where('column_name', '=', key.column)
      .execute()
    const rule = { pattern: key.pattern, ...(key.column === '' ? {} : { column: key.column }), tags }
    if (tags.length > 0) await insertRules(transaction, workspaceId, 'hand', [rule])
    const after = await readTableTags(transaction, workspaceId)
    refuseTooMany(after)
    await countPolicyChange(transaction, workspaceId)
    const data = { ...rule, before: old?.tags ?? [], origin: 'hand' }
    return { result: after, event: tagsEvent(viewer, data) }
  })
}

/**
 * Takes the tags of a file in the place of those of the last file of its origin. All or nothing: throws
 * AuditError('invalid') with the place of each fault, `conflict` if there would be too many.
 */
export async function importTableTags(
  { settings, viewer, record }: Act,
  { origin, content, dryRun }: ImportTableTagsRequest,
): Promise<ImportTableTagsResponse> {
  requirePermission(viewer, 'admin')
  const { workspaceId } = viewer
  const { rules: read, problems } = origin === 'csv' ? readTagsCsv(content) : readDbtManifest(content)
  if (problems.length > 0) throw new AuditError('invalid', 'The file cannot be used.', { problems })
  const rules = joinRules(read)
  return commitWithEvent(settings, record, async (transaction) => {
    await lockWorkspace(transaction, workspaceId)
    const all = await readTableTags(transaction, workspaceId)
    const before = new Set(all.filter((rule) => rule.origin === origin).map(textOf))
    const after = new Set(rules.map(textOf))
    const result = {
      rules: rules.length,
      added: [...after].filter((text) => !before.has(text)).length,
      removed: [...before].filter((text) => !after.has(text)).length,
    }
    refuseTooMany([...all.filter((rule) => rule.origin !== origin), ...rules])
    if (dryRun || result.added + result.removed === 0) return { result }
    await transaction
      .deleteFrom('table_tags')
      .where('workspace_id', '=', workspaceId)
      .where('origin', '=', origin)
      .execute()
    await insertRules(transaction, workspaceId, origin, rules)
    await countPolicyChange(transaction, workspaceId)
    const named = rules.slice(0, namedMax).map(({ pattern, column, tags }) => ({
      pattern,
      ...(column === undefined ? {} : { column }),
      tags,
    }))
    return { result, event: tagsEvent(viewer, { origin, ...result, first: named }) }
  })
}

/** One rule for each table and column; what a file says twice is joined. */
function joinRules(rules: readonly TagRuleInput[]): TagRuleInput[] {
  const joined = new Map<string, TagRuleInput>()
  for (const { pattern, column, tags } of rules) {
    const key = JSON.stringify([toSearchText(pattern), column === undefined ? '' : toSearchText(column)])
    const all = [...new Set([...(joined.get(key)?.tags ?? []), ...tags])].sort()
    joined.set(key, {
      pattern: toSearchText(pattern),
      ...(column === undefined ? {} : { column: toSearchText(column) }),
      tags: all,
    })
  }
  return [...joined.values()]
}

function textOf({ pattern, column, tags }: TagRuleInput): string {
  return JSON.stringify([pattern, column ?? '', tags])
}

function refuseTooMany(rules: readonly TagRuleInput[]): void {
  const { tagRulesMax, tagPatternsMax, tagsMax } = policyLimits
  const patterns = rules.filter(({ pattern }) => pattern.includes('*')).length
  const tags = new Set(rules.flatMap((rule) => rule.tags)).size
  if (rules.length <= tagRulesMax && patterns <= tagPatternsMax && tags <= tagsMax) return
  const message =
    `A workspace can have tags of at most ${tagRulesMax} tables and columns (these would be ${rules.length}), ` +
    `${tagPatternsMax} patterns with * (${patterns}), and ${tagsMax} different tags (${tags}).`
  throw new AuditError('conflict', message)
}

async function insertRules(
  transaction: SettingsTransaction,
  workspaceId: string,
  origin: Row['origin'],
  rules: readonly TagRuleInput[],
): Promise<void> {
  const rows = rules.map(({ pattern, column = '', tags }) => ({
    workspace_id: workspaceId,
    origin,
    pattern,
    column_name: column,
    tags_json: JSON.stringify(tags),
  }))
  for (let i = 0; i < rows.length; i += rowsPerInsert)
    await transaction
      .insertInto('table_tags')
      .values(rows.slice(i, i + rowsPerInsert))
      .execute()
}

function tagsEvent({ actor, workspaceId }: Viewer, data: EventData): EventDraft {
  return { type: 'table_tags_changed', actor, data, targets: [{ type: 'workspace', id: workspaceId }] }
}
