import { domain } from './people.ts'

/**
 * What is hidden in the made-up log. docs/demo.md tells the same to people, and a test holds both and the log
 * together: each search finds exactly so many events, in a log of any size.
 */
export const incidents = {
  'night-read': {
    title: 'Customers read in bulk at night',
    findings: [
      { search: 'kind:read table:crm.customers rows:>100000', count: 14 },
      { search: `actor:thiago@${domain} rows:>100000`, count: 14 },
    ],
  },
  'password-spraying': {
    title: 'One password tried on many accounts',
    findings: [
      { search: 'type:user_sign_in_failed ip:203.0.113.66', count: 46 },
      { search: 'ip:203.0.113.66 outcome:success', count: 3 },
    ],
  },
  'dropped-table': {
    title: 'A table dropped, and restored',
    findings: [
      { search: 'kind:ddl table:analytics.order_facts', count: 2 },
      { search: 'error:42P01', count: 11 },
    ],
  },
  'left-account': {
    title: 'The login of somebody who has left',
    findings: [
      { search: `type:user_removed data.email:natcha@${domain}`, count: 1 },
      { search: 'login:natcha ip:198.51.100.23', count: 11 },
    ],
  },
  'self-grant': {
    title: 'A permission that somebody gave to themselves',
    findings: [
      { search: 'kind:dcl table:hr.salaries', count: 2 },
      { search: 'kind:read table:hr.salaries outcome:success', count: 3 },
    ],
  },
  'service-by-hand': {
    title: 'A service account used by hand',
    findings: [{ search: 'login:svc_dbt application:psql', count: 17 }],
  },
} as const satisfies Record<string, { title: string; findings: { search: string; count: number }[] }>

export type IncidentName = keyof typeof incidents
