import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import classes from './members-tabs.module.css'

const tabs = [
  { to: paths.members, label: 'Who may sign in' },
  { to: paths.people, label: 'People and logins' },
] as const

/** Two pages about people: who may sign in here, and who is behind the logins of the databases. */
export function MembersTabs(): ReactNode {
  return (
    <nav aria-label="Members and people" className={classes.tabs}>
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
