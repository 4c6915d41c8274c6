import { alertStatuses } from '@aleph-audit-log/domain/alert-values'
import type { AlertList } from '@aleph-audit-log/domain/api/alerts'
import { ruleLevels } from '@aleph-audit-log/domain/detect/rule'
import { Button, CloseButton, Select, Skeleton } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { alertsKey, fetchAlerts, lookAgainMs } from '../api/alerts.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { AlertRows } from '../alerts/alert-list.tsx'
import { levelWords, statusWords } from '../alerts/alert-words.ts'
import { alertPeriods, alertsQuestion, withAlertsParams, type AlertsParams } from '../alerts/alerts-params.ts'
import { MutesPanel } from '../alerts/mutes-panel.tsx'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { BellIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './alerts-page.module.css'

const pageRows = 50

/** What detections found, by what has become of it. */
export function AlertsPage(): ReactNode {
  const params: AlertsParams = useSearch({ from: '/signed-in/alerts' })
  // The beginning of a period stays where it is while one reads.
  const [askedAtMs] = useState(serverNowMs)
  const question = alertsQuestion(params, askedAtMs)
  const pages = useInfiniteQuery({
    queryKey: [...alertsKey, 'list', question],
    queryFn: ({ pageParam, signal }) => fetchAlerts(question, { limit: pageRows, cursor: pageParam }, signal),
    // The first page has no cursor; the type of a parameter that is a string later must be told.
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: lookAgainMs,
    placeholderData: keepPreviousData,
  })
  const alerts = pages.data?.pages.flatMap((page) => page.alerts)
  const status = params.status ?? 'open'
  return (
    <SettingsPage
      wide
      title="Alerts"
      lead="What the log found by itself, one line for what belongs together."
      action={
        <div className={classes.top}>
          <Link to={paths.alertRules} className={classes.rules ?? ''}>
            Rules
          </Link>
          <Filters params={params} />
        </div>
      }
    >
      <StatusTabs params={params} counts={pages.data?.pages[0]?.counts} />
      <Narrowed params={params} />
      {alerts === undefined && pages.error !== null ? (
        <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />
      ) : null}
      {alerts === undefined && pages.error === null ? (
        <div role="status" aria-label="Loading the alerts">
          <Skeleton height={170} radius={8} />
        </div>
      ) : null}
      {alerts === undefined ? null : (
        <div aria-busy={pages.isPlaceholderData}>
          <Panel>
            {alerts.length === 0 ? (
              <NoAlerts params={params} />
            ) : (
              <AlertRows label={`${statusWords[status]} alerts`} alerts={alerts} />
            )}
          </Panel>
          {pages.hasNextPage ? (
            <Button
              variant="default"
              size="xs"
              loading={pages.isFetchingNextPage}
              onClick={() => void pages.fetchNextPage()}
            >
              Show older alerts
            </Button>
          ) : null}
        </div>
      )}
      {status === 'muted' ? <MutesPanel /> : null}
    </SettingsPage>
  )
}

function StatusTabs({
  params,
  counts,
}: {
  params: AlertsParams
  counts: AlertList['counts'] | undefined
}): ReactNode {
  return (
    <nav aria-label="Status" className={classes.tabs}>
      {alertStatuses.map((status) => (
        <Link
          key={status}
          to={paths.alerts}
          search={withAlertsParams(params, { status })}
          className={classes.tab ?? ''}
          aria-current={(params.status ?? 'open') === status ? 'page' : undefined}
        >
          {statusWords[status]}
          <span className={classes.count}>{counts === undefined ? '' : formatCount(counts[status])}</span>
        </Link>
      ))}
    </nav>
  )
}

function Filters({ params }: { params: AlertsParams }): ReactNode {
  const navigate = useNavigate()
  const change = (changes: Record<string, unknown>): void =>
    void navigate({ to: paths.alerts, search: withAlertsParams(params, changes) })
  return (
    <div className={classes.filters}>
      <Select
        aria-label="Level"
        data={ruleLevels.map((level, index) => ({
          value: level,
          label: index === 0 ? 'All levels' : index === 4 ? 'Critical' : `${levelWords[level]} and above`,
        }))}
        value={params.level ?? ruleLevels[0]}
        onChange={(level) => change({ level })}
      />
      <Select
        aria-label="Time"
        data={[
          { value: '', label: 'All times' },
          ...alertPeriods.map(({ id, label }) => ({ value: id, label })),
        ]}
        value={params.period ?? ''}
        onChange={(period) => change({ period })}
      />
    </div>
  )
}

/** What the list is narrowed by beside the controls above it, with a way out. */
function Narrowed({ params }: { params: AlertsParams }): ReactNode {
  const navigate = useNavigate()
  const parts = (['rule', 'person', 'table'] as const).flatMap((key) => {
    const value = params[key]
    return value === undefined ? [] : [{ key, value }]
  })
  if (parts.length === 0) return null
  return (
    <ul className={classes.narrowed} aria-label="Narrowed by">
      {parts.map(({ key, value }) => (
        <li key={key} className={classes.part}>
          {key}: <ShownText text={value} />
          <CloseButton
            size="xs"
            aria-label={`Show alerts of every ${key}`}
            onClick={() =>
              void navigate({ to: paths.alerts, search: withAlertsParams(params, { [key]: undefined }) })
            }
          />
        </li>
      ))}
    </ul>
  )
}

function NoAlerts({ params }: { params: AlertsParams }): ReactNode {
  const { status = 'open', ...narrowed } = params
  const isNarrowed = Object.keys(narrowed).length > 0
  if (isNarrowed) {
    return (
      <EmptyState icon={<BellIcon size={22} />} title="No such alert">
        <p>
          Nothing that is {statusWords[status].toLowerCase()} fits what is chosen here.{' '}
          <Link to={paths.alerts} search={status === 'open' ? {} : { status }}>
            Show all of them
          </Link>
        </p>
      </EmptyState>
    )
  }
  const words = {
    open: 'Rules look at every event as it comes in. What they find appears here, in seconds, as one line for each person or thing that it is about.',
    acknowledged: 'An alert that somebody looks after stands here until it is resolved.',
    resolved: 'What was looked at and ended stands here, with why.',
    muted: 'What somebody muted for a while is still found, stands here, and is told to nobody.',
  } as const
  return (
    <EmptyState
      icon={<BellIcon size={22} />}
      title={status === 'open' ? 'Nothing needs you' : `Nothing is ${statusWords[status].toLowerCase()}`}
    >
      <p>{words[status]}</p>
    </EmptyState>
  )
}
