import type { Integration, IntegrationState } from '@aleph-audit-log/domain/api/integrations'
import { ActionIcon, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import {
  AlertIcon,
  ClockIcon,
  DatabaseIcon,
  DoneIcon,
  FailedIcon,
  PencilIcon,
  TrashIcon,
} from '../ui/icons.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import classes from './integration-card.module.css'

const states: Record<IntegrationState, { word: string; icon: ReactNode }> = {
  starting: { word: 'Starting', icon: <ClockIcon size={14} /> },
  running: { word: 'Running', icon: <DoneIcon size={14} /> },
  waiting: { word: 'Waiting', icon: <ClockIcon size={14} /> },
  failed: { word: 'Failed', icon: <FailedIcon size={14} /> },
}

type IntegrationCardProps = { integration: Integration; onEdit: () => void; onDelete: () => void }

/** One source of events: what it is, how it does, how much it has brought. */
export function IntegrationCard({ integration, onEdit, onDelete }: IntegrationCardProps): ReactNode {
  const { name, settings, status } = integration
  const state = states[status.state]
  return (
    <article className={classes.card} aria-label={name}>
      <div className={classes.head}>
        <div className={classes.sign}>
          <DatabaseIcon size={18} />
        </div>
        <div className={classes.titles}>
          <h2 className={classes.name}>
            <ShownText text={name} />
          </h2>
          <div className={classes.path}>
            PostgreSQL log ·{' '}
            <span data-mono>
              <ShownText text={settings.path} />
            </span>
          </div>
        </div>
        <span className={classes.state} data-state={status.state}>
          {state.icon}
          {state.word}
        </span>
        <Tooltip label="Edit">
          <ActionIcon aria-label={`Edit ${name}`} onClick={onEdit}>
            <PencilIcon />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Delete">
          <ActionIcon aria-label={`Delete ${name}`} onClick={onDelete}>
            <TrashIcon />
          </ActionIcon>
        </Tooltip>
      </div>
      {status.message === undefined ? null : (
        <div className={classes.message} data-state={status.state}>
          <AlertIcon size={15} />
          <ShownText text={status.message} />
        </div>
      )}
      <dl className={classes.numbers}>
        <div>
          <dt>Last event</dt>
          <dd>{status.lastEventAt === undefined ? 'None yet' : <TimeAgo time={status.lastEventAt} />}</dd>
        </div>
        <div>
          <dt>Lines read</dt>
          <dd>{formatCount(status.linesRead)}</dd>
        </div>
        <div>
          <dt>Events recorded</dt>
          <dd>
            {status.eventsRecorded === 0 ? (
              '0'
            ) : (
              <Link
                to={paths.auditLog}
                search={{ q: `source:${integration.id}` }}
                title="Show them in the audit log"
              >
                {formatCount(status.eventsRecorded)}
              </Link>
            )}
          </dd>
        </div>
        <div>
          <dt>Gaps</dt>
          <dd data-gaps={status.gaps > 0 || undefined}>
            {status.gaps === 0 ? 'None' : formatCount(status.gaps)}
          </dd>
        </div>
        <div>
          <dt>People behind logins</dt>
          <dd>{formatCount(settings.logins.length)}</dd>
        </div>
      </dl>
    </article>
  )
}
