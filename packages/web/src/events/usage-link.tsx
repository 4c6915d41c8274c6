import { Link, useSearch, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { carriedParams } from '../insights/insights-params.ts'
import type { paths } from '../paths.ts'
import classes from './event-facts.module.css'

type UsageLinkProps = {
  to: typeof paths.insightsPerson | typeof paths.insightsTable | typeof paths.insightsQuery
  params: NonNullable<LinkProps['params']>
  title?: string
  children: ReactNode
}

/** Leads from an event to the page of Insights about a person, a table or a query, in the range on screen. */
export function UsageLink({ to, params, title, children }: UsageLinkProps): ReactNode {
  const shown = useSearch({ from: '/signed-in/audit-log' })
  return (
    <Link
      className={classes.search ?? ''}
      to={to}
      params={params}
      search={carriedParams(shown)}
      title={title}
    >
      {children}
    </Link>
  )
}
