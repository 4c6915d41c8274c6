import type { CSSProperties, ReactNode } from 'react'
import { phoneGridOf } from './column-state.ts'
import classes from './row-skeletons.module.css'
import { useColumns } from './use-columns.ts'

const widths = [62, 78, 88, 40, 70, 74, 84, 52, 46, 50, 90, 36, 82, 68, 60, 58]

/** Rows that are still on their way, in the columns and height of the real ones. */
export function RowSkeletons({ count }: { count: number }): ReactNode {
  const { state } = useColumns()
  const phone = phoneGridOf(state)
  // CSSProperties does not know properties of our own.
  const style = { '--event-areas': phone.areas, '--phone-row': `${phone.rowHeight}px` } as CSSProperties
  return (
    <div aria-hidden="true" style={style}>
      {Array.from({ length: count }, (_, row) => (
        <div key={row} className={classes.row}>
          {state.visible.map((id, column) => (
            <span
              key={id}
              className={classes.bar}
              data-column={id}
              style={{ width: `${widths[(row * 5 + column) % widths.length] ?? 60}%` }}
            />
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
