import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ChevronDownIcon } from '../ui/icons.tsx'
import classes from './usage-table.module.css'

export type UsageColumn<Row> = {
  id: string
  title: string
  /** What the heading means, where it cannot say it by itself. */
  hint?: string
  /** The order that this column's heading asks for. */
  sort?: string
  /** Numbers stand at the end of their column. */
  end?: true
  /** Pixels, in a table whose first column takes the rest. */
  width?: number
  /** On a phone this stands in the first line of a row, over the others. */
  lead?: true
  /** On a phone it takes the place of two. */
  wide?: true
  cell: (row: Row) => ReactNode
}

type UsageTableProps<Row> = {
  label: string
  columns: readonly UsageColumn<Row>[]
  /** Absent while nothing has come. */
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  /** What stands first; `ascending` where it is the smallest. */
  sort: string
  ascending: boolean
  onSort: (sort: string) => void
  /** What is there is not yet what was asked for. */
  stale: boolean
}

const skeletonRows = 16
const skeletonWidths = [72, 48, 60, 40, 66, 52, 58, 44]

/** A list of Insights. Its head stays, its rows scroll; on a phone each row is a card of named numbers. */
export function UsageTable<Row>(props: UsageTableProps<Row>): ReactNode {
  const { label, columns, rows, keyOf, stale } = props
  return (
    <table
      role="table"
      aria-label={label}
      aria-busy={rows === undefined || stale}
      className={classes.table}
      data-stale={stale || undefined}
    >
      <colgroup>
        {columns.map(({ id, width }) => (
          <col key={id} style={width === undefined ? undefined : { width }} />
        ))}
      </colgroup>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <Heading key={column.id} column={column} {...props} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows === undefined
          ? Array.from({ length: skeletonRows }, (_, row) => (
              <tr key={row} role="row" aria-hidden="true">
                {columns.map(({ id, end, lead }, column) => (
                  <td key={id} role="cell" data-end={end} data-lead={lead}>
                    <span
                      className={classes.bar}
                      style={{
                        width: `${skeletonWidths[(row * 3 + column) % skeletonWidths.length] ?? 50}%`,
                      }}
                    />
                  </td>
                ))}
              </tr>
            ))
          : rows.map((row) => (
              <tr key={keyOf(row)} role="row">
                {columns.map(({ id, end, lead, wide, title, cell }) => (
                  <td
                    key={id}
                    role="cell"
                    data-column={id}
                    data-end={end}
                    data-lead={lead}
                    data-wide={wide}
                    data-title={title}
                  >
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
      </tbody>
    </table>
  )
}

function Heading<Row>({
  column,
  sort,
  ascending,
  onSort,
}: { column: UsageColumn<Row> } & Pick<UsageTableProps<Row>, 'sort' | 'ascending' | 'onSort'>): ReactNode {
  const { title, hint, end } = column
  const sorted = column.sort === sort
  return (
    <th
      role="columnheader"
      scope="col"
      data-end={end}
      aria-sort={sorted ? (ascending ? 'ascending' : 'descending') : undefined}
      title={hint}
    >
      {column.sort === undefined ? (
        title
      ) : (
        <UnstyledButton
          className={classes.sort ?? ''}
          data-sorted={sorted || undefined}
          data-ascending={(sorted && ascending) || undefined}
          onClick={() => onSort(column.sort ?? '')}
        >
          {title}
          <ChevronDownIcon size={13} />
        </UnstyledButton>
      )}
    </th>
  )
}
