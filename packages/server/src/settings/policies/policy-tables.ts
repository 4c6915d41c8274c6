import type { PolicyVersion, TableTagList } from '@aleph-audit-log/domain/api/policies'

/** The tables of migration 10. */
export type PolicyTables = {
  policies: {
    id: string
    workspace_id: string
    name: string
    name_key: string
    text: string
    enabled: number
    version: number
    created_at: string
    updated_at: string
    updated_by_id: string
    updated_by_name: string
    updated_by_email: string | null
  }
  policy_versions: {
    policy_id: string
    workspace_id: string
    version: number
    change: PolicyVersion['change']
    name: string
    text: string
    enabled: number
    note: string
    at: string
    by_id: string
    by_name: string
    by_email: string | null
  }
  policy_exceptions: {
    id: string
    workspace_id: string
    policy_id: string | null
    policy_name: string | null
    subject_kind: 'person' | 'group'
    subject: string
    from_at: string
    until_at: string
    reason: string
    approver: string
    granted_by_id: string
    granted_by_name: string
    granted_by_email: string | null
    revoked: number
  }
  table_tags: {
    workspace_id: string
    origin: TableTagList['rules'][number]['origin']
    pattern: string
    column_name: string
    tags_json: string
  }
  policy_changes: { workspace_id: string; version: number }
}
