import type { QueryUsage } from '@aleph-audit-log/domain/api/insights'
import type { ReactNode } from 'react'
import { kindName } from '../events/event-texts.ts'
import { formatCount, formatDuration } from '../events/format-time.ts'
import { Sparkline } from './sparkline.tsx'
import { Absent, CountCell, LifeCell, QueryLink, sayPeople, TroubleCell, TwoLines } from './usage-cells.tsx'
import { UsageList } from './usage-list.tsx'
import { terms } from './usage-search.ts'
import type { UsageColumn } from './usage-table.tsx'
import classes from './usage.module.css'

/** Which queries run most often, which are slow, which fail. Runs that differ in literals only are one query. */
export function QueriesList(): ReactNode {
  return (
    <UsageList
      list="queries"
      words={['query', 'queries']}
      placeholder="Find a query"
      presets={[
        { sort: 'count', label: 'Most frequent', hint: 'Which queries run most often' },
        { sort: 'slowest', label: 'Slowest', hint: 'Which queries take longest (19 of 20 runs are faster)' },
        { sort: 'totalMs', label: 'Most time', hint: 'Which queries cost the most time, all runs together' },
        { sort: 'failed', label: 'Failing', hint: 'Which queries fail or are denied most' },
      ]}
      columnsOf={columnsOf}
      keyOf={({ fingerprint }) => fingerprint}
    />
  )
}

function columnsOf(days: readonly string[]): UsageColumn<QueryUsage>[] {
  const duration = (ms: number | undefined): ReactNode => (ms === undefined ? <Absent /> : formatDuration(ms))
  return [
    {
      id: 'query',
      title: 'Query',
      lead: true,
      cell: ({ fingerprint, normalized, kind }) => (
        <>
          <QueryLink fingerprint={fingerprint} normalized={normalized} />
          <span className={classes.more}>{kindName(kind)}</span>
        </>
      ),
    },
    {
      id: 'count',
      title: 'Runs',
      sort: 'count',
      end: true,
      width: 104,
      cell: ({ count, people, fingerprint }) => (
        <TwoLines
          first={<CountCell value={count} terms={[terms.query(fingerprint)]} label="Runs" />}
          second={sayPeople(people)}
        />
      ),
    },
    {
      id: 'trend',
      title: 'Trend',
      width: 118,
      cell: ({ perDay }) => <Sparkline perDay={perDay} days={days} />,
    },
    {
      id: 'p50Ms',
      title: 'Typical',
      hint: 'Half of the runs were faster (p50)',
      end: true,
      width: 88,
      cell: ({ p50Ms }) => duration(p50Ms),
    },
    {
      id: 'p95Ms',
      title: 'Slow',
      hint: '19 of 20 runs were faster (p95)',
      sort: 'slowest',
      end: true,
      width: 88,
      cell: ({ p95Ms }) => duration(p95Ms),
    },
    {
      id: 'totalMs',
      title: 'Total time',
      hint: 'All runs together',
      sort: 'totalMs',
      end: true,
      width: 96,
      cell: ({ totalMs }) => duration(totalMs),
    },
    {
      id: 'failed',
      title: 'Failed',
      hint: 'Failed or denied, and how large a part of all that is',
      sort: 'failed',
      end: true,
      width: 84,
      cell: ({ fingerprint, ...usage }) => <TroubleCell {...usage} terms={[terms.query(fingerprint)]} />,
    },
    {
      id: 'rows',
      title: 'Rows',
      hint: 'Returned or changed, all runs together',
      sort: 'rows',
      end: true,
      width: 100,
      cell: ({ rows }) => formatCount(rows),
    },
    {
      id: 'lastSeenAt',
      title: 'Last run',
      sort: 'lastSeenAt',
      width: 136,
      cell: (row) => <LifeCell {...row} />,
    },
  ]
}
