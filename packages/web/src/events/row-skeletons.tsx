import type { ReactNode } from 'react'
import classes from './row-skeletons.module.css'

const widths = [
  [62, 78, 88, 40, 70],
  [74, 84, 88, 52, 46],
  [50, 70, 88, 36, 82],
  [68, 90, 88, 60, 58],
]

/** Rows that are still on their way, in the columns and height of the real ones. */
export function RowSkeletons({ count }: { count: number }): ReactNode {
  return (
    <div aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={classes.row}>
          {(widths[index % widths.length] ?? []).map((width, column) => (
            // oxlint-disable-next-line react/no-array-index-key -- the bars never move
            <span key={column} className={classes.bar} style={{ width: `${width}%` }} />
          ))}
        </div>
      ))}
    </div>
  )
}

/** The table before its first page. */
export function TableSkeleton(): ReactNode {
  return (
    <div className={classes.table} role="status" aria-label="Loading events">
      <div className={classes.head} />
      <RowSkeletons count={24} />
    </div>
  )
}
