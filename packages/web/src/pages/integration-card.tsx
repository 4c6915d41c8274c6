import type { Integration, IntegrationState } from '@aleph-audit-log/domain/api/integrations'
import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
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
import { GatewayConnectModal } from './gateway-connect-modal.tsx'
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
  const { name, status } = integration
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
          <WhereItIs integration={integration} />
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
        <Fact name="Last event">
          {status.lastEventAt === undefined ? 'None yet' : <TimeAgo time={status.lastEventAt} />}
        </Fact>
        <Fact name="Events recorded">
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
        </Fact>
        {integration.kind === 'postgres_log' ? (
          <LogFacts {...integration} />
        ) : (
          <GatewayFacts {...integration} />
        )}
      </dl>
    </article>
  )
}

function WhereItIs({ integration }: { integration: Integration }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  if (integration.kind === 'postgres_log') {
    return (
      <div className={classes.path}>
        PostgreSQL log ·{' '}
        <span data-mono>
          <ShownText text={integration.settings.path} />
        </span>
      </div>
    )
  }
  const { listenHost, listenPort, serverHost, serverPort, mode } = integration.settings
  return (
    <div className={classes.path}>
      PostgreSQL gateway, {mode} ·{' '}
      <span data-mono>
        <ShownText text={`${listenHost}:${listenPort} → ${serverHost}:${serverPort}`} />
      </span>{' '}
      ·{' '}
      <UnstyledButton className={classes.link ?? ''} onClick={() => setOpen(true)}>
        How to connect
      </UnstyledButton>
      <GatewayConnectModal
        name={integration.name}
        settings={integration.settings}
        opened={isOpen}
        onClose={() => setOpen(false)}
      />
    </div>
  )
}

function Fact({ name, isBad, children }: { name: string; isBad?: boolean; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-bad={isBad || undefined}>{children}</dd>
    </div>
  )
}

function LogFacts({ status, settings }: Extract<Integration, { kind: 'postgres_log' }>): ReactNode {
  return (
    <>
      <Fact name="Lines read">{formatCount(status.linesRead)}</Fact>
      <Fact name="Gaps" isBad={status.gaps > 0}>
        {status.gaps === 0 ? 'None' : formatCount(status.gaps)}
      </Fact>
      <Fact name="People behind logins">{formatCount(settings.logins.length)}</Fact>
    </>
  )
}

function GatewayFacts({ status }: Extract<Integration, { kind: 'postgres_gateway' }>): ReactNode {
  return (
    <>
      <Fact name="Sessions">{formatCount(status.sessions)}</Fact>
      <Fact name="Statements a second">{formatRate(status.statementsPerSecond)}</Fact>
      <Fact name={status.eventsLost > 0 ? 'Not recorded' : 'Waiting'} isBad={status.eventsLost > 0}>
        {formatCount(status.eventsLost > 0 ? status.eventsLost : status.eventsWaiting)}
      </Fact>
      <Fact name="Errors" isBad={status.errors > 0}>
        {status.errors === 0 ? 'None' : formatCount(status.errors)}
      </Fact>
    </>
  )
}

function formatRate(perSecond: number): string {
  return perSecond < 10 ? String(Math.round(perSecond * 10) / 10) : formatCount(Math.round(perSecond))
}
