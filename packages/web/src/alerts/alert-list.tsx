import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import classes from './alert-list.module.css'
import { LevelMark } from './level-mark.tsx'
import { StatusMark } from './status-mark.tsx'

type AlertListProps = {
  label: string
  alerts: readonly Alert[]
  /** Where they are not all of one status. */
  showsStatus?: boolean
}

/** Alerts by what happened, each one line that leads to its page. */
export function AlertRows({ label, alerts, showsStatus = false }: AlertListProps): ReactNode {
  return (
    <ul className={classes.list} aria-label={label}>
      {alerts.map((alert) => (
        <li key={alert.id} className={classes.row}>
          <span className={classes.level}>
            <LevelMark level={alert.rule.level} />
          </span>
          <div className={classes.what}>
            <Link to={paths.alert} params={{ alertId: alert.id }} className={classes.summary ?? ''}>
              <ShownText text={alert.summary} />
            </Link>
            <div className={classes.rule}>
              <ShownText text={alert.rule.title} />
              {alert.late ? ' · events came in late' : ''}
              {showsStatus ? (
                <>
                  {' · '}
                  <StatusMark status={alert.status} />
                </>
              ) : null}
            </div>
          </div>
          <span className={classes.count}>
            {formatCount(alert.eventCount)} {alert.eventCount === 1 ? 'event' : 'events'}
          </span>
          <span className={classes.when}>
            <TimeAgo time={alert.lastEventAt} />
          </span>
        </li>
      ))}
    </ul>
  )
}
