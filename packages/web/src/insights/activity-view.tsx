import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { ActivityPanel, useActivity } from './activity-panel.tsx'
import { Figures, Pending, Timeline, type Figure } from './detail-parts.tsx'
import classes from './detail.module.css'
import { sumActivity, weekdays } from './heat-cells.ts'
import { NoUsage } from './no-usage.tsx'
import { formatShare } from './format-share.ts'
import { CountCell } from './usage-cells.tsx'

const nothing: readonly string[] = []

/** When the databases are asked: over time, and over a week. */
export function ActivityView(): ReactNode {
  useDocumentTitle('Activity · Insights · Aleph')
  const activity = useActivity(nothing)
  const sums = activity.data === undefined ? undefined : sumActivity(activity.data.cells)
  const figure = (label: string, value: ReactNode, more?: ReactNode): Figure => ({
    label,
    value: sums === undefined ? <Pending /> : value,
    more,
  })
  if (sums?.all === 0 && !activity.isPlaceholderData) return <NoUsage words={['hour', 'hours']} sort="" />
  const { busiest } = sums ?? {}
  return (
    <div
      className={classes.view}
      tabIndex={0}
      role="region"
      aria-label="Activity"
      aria-busy={activity.isPending}
    >
      <Figures
        label="In numbers"
        figures={[
          figure('Queries', <CountCell value={sums?.all ?? 0} terms={nothing} />),
          figure(
            'Busiest hour',
            busiest === undefined
              ? '–'
              : `${weekdays[busiest.weekday]?.slice(0, 3) ?? ''} ${busiest.hour}:00`,
            busiest === undefined ? undefined : `${formatCount(busiest.count)} queries`,
          ),
          figure('At weekends', formatCount(sums?.weekend ?? 0), sums && formatShare(sums.weekend, sums.all)),
          figure('20:00 – 6:00', formatCount(sums?.night ?? 0), sums && formatShare(sums.night, sums.all)),
        ]}
      />
      <Timeline terms={nothing} />
      <div className={classes.grid}>
        <ActivityPanel terms={nothing} />
      </div>
    </div>
  )
}
