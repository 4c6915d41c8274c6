import type { SourceHealth } from '@aleph-audit-log/domain/api/overview'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { eventsOf } from './overview-params.ts'
import classes from './source-list.module.css'

const kindNames: Record<SourceHealth['kind'], string> = {
  postgres_log: 'PostgreSQL log',
  postgres_gateway: 'PostgreSQL gateway',
  api: 'Programs with an API key',
  app: 'What people do here',
}

const stateNames: Record<NonNullable<SourceHealth['state']>, string> = {
  starting: 'Starting',
  running: 'Running',
  waiting: 'Waiting',
  failed: 'Failed',
}

type SourceListProps = { sources: readonly SourceHealth[]; range: { from: string; to: string } }

/** Where events come from, how many came in the period, and how each does. */
export function SourceList({ sources, range }: SourceListProps): ReactNode {
  return (
    <ul className={classes.list} aria-label="Sources">
      {sources.map((source) => (
        <li key={source.id} className={classes.row}>
          <span className={classes.dot} data-state={source.state ?? 'running'} aria-hidden="true" />
          <span className={classes.names}>
            <span className={classes.name}>
              <ShownText text={source.name} />
            </span>
            <span className={classes.more}>
              {kindNames[source.kind]}
              {source.state === undefined ? null : ` · ${stateNames[source.state]}`}
              {source.lastEventAt === undefined ? null : (
                <>
                  {' · last event '}
                  <TimeAgo time={source.lastEventAt} />
                </>
              )}
            </span>
            {source.message === undefined ? null : (
              <span className={classes.message} data-failed={source.state === 'failed' || undefined}>
                <ShownText text={source.message} />
              </span>
            )}
          </span>
          <Link
            to={paths.auditLog}
            search={eventsOf(range, printTerm('source', source.id))}
            className={classes.count ?? ''}
            aria-label={`${formatCount(source.events)} events of ${source.name}`}
          >
            {formatCount(source.events)}
          </Link>
        </li>
      ))}
    </ul>
  )
}
