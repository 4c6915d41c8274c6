import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { actorTypeNames } from '../events/actor-types.ts'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { ActivityPanel } from './activity-panel.tsx'
import { DetailHead, DetailProblem, Figures, Pending, Timeline, TopList } from './detail-parts.tsx'
import classes from './detail.module.css'
import { formatShare } from './format-share.ts'
import { queryItems, tableItems, toolItems } from './top-items.tsx'
import { CountCell, personName, SeenCell } from './usage-cells.tsx'
import { terms } from './usage-search.ts'
import { useUsageDetail } from './use-detail.ts'

/** One person: how active, on what, with what, when. */
export function PersonView(): ReactNode {
  const { personId } = useParams({ from: '/signed-in/insights/people/$personId' })
  const detail = useUsageDetail('people', personId)
  const { data } = detail
  const mine = terms.person(personId)
  const usage = data?.usage
  const name = usage === undefined ? personId : personName(usage.person)
  const number = (value: number | undefined, ...more: string[]): ReactNode =>
    value === undefined ? <Pending /> : <CountCell value={value} terms={[mine, ...more]} />
  return (
    <div className={classes.view} tabIndex={0} role="region" aria-label="Person" aria-busy={detail.isPending}>
      <DetailHead
        back={{ to: paths.insightsPeople, label: 'People' }}
        title={<ShownText text={name} />}
        fullTitle={name}
        note={
          <>
            {actorTypeNames[usage?.person.actorType ?? 'user']}
            {personId === name ? null : (
              <>
                {' · '}
                <ShownText text={personId} />
              </>
            )}
          </>
        }
      />
      {detail.error !== null && data === undefined ? (
        <DetailProblem error={detail.error} what="person" onRetry={() => void detail.refetch()} />
      ) : (
        <>
          <Figures
            label="In numbers"
            figures={[
              { label: 'Queries', value: number(usage?.count) },
              {
                label: 'Failed',
                value: number(usage?.failed, terms.failed),
                more: usage === undefined ? undefined : formatShare(usage.failed, usage.count),
              },
              { label: 'Denied', value: number(usage?.denied, terms.denied) },
              { label: 'Tables', value: usage === undefined ? <Pending /> : formatCount(usage.tables) },
              {
                label: 'First seen',
                value: usage === undefined ? <Pending /> : <SeenCell time={usage.firstSeenAt} as="day" />,
              },
              {
                label: 'Last seen',
                value: usage === undefined ? <Pending /> : <SeenCell time={usage.lastSeenAt} as="ago" />,
              },
            ]}
          />
          <Timeline terms={[mine]} />
          <div className={classes.grid}>
            <TopList
              title="Tables"
              counts="Queries"
              items={tableItems(data?.tables, [mine])}
              none="No table in this time."
              total={data?.totals.tables}
              all={{ to: paths.insightsTables, of: mine, label: 'All tables' }}
            />
            <TopList
              title="Queries"
              counts="Runs"
              items={queryItems(data?.queries, [mine])}
              none="No query in this time."
              total={data?.totals.queries}
              all={{ to: paths.insightsQueries, of: mine, label: 'All queries' }}
            />
            {/* Below lists whose length is not known before: they come when they have their place. */}
            {data === undefined ? null : (
              <>
                <TopList
                  title="Tools and logins"
                  counts="Queries"
                  items={toolItems(data.tools, [mine])}
                  none="No query in this time."
                  total={data.totals.tools}
                  all={{ to: paths.insightsTools, of: mine, label: 'All tools and logins' }}
                />
                <ActivityPanel terms={[mine]} />
              </>
            )}
          </div>
        </>
      )}
    </div>
  )
}
