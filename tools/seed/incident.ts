import { domain } from './people.ts'

type IncidentFinding = { search: string; count: number }

const found = (search: string, count: number): IncidentFinding => ({ search, count })

/**
 * What is hidden in the made-up log. docs/demo.md tells the same to people, and a test holds both and the log
 * together: each search finds exactly so many events, in a log of any size. `rule` is the name of the one whose alert tells it.
 */
export const incidents = {
  'night-read': {
    title: 'Customers read in bulk at night',
    rule: 'bulk_sensitive_read',
    findings: [
      found('kind:read table:crm.customers rows:>100000', 14),
      found(`actor:thiago@${domain} rows:>100000`, 14),
    ],
  },
  'password-spraying': {
    title: 'One password tried on many accounts',
    rule: 'password_spraying',
    findings: [
      found('type:user_sign_in_failed ip:203.0.113.66', 46),
      found('ip:203.0.113.66 outcome:success', 3),
    ],
  },
  'dropped-table': {
    title: 'A table dropped, and restored',
    rule: 'destructive_statement',
    findings: [found('kind:ddl table:analytics.order_facts', 2), found('error:42P01', 11)],
  },
  'left-account': {
    title: 'The login of somebody who has left',
    rule: 'left_account',
    findings: [
      found(`type:user_removed data.email:natcha@${domain}`, 1),
      found('login:natcha ip:198.51.100.23', 11),
    ],
  },
  'self-grant': {
    title: 'A permission that somebody gave to themselves',
    rule: 'sensitive_grant',
    findings: [
      found('kind:dcl table:hr.salaries', 2),
      found('kind:read table:hr.salaries outcome:success', 3),
    ],
  },
  'service-by-hand': {
    title: 'A service account used by hand',
    rule: 'service_by_hand',
    findings: [found('login:svc_dbt application:psql', 17)],
  },
  'guessed-password': {
    title: 'A password that was guessed',
    rule: 'guessed_password',
    findings: [
      found('type:user_sign_in_failed ip:192.0.2.50', 7),
      found('type:user_signed_in ip:192.0.2.50', 1),
    ],
  },
  'refused-again': {
    title: 'Somebody who is refused again and again',
    rule: 'denied_burst',
    findings: [found(`outcome:denied actor:renata@${domain} table:hr.salaries`, 8)],
  },
  'looked-around': {
    title: 'A look around the catalogue',
    rule: 'catalogue_reconnaissance',
    findings: [found(`actor:siyuan@${domain} table:information_schema.*`, 12)],
  },
  'copied-outside': {
    title: 'Leads sent to somewhere else',
    rule: 'export_outside',
    findings: [found('kind:export table:crm.leads "files.example.net"', 1)],
  },
  'deleted-all': {
    title: 'A DELETE without WHERE',
    rule: 'change_of_all_rows',
    findings: [found('flag:no_where table:marketing.spend', 1)],
  },
  'injected-text': {
    title: 'SQL injection through the shop',
    rule: 'sql_injection',
    findings: [found(`login:svc_shop "'1'='1"`, 2)],
  },
  'key-elsewhere': {
    title: 'A new API key, used from elsewhere',
    rule: 'new_key_elsewhere',
    findings: [found('type:api_key_created target:"Month end"', 1), found('ip:198.51.100.77', 3)],
  },
  'took-much-away': {
    title: 'Much of the audit log taken away',
    rule: 'mass_download',
    findings: [found('type:audit_log_exported data.query:"table:hr.salaries rows:>"*', 9)],
  },
  'turned-off': {
    title: 'The recording of values switched off',
    rule: 'audit_settings_changed',
    findings: [found('type:settings_changed', 1)],
  },
  'went-past': {
    title: 'Past the gateway',
    rule: 'gateway_bypassed',
    findings: [found('type:gateway_bypassed', 1)],
  },
  'missing-lines': {
    title: 'Lines of a log that are missing',
    rule: 'recording_gap',
    findings: [found('type:log_gap_detected', 1)],
  },
  'agent-reads': {
    title: 'An AI agent that reads contacts',
    rule: 'ai_agent_sensitive',
    findings: [found('login:ai_sales_helper table:crm.contacts', 5)],
  },
} as const satisfies Record<string, { title: string; rule: string; findings: IncidentFinding[] }>

export type IncidentName = keyof typeof incidents
