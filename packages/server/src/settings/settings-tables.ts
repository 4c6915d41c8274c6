import type { AlertStatus, Resolution } from '@aleph-audit-log/domain/alert-values'
import type { IntegrationKind } from '@aleph-audit-log/domain/api/integrations'
import type { RunState, ScheduleFormat } from '@aleph-audit-log/domain/api/schedules'
import type { RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import type { BindParameters } from '@aleph-audit-log/domain/secrets/mask-bind'
import type { Role } from '@aleph-audit-log/domain/api/access'
import type { ColumnType } from 'kysely'
import type { PolicyTables } from './policies/policy-tables.ts'

/** The settings database as `migrations/settings/` makes it. Times are RFC 3339 in UTC with milliseconds. */
export type SettingsTables = {
  workspaces: { id: string; name: string; created_at: string }
  users: {
    id: string
    name: string
    email: string
    email_verified: number
    image: string | null
    created_at: string
    updated_at: string
    last_sign_in_at: string | null
  }
  sessions: {
    id: string
    user_id: string
    token_hash: string
    expires_at: string
    ip_address: string | null
    user_agent: string | null
    created_at: string
    updated_at: string
  }
  accounts: {
    id: string
    user_id: string
    account_id: string
    provider_id: string
    password_hash: string | null
    access_token: string | null
    refresh_token: string | null
    id_token: string | null
    access_token_expires_at: string | null
    refresh_token_expires_at: string | null
    scope: string | null
    created_at: string
    updated_at: string
  }
  memberships: { workspace_id: string; user_id: string; role: Role; created_at: string }
  invitations: {
    id: string
    workspace_id: string
    email: string
    role: Role
    token_hash: string
    created_at: string
    expires_at: string
  }
  api_keys: {
    id: string
    workspace_id: string
    name: string
    prefix: string
    key_hash: string
    scopes: string
    created_at: string
    created_by_id: string
    created_by_name: string
    created_by_email: string | null
    last_used_at: string | null
    revoked_at: string | null
  }
  one_time_tokens: {
    id: string
    purpose: 'setup' | 'password_reset'
    token_hash: string
    user_id: string | null
    created_at: string
    expires_at: string
  }
  integrations: {
    id: string
    workspace_id: string
    kind: IntegrationKind
    name: string
    settings: string
    created_at: string
    updated_at: string
    created_by_id: string
    created_by_name: string
    created_by_email: string | null
  }
  people: {
    id: string
    workspace_id: string
    name: string
    groups_json: string
    left_on: string | null
    note: string | null
    created_at: string
    updated_at: string
  }
  person_keys: {
    workspace_id: string
    kind: 'email' | 'login' | 'tool_id'
    scope: string
    value: string
    person_id: string
    place: number
  }
  service_accounts: {
    id: string
    workspace_id: string
    scope: string
    login: string
    tool: string
    comment_pattern: string | null
    note: string | null
    created_at: string
    updated_at: string
  }
  views: {
    id: string
    workspace_id: string
    name: string
    shared: number
    state: string
    created_at: string
    updated_at: string
    created_by_id: string
    created_by_name: string
    created_by_email: string | null
  }
  access_reviews: {
    id: string
    workspace_id: string
    signed_at: string
    reviewer_id: string
    reviewer_name: string
    reviewer_email: string | null
    about_json: string
    lines_json: string
  }
  access_review_tables: { workspace_id: string; table_name: string; review_id: string }
  mail_settings: {
    workspace_id: string
    host: string
    port: number
    tls: 'tls' | 'starttls' | 'none'
    user_name: string
    sealed_password: string | null
    sender: string
    updated_at: string
  }
  export_schedules: {
    id: string
    workspace_id: string
    name: string
    view_id: string | null
    search_text: string | null
    format: ScheduleFormat
    timing: string
    destination: string
    enabled: number
    next_due_at: string | null
    created_at: string
    updated_at: string
    runs_as_id: string
    runs_as_name: string
    runs_as_email: string | null
  }
  export_runs: {
    id: string
    schedule_id: string
    started_by: 'schedule' | 'person'
    due_at: string
    first_day: string
    last_day: string
    period_from: string
    period_to: string
    state: RunState
    attempts: number
    retry_at: string | null
    started_at: string | null
    ended_at: string | null
    row_count: number | null
    byte_count: number | null
    message: string | null
  }
  detection_rules: {
    workspace_id: string
    rule_id: string
    source: string | null
    enabled: number
    exclusions: string
    version: number
    updated_at: string
    updated_by_id: string
    updated_by_name: string
    updated_by_email: string | null
  }
  alerts: {
    id: string
    workspace_id: string
    rule_id: string
    rule_title: string
    rule_level: RuleLevel
    group_json: string
    summary: string
    search_text: string
    status: AlertStatus
    opened_at: string
    updated_at: string
    first_event_at: string
    last_event_at: string
    event_count: number
    people_json: string
    tables_json: string
    event_ids_json: string
    late: number
    resolution: Resolution | null
    reason: string | null
  }
  alert_steps: {
    id: string
    alert_id: string
    at: string
    step: 'opened' | 'acknowledged' | 'resolved' | 'reopened' | 'muted' | 'unmuted'
    reason: string | null
    by_id: string | null
    by_name: string | null
    by_email: string | null
  }
  alert_mutes: {
    id: string
    workspace_id: string
    rule_id: string
    group_json: string | null
    until: string
    reason: string
    created_at: string
    created_by_id: string
    created_by_name: string
    created_by_email: string | null
  }
  /** PostgreSQL's driver reads the number as text, because it has 64 bits there. */
  detection_positions: { node: string; sequence: ColumnType<number | string, number, number> }
  detection_windows: {
    workspace_id: string
    rule_id: string
    group_json: string
    over_at: string
    window_json: string
  }
  alert_receivers: {
    id: string
    workspace_id: string
    kind: 'email' | 'slack' | 'webhook'
    name: string
    shown_json: string
    sealed: string | null
    level_min: RuleLevel
    enabled: number
    created_at: string
    updated_at: string
  }
  alert_deliveries: {
    id: string
    receiver_id: string
    alert_id: string | null
    step: string
    state: 'waiting' | 'running' | 'delivered' | 'dead'
    attempts: number
    created_at: string
    retry_at: string | null
    ended_at: string | null
    message: string | null
  }
  policies: PolicyTables['policies']
  policy_versions: PolicyTables['policy_versions']
  policy_exceptions: PolicyTables['policy_exceptions']
  table_tags: PolicyTables['table_tags']
  policy_changes: PolicyTables['policy_changes']
  directory_versions: { workspace_id: string; version: number }
  workspace_settings: { workspace_id: string; bind_parameters: BindParameters; updated_at: string }
  capture_positions: { integration_id: string; position: string; updated_at: string }
  shared_secrets: { name: string; fingerprint: string; created_at: string }
  /** PostgreSQL's driver reads the numbers as text, because they have 64 bits there. */
  applied_positions: {
    node: string
    first_sequence: ColumnType<number | string, number, never>
    sequence: ColumnType<number | string, number, number>
  }
  nodes: { node: string; host_name: string; process_id: number; started_at: string }
  schema_migrations: { version: number; name: string; checksum: string; applied_at: string }
}
