import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { ActivityPanel } from './activity-panel.tsx'
import { DetailHead, DetailProblem, Figures, Pending, Timeline, TopList } from './detail-parts.tsx'
import classes from './detail.module.css'
import { personItems, queryItems } from './top-items.tsx'
import { CountCell, SeenCell, toolName } from './usage-cells.tsx'
import { terms } from './usage-search.ts'
import { useUsageDetail } from './use-detail.ts'

/** One table: who reads and writes it, with which queries, how often. */
export function TableView(): ReactNode {
  const { tableName } = useParams({ from: '/signed-in/insights/tables/$tableName' })
  const detail = useUsageDetail('tables', tableName)
  const { data } = detail
  const its = terms.table(tableName)
  const usage = data?.usage
  const plain = (value: number | undefined): ReactNode =>
    value === undefined ? <Pending /> : formatCount(value)
  return (
    <div className={classes.view} tabIndex={0} role="region" aria-label="Table" aria-busy={detail.isPending}>
      <DetailHead
        back={{ to: paths.insightsTables, label: 'Tables' }}
        title={<ShownText text={tableName} />}
        fullTitle={tableName}
      />
      {detail.error !== null && data === undefined ? (
        <DetailProblem error={detail.error} what="table" onRetry={() => void detail.refetch()} />
      ) : (
        <>
          <Figures
            label="In numbers"
            figures={[
              {
                label: 'Queries',
                value: usage === undefined ? <Pending /> : <CountCell value={usage.count} terms={[its]} />,
              },
              { label: 'Reads', value: plain(usage?.reads) },
              { label: 'Readers', value: plain(usage?.readers) },
              { label: 'Writes', value: plain(usage?.writes) },
              { label: 'Writers', value: plain(usage?.writers) },
              {
                label: 'First access',
                value: usage === undefined ? <Pending /> : <SeenCell time={usage.firstSeenAt} as="day" />,
              },
              {
                label: 'Last access',
                value: usage === undefined ? <Pending /> : <SeenCell time={usage.lastSeenAt} as="ago" />,
              },
            ]}
          />
          <Timeline terms={[its]} />
          <div className={classes.grid}>
            {/* A search knows no access: a number leads to all that somebody did with the table. */}
            <TopList
              title="Who reads it"
              counts="Queries"
              items={personItems(data?.readers, [its])}
              none="Nobody read it in this time."
              total={data?.totals.readers}
              all={{ to: paths.insightsPeople, of: its, label: 'Everybody who uses it' }}
            />
            <TopList
              title="Who writes or changes it"
              counts="Queries"
              items={personItems(data?.writers, [its])}
              none="Nobody wrote or changed it in this time."
              total={data?.totals.writers}
              all={{ to: paths.insightsPeople, of: its, label: 'Everybody who uses it' }}
            />
            {/* Below lists whose length is not known before: they come when they have their place. */}
            {data === undefined ? null : (
              <>
                <TopList
                  title="Queries"
                  counts="Runs"
                  items={queryItems(data.queries, [its])}
                  none="No query in this time."
                  total={data.totals.queries}
                  all={{ to: paths.insightsQueries, of: its, label: 'All queries' }}
                />
                <TopList
                  title="With which tools"
                  counts="Queries"
                  items={data.usage.tools.map(({ tool, count }) => ({
                    key: tool,
                    count,
                    name: (
                      <span className={classes.cut}>
                        {tool === '' ? 'No tool named' : <ShownText text={toolName(tool)} />}
                      </span>
                    ),
                    number: <CountCell value={count} terms={[its, printTerm('tool', tool)]} />,
                  }))}
                  none="No query in this time."
                />
                <ActivityPanel terms={[its]} />
              </>
            )}
          </div>
        </>
      )}
    </div>
  )
}
