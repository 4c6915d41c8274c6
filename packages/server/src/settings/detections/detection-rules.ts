import type { Settings } from '../open-settings.ts'

/** What a workspace says of a rule: its own text, or that a shipped one is off or looks at fewer events. */
export type StoredRule = {
  workspaceId: string
  ruleId: string
  /** Undefined: as it is shipped. */
  source: string | undefined
  isEnabled: boolean
  /** A search; empty: nothing is left out. */
  exclusions: string
}

/** Something that is another one whenever the rules of any workspace are. */
export async function readRulesVersion({ db }: Pick<Settings, 'db'>): Promise<string> {
  const rows = await db
    .selectFrom('detection_rules')
    .select(['workspace_id', 'rule_id', 'version', 'updated_at'])
    .orderBy('workspace_id')
    .orderBy('rule_id')
    .execute()
  return JSON.stringify(rows.map((row) => Object.values(row)))
}

export async function readStoredRules({ db }: Pick<Settings, 'db'>): Promise<StoredRule[]> {
  const rows = await db
    .selectFrom('detection_rules')
    .select(['workspace_id', 'rule_id', 'source', 'enabled', 'exclusions'])
    .orderBy('workspace_id')
    .orderBy('rule_id')
    .execute()
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    ruleId: row.rule_id,
    source: row.source ?? undefined,
    isEnabled: row.enabled === 1,
    exclusions: row.exclusions,
  }))
}
