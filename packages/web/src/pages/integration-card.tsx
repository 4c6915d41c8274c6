import type { Integration, IntegrationState } from '@aleph-audit-log/domain/api/integrations'
import { UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ClockIcon, DatabaseIcon, DoneIcon, FailedIcon } from '../ui/icons.tsx'
import { CardFact, SettingCard } from '../ui/setting-card.tsx'
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
  const look = status.state
  return (
    <SettingCard
      name={name}
      icon={<DatabaseIcon size={18} />}
      what={<WhereItIs integration={integration} />}
      state={{ look, ...states[look] }}
      message={status.message === undefined ? undefined : { look, text: status.message }}
      facts={<Facts integration={integration} />}
      onEdit={onEdit}
      onDelete={onDelete}
    />
  )
}

function Facts({ integration }: { integration: Integration }): ReactNode {
  const { id, status } = integration
  return (
    <>
      <CardFact name="Last event">
        {status.lastEventAt === undefined ? 'None yet' : <TimeAgo time={status.lastEventAt} />}
      </CardFact>
      <CardFact name="Events recorded">
        {status.eventsRecorded === 0 ? (
          '0'
        ) : (
          <Link to={paths.auditLog} search={{ q: `source:${id}` }} title="Show them in the audit log">
            {formatCount(status.eventsRecorded)}
          </Link>
        )}
      </CardFact>
      {integration.kind === 'postgres_log' ? (
        <LogFacts {...integration} />
      ) : (
        <GatewayFacts {...integration} />
      )}
    </>
  )
}

function WhereItIs({ integration }: { integration: Integration }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  if (integration.kind === 'postgres_log') {
    return (
      <>
        PostgreSQL log ·{' '}
        <span data-mono>
          <ShownText text={integration.settings.path} />
        </span>
      </>
    )
  }
  const { listenHost, listenPort, serverHost, serverPort, mode } = integration.settings
  return (
    <>
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
    </>
  )
}

function LogFacts({ status, settings }: Extract<Integration, { kind: 'postgres_log' }>): ReactNode {
  return (
    <>
      <CardFact name="Lines read">{formatCount(status.linesRead)}</CardFact>
      <CardFact name="Gaps" isBad={status.gaps > 0}>
        {status.gaps === 0 ? 'None' : formatCount(status.gaps)}
      </CardFact>
      <CardFact name="People behind logins">{formatCount(settings.logins.length)}</CardFact>
    </>
  )
}

function GatewayFacts({ status }: Extract<Integration, { kind: 'postgres_gateway' }>): ReactNode {
  return (
    <>
      <CardFact name="Sessions">{formatCount(status.sessions)}</CardFact>
      <CardFact name="Statements a second">{formatRate(status.statementsPerSecond)}</CardFact>
      <CardFact name={status.eventsLost > 0 ? 'Not recorded' : 'Waiting'} isBad={status.eventsLost > 0}>
        {formatCount(status.eventsLost > 0 ? status.eventsLost : status.eventsWaiting)}
      </CardFact>
      <CardFact name="Errors" isBad={status.errors > 0}>
        {status.errors === 0 ? 'None' : formatCount(status.errors)}
      </CardFact>
    </>
  )
}

function formatRate(perSecond: number): string {
  return perSecond < 10 ? String(Math.round(perSecond * 10) / 10) : formatCount(Math.round(perSecond))
}
