import type { QueryDetail } from '@aleph-audit-log/domain/api/insights'
import { printFilter, printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { kindName } from '../events/event-texts.ts'
import { formatCount, formatDuration } from '../events/format-time.ts'
import { FormattedSql } from '../events/formatted-sql.tsx'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import {
  DetailHead,
  DetailProblem,
  Figures,
  Pending,
  Timeline,
  TopList,
  type Figure,
} from './detail-parts.tsx'
import classes from './detail.module.css'
import { joinBins, type DurationBin } from './duration-bins.ts'
import { errorClassOf } from './error-class.ts'
import { QueryRuns } from './query-runs.tsx'
import { formatShare } from './format-share.ts'
import { personItems, tableItems } from './top-items.tsx'
import { CountCell, SeenCell } from './usage-cells.tsx'
import { terms } from './usage-search.ts'
import { useUsageDetail } from './use-detail.ts'

/** Bars of the distribution: as many as can be told apart at a glance. */
const binsMax = 8

/** One query, whatever its literals: how it runs, who runs it, and each of its runs. */
export function QueryView(): ReactNode {
  const { fingerprint } = useParams({ from: '/signed-in/insights/queries/$fingerprint' })
  const detail = useUsageDetail('queries', fingerprint)
  const { data } = detail
  const usage = data?.usage
  const its = terms.query(fingerprint)
  return (
    <div className={classes.view} tabIndex={0} role="region" aria-label="Query" aria-busy={detail.isPending}>
      <DetailHead
        back={{ to: paths.insightsQueries, label: 'Queries' }}
        title={usage === undefined ? 'Query' : kindName(usage.kind)}
        fullTitle={`Query ${fingerprint}`}
        note={
          <>
            All runs that differ in their values only · <span className={classes.mono}>{fingerprint}</span>
          </>
        }
      />
      {detail.error !== null && data === undefined ? (
        <DetailProblem error={detail.error} what="query" onRetry={() => void detail.refetch()} />
      ) : (
        <>
          <div className={classes.sql} data-pending={usage === undefined || undefined}>
            {usage === undefined ? null : (
              <FormattedSql sql={usage.normalized} dialect={undefined} of="query" />
            )}
            {usage?.truncated === true ? (
              <p className={classes.note}>Its beginning: the whole text stands in each run.</p>
            ) : null}
          </div>
          <Figures label="In numbers" figures={figuresOf(usage, its)} />
          <Timeline terms={[its]} />
          <QueryRuns fingerprint={fingerprint} usualMs={usage?.p50Ms} isPending={detail.isPending}>
            {data === undefined ? null : (
              <div className={classes.grid}>
                <QueryLists data={data} its={its} />
              </div>
            )}
          </QueryRuns>
        </>
      )}
    </div>
  )
}

function figuresOf(usage: QueryDetail['usage'] | undefined, its: string): Figure[] {
  const shown = (value: (known: QueryDetail['usage']) => ReactNode): ReactNode =>
    usage === undefined ? <Pending /> : value(usage)
  const duration = (ms: number | undefined): ReactNode => (ms === undefined ? '–' : formatDuration(ms))
  return [
    { label: 'Runs', value: shown(({ count }) => <CountCell value={count} terms={[its]} />) },
    {
      label: 'Failed or denied',
      ...(usage && { hint: `${formatCount(usage.failed)} failed, ${formatCount(usage.denied)} denied` }),
      value: shown(({ failed, denied }) => (
        <CountCell value={failed + denied} terms={[its, terms.notSucceeded]} />
      )),
      more: usage && formatShare(usage.failed + usage.denied, usage.count),
    },
    {
      label: 'Typical (p50)',
      hint: 'Half of the runs were faster',
      value: shown(({ p50Ms }) => duration(p50Ms)),
    },
    {
      label: 'Slow (p95)',
      hint: '19 of 20 runs were faster',
      value: shown(({ p95Ms }) => duration(p95Ms)),
    },
    { label: 'Total time', value: shown(({ totalMs }) => duration(totalMs)) },
    { label: 'Rows', hint: 'Returned or changed', value: shown(({ rows }) => formatCount(rows)) },
    { label: 'First run', value: shown(({ firstSeenAt }) => <SeenCell time={firstSeenAt} as="day" />) },
    { label: 'Last run', value: shown(({ lastSeenAt }) => <SeenCell time={lastSeenAt} as="ago" />) },
  ]
}

function QueryLists({ data, its }: { data: QueryDetail; its: string }): ReactNode {
  return (
    <>
      <TopList
        title="Who runs it"
        counts="Runs"
        items={personItems(data.people, [its])}
        none="Nobody in this time."
        total={data.totals.people}
        all={{ to: paths.insightsPeople, of: its, label: 'Everybody who runs it' }}
      />
      <TopList
        title="How long it takes"
        counts="Runs"
        items={joinBins(data.durations, binsMax).map((bin) => ({
          key: String(bin.fromMs),
          count: bin.count,
          name: `${formatDuration(bin.fromMs)} – ${formatDuration(bin.toMs)}`,
          number: <CountCell value={bin.count} terms={[its, ...durationTerms(bin)]} />,
        }))}
        none="No run told how long it took."
      />
      <TopList
        title="Errors"
        counts="Runs"
        items={data.errors.map(({ error, count }) => ({
          key: error,
          count,
          name: <ErrorName error={error} />,
          number: <CountCell value={count} terms={[its, printTerm('error', error)]} />,
        }))}
        none="No run failed in this time."
      />
      <TopList
        title="Tables"
        counts="Runs"
        items={tableItems(data.tables, [its])}
        none="It touches no table."
      />
    </>
  )
}

function durationTerms({ fromMs, toMs }: DurationBin): string[] {
  return [
    printFilter({ kind: 'number', field: 'duration', range: { min: fromMs } }),
    printFilter({ kind: 'number', field: 'duration', range: { max: toMs, maxOpen: true } }),
  ]
}

function ErrorName({ error }: { error: string }): ReactNode {
  const words = errorClassOf(error)
  return (
    <span className={classes.cut} title={error}>
      {words === undefined ? null : `${words} `}
      <span className={words === undefined ? undefined : classes.counts}>
        <ShownText text={error.slice(0, 200)} />
      </span>
    </span>
  )
}
