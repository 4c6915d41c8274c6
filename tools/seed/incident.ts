import { domain } from './people.ts'

/**
 * What is hidden in the made-up log. docs/demo.md tells the same to people, and a test holds both and the log
 * together: each search finds exactly so many events, in a log of any size. `rule` is the name of the one whose alert tells it.
 */
export const incidents = {
  'night-read': {
    title: 'Customers read in bulk at night',
    rule: 'bulk_sensitive_read',
    findings: [
      { search: 'kind:read table:crm.customers rows:>100000', count: 14 },
      { search: `actor:thiago@${domain} rows:>100000`, count: 14 },
    ],
  },
  'password-spraying': {
    title: 'One password tried on many accounts',
    rule: 'password_spraying',
    findings: [
      { search: 'type:user_sign_in_failed ip:203.0.113.66', count: 46 },
      { search: 'ip:203.0.113.66 outcome:success', count: 3 },
    ],
  },
  'dropped-table': {
    title: 'A table dropped, and restored',
    rule: 'destructive_statement',
    findings: [
      { search: 'kind:ddl table:analytics.order_facts', count: 2 },
      { search: 'error:42P01', count: 11 },
    ],
  },
  'left-account': {
    title: 'The login of somebody who has left',
    rule: 'left_account',
    findings: [
      { search: `type:user_removed data.email:natcha@${domain}`, count: 1 },
      { search: 'login:natcha ip:198.51.100.23', count: 11 },
    ],
  },
  'self-grant': {
    title: 'A permission that somebody gave to themselves',
    rule: 'sensitive_grant',
    findings: [
      { search: 'kind:dcl table:hr.salaries', count: 2 },
      { search: 'kind:read table:hr.salaries outcome:success', count: 3 },
    ],
  },
  'service-by-hand': {
    title: 'A service account used by hand',
    rule: 'service_by_hand',
    findings: [{ search: 'login:svc_dbt application:psql', count: 17 }],
  },
  'guessed-password': {
    title: 'A password that was guessed',
    rule: 'guessed_password',
    findings: [
      { search: 'type:user_sign_in_failed ip:192.0.2.50', count: 7 },
      { search: 'type:user_signed_in ip:192.0.2.50', count: 1 },
    ],
  },
  'refused-again': {
    title: 'Somebody who is refused again and again',
    rule: 'denied_burst',
    findings: [{ search: `outcome:denied actor:renata@${domain} table:hr.salaries`, count: 8 }],
  },
  'looked-around': {
    title: 'A look around the catalogue',
    rule: 'catalogue_reconnaissance',
    findings: [{ search: `actor:siyuan@${domain} table:information_schema.*`, count: 12 }],
  },
  'copied-outside': {
    title: 'Leads sent to somewhere else',
    rule: 'export_outside',
    findings: [{ search: 'kind:export table:crm.leads "files.example.net"', count: 1 }],
  },
  'deleted-all': {
    title: 'A DELETE without WHERE',
    rule: 'change_of_all_rows',
    findings: [{ search: 'flag:no_where table:marketing.spend', count: 1 }],
  },
  'injected-text': {
    title: 'SQL injection through the shop',
    rule: 'sql_injection',
    findings: [{ search: `login:svc_shop "'1'='1"`, count: 2 }],
  },
  'key-elsewhere': {
    title: 'A new API key, used from elsewhere',
    rule: 'new_key_elsewhere',
    findings: [
      { search: 'type:api_key_created target:"Month end"', count: 1 },
      { search: 'ip:198.51.100.77', count: 3 },
    ],
  },
  'took-much-away': {
    title: 'Much of the audit log taken away',
    rule: 'mass_download',
    findings: [{ search: 'type:audit_log_exported data.query:"table:hr.salaries rows:>"*', count: 9 }],
  },
  'turned-off': {
    title: 'The recording of values switched off',
    rule: 'audit_settings_changed',
    findings: [{ search: 'type:settings_changed', count: 1 }],
  },
  'went-past': {
    title: 'Past the gateway',
    rule: 'gateway_bypassed',
    findings: [{ search: 'type:gateway_bypassed', count: 1 }],
  },
  'missing-lines': {
    title: 'Lines of a log that are missing',
    rule: 'recording_gap',
    findings: [{ search: 'type:log_gap_detected', count: 1 }],
  },
  'agent-reads': {
    title: 'An AI agent that reads contacts',
    rule: 'ai_agent_sensitive',
    findings: [{ search: 'login:ai_sales_helper table:crm.contacts', count: 5 }],
  },
} as const satisfies Record<
  string,
  { title: string; rule: string; findings: { search: string; count: number }[] }
>

export type IncidentName = keyof typeof incidents
