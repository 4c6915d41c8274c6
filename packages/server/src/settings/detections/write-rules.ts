import type { Selectable } from 'kysely'
import type { Viewer } from '../../access/viewer.ts'
import { creatorColumns } from '../../access/creator.ts'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { SettingsTables } from '../settings-tables.ts'

export type RuleRow = Selectable<SettingsTables['detection_rules']>

/** What a workspace says of a rule, if it says anything. */
export async function findRuleRow(
  transaction: SettingsTransaction,
  workspaceId: string,
  ruleId: string,
): Promise<RuleRow | undefined> {
  return transaction
    .selectFrom('detection_rules')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('rule_id', '=', ruleId)
    .executeTakeFirst()
}

/** Keeps what a workspace says of a rule, in place of what it said before. */
export async function putRuleRow(
  transaction: SettingsTransaction,
  viewer: Viewer,
  wanted: Pick<RuleRow, 'rule_id' | 'source' | 'enabled' | 'exclusions' | 'updated_at'>,
): Promise<void> {
  const before = await findRuleRow(transaction, viewer.workspaceId, wanted.rule_id)
  const { created_by_id, created_by_name, created_by_email } = creatorColumns(viewer)
  const row = {
    ...wanted,
    version: (before?.version ?? 0) + 1,
    updated_by_id: created_by_id,
    updated_by_name: created_by_name,
    updated_by_email: created_by_email,
  }
  await transaction
    .insertInto('detection_rules')
    .values({ workspace_id: viewer.workspaceId, ...row })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'rule_id']).doUpdateSet(row))
    .execute()
}

export async function deleteRuleRow(
  transaction: SettingsTransaction,
  workspaceId: string,
  ruleId: string,
): Promise<void> {
  await transaction
    .deleteFrom('detection_rules')
    .where('workspace_id', '=', workspaceId)
    .where('rule_id', '=', ruleId)
    .execute()
}
