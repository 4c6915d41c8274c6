import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import classes from './page-tabs.module.css'

const groups = {
  // Who may sign in here, and who is behind the logins of the databases.
  'Members and people': [
    { to: paths.members, label: 'Who may sign in' },
    { to: paths.people, label: 'People and logins' },
  ],
  // They themselves, who is excepted, and what tables they speak of.
  Policies: [
    { to: paths.policies, label: 'Policies' },
    { to: paths.policyExceptions, label: 'Exceptions' },
    { to: paths.tableTags, label: 'Tags of tables' },
  ],
} as const

/** Leads to the other pages that belong to the same thing. */
export function PageTabs({ of }: { of: keyof typeof groups }): ReactNode {
  return (
    <nav aria-label={of} className={classes.tabs}>
      {groups[of].map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          className={classes.tab ?? ''}
          activeOptions={{ exact: true }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
