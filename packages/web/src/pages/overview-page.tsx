import type { Overview } from '@aleph-audit-log/domain/api/overview'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { SegmentedControl, Skeleton } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { newestOpenQuery } from '../api/alerts.ts'
import { overviewQuery } from '../api/overview.ts'
import { sessionQuery } from '../api/session.ts'
import { formatCount, formatDuration } from '../events/format-time.ts'
import { Histogram } from '../events/histogram.tsx'
import { FirstEvent } from '../events/no-events.tsx'
import { rangeBetween, writeRange } from '../events/time-range.ts'
import { usePreferredZone } from '../events/use-preferred-zone.ts'
import { NumberTile } from '../overview/number-tile.tsx'
import { OpenAlerts } from '../overview/open-alerts.tsx'
import {
  eventsOf,
  periodOf,
  periods,
  searchOfPerson,
  searchOfTable,
  withPeriod,
  type OverviewParams,
  type Period,
} from '../overview/overview-params.ts'
import { RankedList, type RankedRow } from '../overview/ranked-list.tsx'
import { SourceList } from '../overview/source-list.tsx'
import { StorageFacts } from '../overview/storage-facts.tsx'
import { paths } from '../paths.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { roleScopes } from '../ui/role-names.ts'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import classes from './overview-page.module.css'

/** What happened of late: how much, by whom, what went wrong, and how the sources do. */
export function OverviewPage(): ReactNode {
  const params: OverviewParams = useSearch({ from: '/signed-in/' })
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const period = periodOf(params)
  const overview = useQuery(overviewQuery(period.ms))
  const seesAlerts = session.user.role === 'admin' || session.user.role === 'auditor'
  // Asked for together, and shown together: nothing moves when the second is there.
  const alerts = useQuery({ ...newestOpenQuery, enabled: seesAlerts })
  const scope = roleScopes[session.user.role]
  return (
    <SettingsPage
      wide
      title="Overview"
      lead={scope ?? 'What happened of late, without what programs send by themselves.'}
      action={
        <SegmentedControl
          data={periods.map(({ id, label }) => ({ value: id, label }))}
          value={period.id}
          onChange={(id) => void navigate({ to: paths.home, search: withPeriod(id) })}
          aria-label="Period"
        />
      }
    >
      {overview.data === undefined && overview.error !== null ? (
        <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />
      ) : overview.data === undefined || (seesAlerts && alerts.isPending) ? (
        <div role="status" aria-label="Loading the overview" className={classes.loading}>
          <Skeleton height={92} radius={8} />
          <Skeleton height={128} radius={8} />
          <Skeleton height={220} radius={8} />
        </div>
      ) : (
        <div className={classes.body} aria-busy={overview.isPlaceholderData}>
          {overview.data.hasEvents ? (
            <Happened
              overview={overview.data}
              period={period}
              loading={overview.isPlaceholderData}
              alerts={seesAlerts ? <OpenAlerts found={alerts} /> : null}
            />
          ) : (
            <Panel>
              <FirstEvent user={session.user} />
            </Panel>
          )}
          <Health overview={overview.data} />
        </div>
      )}
    </SettingsPage>
  )
}

type HappenedProps = { overview: Overview; period: Period; loading: boolean; alerts: ReactNode }

function Happened({ overview, period, loading, alerts }: HappenedProps): ReactNode {
  const navigate = useNavigate()
  const [zone] = usePreferredZone(undefined)
  return (
    <>
      <Numbers overview={overview} before={period.before} />
      <div className={classes.histogram}>
        <Histogram
          buckets={overview.buckets}
          zone={zone}
          endMs={timeToMs(overview.to)}
          loading={loading}
          failed={false}
          onZoom={(fromMs, toMs) => {
            const range = rangeBetween(fromMs, toMs)
            if (range !== undefined) void navigate({ to: paths.auditLog, search: writeRange(range) })
          }}
        />
      </div>
      {alerts}
      <Lists overview={overview} />
    </>
  )
}

function Numbers({ overview, before }: { overview: Overview; before: string }): ReactNode {
  const shared = { before }
  return (
    <div className={classes.numbers} role="group" aria-label="Numbers">
      <NumberTile {...shared} label="Events" number={overview.events} search={eventsOf(overview)} />
      <NumberTile
        {...shared}
        label="People and services"
        number={overview.people}
        search={eventsOf(overview, 'actor:*')}
      />
      <NumberTile
        {...shared}
        label="Tables used"
        number={overview.tables}
        search={eventsOf(overview, 'table:*')}
      />
      <NumberTile
        {...shared}
        isAlarm
        label="Failures"
        number={overview.failed}
        search={eventsOf(overview, 'outcome:failure')}
      />
      <NumberTile
        {...shared}
        isAlarm
        label="Denied"
        number={overview.denied}
        search={eventsOf(overview, 'outcome:denied')}
      />
    </div>
  )
}

function Lists({ overview }: { overview: Overview }): ReactNode {
  const { newTables } = overview
  return (
    <>
      <div className={classes.three}>
        <Panel title="Most active">
          <RankedList label="Most active" rows={peopleRows(overview)} empty="Nobody did anything." />
        </Panel>
        <Panel title="Most used tables">
          <RankedList label="Most used tables" mono rows={tableRows(overview)} empty="No table was used." />
        </Panel>
        {newTables === undefined ? null : (
          <Panel title={`New tables${newTables.total > 0 ? ` (${formatCount(newTables.total)})` : ''}`}>
            <RankedList
              label="New tables"
              mono
              rows={newTables.rows.map(({ table, count }) => tableRow(overview, table, count))}
              empty="No table was used for the first time."
            />
          </Panel>
        )}
      </div>
      <div className={classes.two}>
        <Panel title="Slowest queries">
          <RankedList
            label="Slowest queries"
            mono
            rows={overview.slowest.map((query) => ({
              ...queryRow(overview, query),
              count: query.p95Ms ?? 0,
              shown: formatDuration(query.p95Ms ?? 0),
              more: `× ${formatCount(query.count)}`,
            }))}
            empty="No query told how long it took."
          />
        </Panel>
        <Panel title="Failing queries">
          <RankedList
            label="Failing queries"
            mono
            isAlarm
            rows={overview.failing.map((query) => ({
              ...queryRow(overview, query, 'outcome:failure'),
              count: query.failed,
              more: `of ${formatCount(query.count)}`,
            }))}
            empty="No query failed."
          />
        </Panel>
      </div>
    </>
  )
}

function peopleRows(overview: Overview): RankedRow[] {
  return overview.activePeople.map(({ person, count }) => ({
    key: person.id,
    text: person.name ?? person.email ?? person.id,
    count,
    search: eventsOf(overview, searchOfPerson(person)),
  }))
}

function tableRows(overview: Overview): RankedRow[] {
  return overview.activeTables.map(({ table, count }) => tableRow(overview, table, count))
}

function tableRow(overview: Overview, table: string, count: number): RankedRow {
  return { key: table, text: table, count, search: eventsOf(overview, searchOfTable(table)) }
}

function queryRow(
  overview: Overview,
  { fingerprint, normalized }: Overview['slowest'][number],
  more = '',
): Omit<RankedRow, 'count'> {
  return {
    key: fingerprint,
    text: normalized,
    search: eventsOf(overview, `${printTerm('fingerprint', fingerprint)} ${more}`.trim()),
  }
}

function Health({ overview }: { overview: Overview }): ReactNode {
  const { sources, storage } = overview
  if (sources === undefined || storage === undefined) return null
  return (
    <div className={classes.two}>
      <Panel title="Sources">
        <SourceList sources={sources} range={overview} />
      </Panel>
      <Panel title="Storage">
        <StorageFacts storage={storage} />
      </Panel>
    </div>
  )
}
