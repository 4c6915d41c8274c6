import type { AlertDetail, AlertStep } from '@aleph-audit-log/domain/api/alerts'
import { Skeleton } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { alertQuery } from '../api/alerts.ts'
import { AlertActions } from '../alerts/alert-actions.tsx'
import { AlertContextPanel, RuleMeaning } from '../alerts/alert-context.tsx'
import { AlertEvents } from '../alerts/alert-events.tsx'
import { AlertRows } from '../alerts/alert-list.tsx'
import { fieldWord, resolutionWords, stepWords } from '../alerts/alert-words.ts'
import { DeliveryRows } from '../alerts/delivery-rows.tsx'
import { LevelMark } from '../alerts/level-mark.tsx'
import { MutedGroup } from '../alerts/mutes-panel.tsx'
import { StatusMark } from '../alerts/status-mark.tsx'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { BellIcon, ClockIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day, TimeAgo } from '../ui/time-ago.tsx'
import classes from './alert-page.module.css'

/** One alert: what happened, by which events, who and what it is about, and what became of it. */
export function AlertPage(): ReactNode {
  const { alertId } = useParams({ from: '/signed-in/alerts/$alertId' })
  const found = useQuery(alertQuery(alertId))
  useDocumentTitle(`${found.data?.alert.summary ?? 'Alert'} · Alerts · Aleph`)
  return (
    <div className={classes.page}>
      <Link to={paths.alerts} className={classes.back ?? ''}>
        Alerts
      </Link>
      {found.data === undefined && found.error !== null ? (
        isApiError(found.error, 'not_found') ? (
          <EmptyState icon={<BellIcon size={22} />} title="There is no such alert">
            <p>The address may be cut, or of another workspace.</p>
          </EmptyState>
        ) : (
          <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        )
      ) : null}
      {found.data === undefined && found.error === null ? (
        <div role="status" aria-label="Loading the alert">
          <Skeleton height={64} radius={8} mb={16} />
          <Skeleton height={260} radius={8} />
        </div>
      ) : null}
      {found.data === undefined ? null : <Detail detail={found.data} />}
    </div>
  )
}

function Detail({ detail }: { detail: AlertDetail }): ReactNode {
  const { alert, similar, deliveries } = detail
  return (
    <>
      <header className={classes.head}>
        <div className={classes.titles}>
          <h1 className={classes.title}>
            <ShownText text={alert.summary} />
          </h1>
          <div className={classes.marks}>
            <LevelMark level={alert.rule.level} />
            <StatusMark status={alert.status} />
            <Link to={paths.alertRule} params={{ ruleId: alert.rule.id }} className={classes.rule ?? ''}>
              <ShownText text={alert.rule.title} />
            </Link>
          </div>
        </div>
        <AlertActions alert={alert} />
      </header>
      <Ended detail={detail} />
      <Facts detail={detail} />
      <div className={classes.two}>
        <RuleMeaning ruleId={alert.rule.id} />
        <AlertContextPanel alert={alert} />
      </div>
      <AlertEvents alert={alert} />
      <div className={classes.two}>
        <Panel title="What became of it">
          <Steps detail={detail} />
        </Panel>
        <Panel title="Similar alerts">
          {similar.length === 0 ? (
            <p className={classes.none}>There was none like it before.</p>
          ) : (
            <div>
              <AlertRows label="Similar alerts" alerts={similar.map((one) => one.alert)} showsStatus />
            </div>
          )}
        </Panel>
      </div>
      {deliveries.length === 0 ? null : (
        <Panel title="Who was told">
          <DeliveryRows label="Deliveries of this alert" deliveries={deliveries} namesAlert={false} />
        </Panel>
      )}
    </>
  )
}

/** Why it does not ask for anybody any more. */
function Ended({ detail }: { detail: AlertDetail }): ReactNode {
  const { alert, mutes } = detail
  const [mute] = mutes
  if (alert.status === 'resolved') {
    return (
      <div className={classes.ended}>
        <b>{alert.resolution === undefined ? 'Resolved' : resolutionWords[alert.resolution].word}.</b>{' '}
        <ShownText text={alert.reason ?? ''} />
      </div>
    )
  }
  if (mute === undefined || alert.status !== 'muted') return null
  return (
    <div className={classes.ended}>
      <ClockIcon size={15} />{' '}
      <b>
        Muted until <Day time={mute.until} />.
      </b>{' '}
      <ShownText text={mute.reason} />
    </div>
  )
}

function Facts({ detail: { alert } }: { detail: AlertDetail }): ReactNode {
  const { group, people, tables, eventCount, firstEventAt, lastEventAt, openedAt, late } = alert
  // What the alert is about is told once.
  const isTold = (field: string, names: readonly string[]): boolean =>
    names.length === 1 && group.some((of) => of.field === field && of.value === names[0])
  return (
    <dl className={classes.facts}>
      {group.map(({ field, value }) => (
        <div key={field}>
          <dt>{fieldWord(field)}</dt>
          <dd>
            <GroupValue field={field} value={value} />
          </dd>
        </div>
      ))}
      <div>
        <dt>Events</dt>
        <dd>{formatCount(eventCount)}</dd>
      </div>
      <div>
        <dt>First event</dt>
        <dd>
          <TimeAgo time={firstEventAt} />
        </dd>
      </div>
      <div>
        <dt>Last event</dt>
        <dd>
          <TimeAgo time={lastEventAt} />
        </dd>
      </div>
      <div>
        <dt>Found</dt>
        <dd>
          <TimeAgo time={openedAt} />
          {late ? ', its events came in late' : ''}
        </dd>
      </div>
      <Names label="People" names={isTold('person', people) ? [] : people} link={PersonLink} />
      <Names label="Tables" names={isTold('table', tables) ? [] : tables} link={TableLink} />
    </dl>
  )
}

function GroupValue({ field, value }: { field: string; value: string }): ReactNode {
  if (field === 'person') return <PersonLink name={value} />
  if (field === 'table') return <TableLink name={value} />
  return <ShownText text={value} />
}

function TableLink({ name }: { name: string }): ReactNode {
  return (
    <Link to={paths.insightsTable} params={{ tableName: name }} className={classes.link ?? ''}>
      <ShownText text={name} />
    </Link>
  )
}

function PersonLink({ name }: { name: string }): ReactNode {
  return (
    <Link to={paths.insightsPerson} params={{ personId: name }} className={classes.link ?? ''}>
      <ShownText text={name} />
    </Link>
  )
}

type NamesProps = {
  label: string
  names: readonly string[]
  link: (props: { name: string }) => ReactNode
}

function Names({ label, names, link: NameLink }: NamesProps): ReactNode {
  if (names.length === 0) return null
  return (
    <div className={classes.wide}>
      <dt>{label}</dt>
      <dd>
        <ul className={classes.names}>
          {names.map((name) => (
            <li key={name}>
              <NameLink name={name} />
            </li>
          ))}
        </ul>
      </dd>
    </div>
  )
}

function Steps({ detail: { steps, mutes } }: { detail: AlertDetail }): ReactNode {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {steps.map((step) => (
        <li key={`${step.at} ${step.step}`} className={classes.step}>
          <StepLine step={step} />
        </li>
      ))}
      {mutes.map((mute) => (
        <li key={mute.id} className={classes.step}>
          Muted until <Day time={mute.until} />: <MutedGroup mute={mute} />
        </li>
      ))}
    </ol>
  )
}

function StepLine({ step: { step, at, by, reason } }: { step: AlertStep }): ReactNode {
  return (
    <>
      <div>
        <b>{stepWords[step]}</b> {by === undefined ? null : 'by '}
        {by === undefined ? null : <ShownText text={by.name} />}
        <span className={classes.when}>
          <TimeAgo time={at} />
        </span>
      </div>
      {reason === undefined ? null : (
        <div className={classes.reason}>
          <ShownText text={reason} />
        </div>
      )}
    </>
  )
}
