import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { fetchActivity, type Activity } from '../api/insights.ts'
import { useZone } from '../events/zone-context.ts'
import { zoneName } from '../events/zone.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import classes from './detail.module.css'
import { HeatLegend, HeatMap } from './heat-map.tsx'
import { useInsights } from './insights-context.ts'
import { countedText } from './usage-search.ts'

/** Events by weekday and hour in the zone of the page. */
export function useActivity(terms: readonly string[]): UseQueryResult<Activity> {
  const { questionOf, askedAtMs } = useInsights()
  const question = { ...questionOf(countedText(...terms)), zone: zoneName(useZone()) }
  return useQuery({
    queryKey: ['activity', question, askedAtMs],
    queryFn: ({ signal }) => fetchActivity(question, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
}

/** When what these terms find happens, over a week. */
export function ActivityPanel({ terms }: { terms: readonly string[] }): ReactNode {
  const activity = useActivity(terms)
  const zone = useZone()
  return (
    <section className={`${classes.panel} ${classes.wide} ${classes.open}`} aria-label="When">
      <div className={classes.panelHead}>
        <h3 className={classes.panelTitle}>
          When <span className={classes.counts}>by weekday and hour, {zoneName(zone)}</span>
        </h3>
        <HeatLegend />
      </div>
      <div className={classes.body}>
        {activity.error !== null && activity.data === undefined ? (
          <ProblemNote error={activity.error} onRetry={() => void activity.refetch()} />
        ) : (
          <HeatMap cells={activity.data?.cells} terms={terms} />
        )}
      </div>
    </section>
  )
}
