import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import classes from '../pages/members-tabs.module.css'

const tabs = [
  { to: paths.policies, label: 'Policies' },
  { to: paths.policyExceptions, label: 'Exceptions' },
  { to: paths.tableTags, label: 'Tags of tables' },
] as const

/** What belongs to policies: they themselves, who is excepted, and what tables they speak of. */
export function PoliciesTabs(): ReactNode {
  return (
    <nav aria-label="Policies" className={classes.tabs}>
      {tabs.map(({ to, label }) => (
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
