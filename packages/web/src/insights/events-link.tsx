import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { useInsights } from './insights-context.ts'
import classes from './usage.module.css'
import { eventsText } from './usage-search.ts'

type EventsLinkProps = {
  /** What the number counts, as terms of a search; a list that is narrowed adds its own. */
  terms: readonly string[]
  /** What it says to those who do not see where it stands: `Queries of Ann Lee`. */
  label?: string
  children: ReactNode
}

/** A number that leads to exactly the events that it counts. */
export function EventsLink({ terms, label, children }: EventsLinkProps): ReactNode {
  const { ofEvents, of } = useInsights()
  return (
    <Link
      className={classes.number ?? ''}
      to={paths.auditLog}
      search={{ q: eventsText(...of, ...terms), ...ofEvents }}
      title={label === undefined ? 'Show these events' : `${label}: show these events`}
    >
      {children}
    </Link>
  )
}
