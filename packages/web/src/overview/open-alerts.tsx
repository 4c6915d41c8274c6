import type { AlertList } from '@aleph-audit-log/domain/api/alerts'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AlertRows } from '../alerts/alert-list.tsx'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import classes from './open-alerts.module.css'

/** What waits for somebody: the newest open alerts, and how many more there are. `found` is of `newestOpenQuery`. */
export function OpenAlerts({ found }: { found: UseQueryResult<AlertList> }): ReactNode {
  const { data, error, refetch } = found
  const { alerts = [], counts } = data ?? {}
  const open = counts?.open ?? 0
  return (
    <Panel title={`Open alerts${open > 0 ? ` (${formatCount(open)})` : ''}`}>
      {data === undefined ? (
        <ProblemNote error={error} onRetry={() => void refetch()} />
      ) : alerts.length === 0 ? (
        <p className={classes.none}>No alert is open.</p>
      ) : (
        <AlertRows label="Open alerts" alerts={alerts} />
      )}
      {open > alerts.length ? (
        <Link to={paths.alerts} className={classes.all ?? ''}>
          All {formatCount(open)} open alerts
        </Link>
      ) : null}
    </Panel>
  )
}
