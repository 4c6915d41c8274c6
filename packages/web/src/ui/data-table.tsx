import type { ReactNode } from 'react'
import classes from './data-table.module.css'

type DataTableProps = {
  label: string
  /** Headings; an empty one stands over the actions of a row and is named for screen readers only. */
  headings: readonly string[]
  children: ReactNode
}

/** A short table of settings. On a narrow screen it scrolls sideways by itself. */
export function DataTable({ label, headings, children }: DataTableProps): ReactNode {
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {headings.map((heading) => (
              <th key={heading} scope="col">
                {heading === '' ? <span className={classes.hidden}>Actions</span> : heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

/** The rows of a table that is on its way: as many and as high as the real ones will be. */
export function LoadingRows({ columns, rows = 3 }: { columns: number; rows?: number }): ReactNode {
  return Array.from({ length: rows }, (_, row) => (
    <tr key={row} aria-hidden="true">
      {Array.from({ length: columns }, (_, column) => (
        <td key={column}>
          <span className={classes.bar} />
        </td>
      ))}
    </tr>
  ))
}
