import type { ReactNode } from 'react'
import type { Role } from '@aleph-audit-log/domain/api/access'
import { roles } from '@aleph-audit-log/domain/roles'
import { paths } from '../paths.ts'
import {
  BellIcon,
  CalendarIcon,
  ChartIcon,
  HomeIcon,
  KeyIcon,
  LogIcon,
  PeopleIcon,
  PlugIcon,
  RulesIcon,
  SendIcon,
  ShieldIcon,
  SlidersIcon,
} from './icons.tsx'

type NavPath =
  | typeof paths.home
  | typeof paths.insights
  | typeof paths.insightsPeople
  | typeof paths.insightsTables
  | typeof paths.insightsQueries
  | typeof paths.insightsTools
  | typeof paths.insightsActivity
  | typeof paths.auditLog
  | typeof paths.accessReview
  | typeof paths.policies
  | typeof paths.policyExceptions
  | typeof paths.tableTags
  | typeof paths.alerts
  | typeof paths.alertRules
  | typeof paths.alertReceivers
  | typeof paths.integrations
  | typeof paths.members
  | typeof paths.people
  | typeof paths.apiKeys
  | typeof paths.scheduledExports
  | typeof paths.workspace

export type NavEntry = {
  label: string
  to: NavPath
  icon: (props: { size?: number }) => ReactNode
  roles: readonly Role[]
  hint: string
  /** A number stands behind its name. */
  counts?: 'open alerts'
  /** What stands inside of the page under addresses of their own: the search finds them, too. */
  parts?: readonly Pick<NavEntry, 'label' | 'to' | 'hint'>[]
}

export type NavGroup = {
  /** Absent over the first pages, which need no heading. */
  label?: string
  entries: readonly NavEntry[]
}

const everyone: readonly Role[] = roles
const admins: readonly Role[] = ['admin']

/** The pages of the navigation and of the search over everything. A page appears here only when it works. */
const groups: readonly NavGroup[] = [
  {
    entries: [
      {
        label: 'Overview',
        to: paths.home,
        icon: HomeIcon,
        roles: everyone,
        hint: 'What happened of late, and how the sources do',
      },
      {
        label: 'Insights',
        to: paths.insights,
        icon: ChartIcon,
        roles: everyone,
        hint: 'Who uses what, how often, how well',
        parts: [
          {
            label: 'Active people',
            to: paths.insightsPeople,
            hint: 'Insights: most active, failing, dormant',
          },
          { label: 'Used tables', to: paths.insightsTables, hint: 'Insights: most used, by whom, unused' },
          { label: 'Queries', to: paths.insightsQueries, hint: 'Insights: most frequent, slowest, failing' },
          { label: 'Tools', to: paths.insightsTools, hint: 'Insights: tools, logins, applications' },
          { label: 'Activity', to: paths.insightsActivity, hint: 'Insights: the hours of the week' },
        ],
      },
      {
        label: 'Access review',
        to: paths.accessReview,
        icon: ShieldIcon,
        roles: ['admin', 'auditor'],
        hint: 'Who read or wrote which tables, to sign off',
      },
      {
        label: 'Alerts',
        to: paths.alerts,
        icon: BellIcon,
        roles: ['admin', 'auditor'],
        hint: 'What the log found by itself',
        counts: 'open alerts',
        parts: [
          {
            label: 'Detection rules',
            to: paths.alertRules,
            hint: 'Alerts: what the log looks for by itself',
          },
        ],
      },
      {
        label: 'Policies',
        to: paths.policies,
        icon: RulesIcon,
        roles: ['admin', 'auditor'],
        hint: 'Who may do what with which tables, and whether it was kept',
        parts: [
          {
            label: 'Exceptions',
            to: paths.policyExceptions,
            hint: 'Policies: who is excepted, until when and why',
          },
          { label: 'Tags of tables', to: paths.tableTags, hint: 'Policies: what tables and columns are' },
        ],
      },
    ],
  },
  {
    label: 'Settings',
    entries: [
      {
        label: 'Audit Log',
        to: paths.auditLog,
        icon: LogIcon,
        roles: everyone,
        hint: 'Who did what, when, to which tables',
      },
      {
        label: 'Integrations',
        to: paths.integrations,
        icon: PlugIcon,
        roles: admins,
        hint: 'Where events come from',
      },
      {
        label: 'Members',
        to: paths.members,
        icon: PeopleIcon,
        roles: admins,
        hint: 'Who may read the log and change settings',
      },
      {
        // Admins find it on the page of members.
        label: 'People and logins',
        to: paths.people,
        icon: PeopleIcon,
        roles: ['auditor'],
        hint: 'Who is behind the logins of the databases',
      },
      {
        label: 'API keys',
        to: paths.apiKeys,
        icon: KeyIcon,
        roles: admins,
        hint: 'How programs send and read events',
      },
      {
        label: 'Scheduled exports',
        to: paths.scheduledExports,
        icon: CalendarIcon,
        roles: admins,
        hint: 'Files and digests that come by themselves',
      },
      {
        label: 'Alert receivers',
        to: paths.alertReceivers,
        icon: SendIcon,
        roles: admins,
        hint: 'Who is told of alerts, by e-mail, chat or webhook',
      },
      {
        label: 'Workspace',
        to: paths.workspace,
        icon: SlidersIcon,
        roles: admins,
        hint: 'What of every event is recorded',
      },
    ],
  },
]

/** The groups with the pages that work for this role. */
export function navGroupsFor(role: Role): NavGroup[] {
  return groups
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => entry.roles.includes(role)) }))
    .filter((group) => group.entries.length > 0)
}
