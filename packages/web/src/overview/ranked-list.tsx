import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { EventSearchParams } from '../events/event-search.ts'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './ranked-list.module.css'

export type RankedRow = {
  key: string
  text: string
  more?: string | undefined
  /** As the row's number. */
  count: number
  /** What stands in place of the number, such as a duration. */
  shown?: string
  search: EventSearchParams
}

type RankedListProps = {
  label: string
  rows: readonly RankedRow[]
  /** Said where there are none. */
  empty: string
  mono?: boolean
  /** The numbers are failures. */
  isAlarm?: boolean
}

/** The first few of something: each row leads to its events, and a bar behind it tells its share of the first one. */
export function RankedList({
  label,
  rows,
  empty,
  mono = false,
  isAlarm = false,
}: RankedListProps): ReactNode {
  if (rows.length === 0) return <p className={classes.empty}>{empty}</p>
  const max = Math.max(...rows.map(({ count }) => count))
  return (
    <ul className={classes.list} aria-label={label}>
      {rows.map((row) => (
        <li key={row.key}>
          <Link to={paths.auditLog} search={row.search} className={classes.row ?? ''}>
            <span
              className={classes.share}
              data-alarm={isAlarm || undefined}
              style={{ width: `${max === 0 ? 0 : (100 * row.count) / max}%` }}
              aria-hidden="true"
            />
            <span className={classes.text} data-mono={mono || undefined} title={row.text}>
              <ShownText text={row.text} />
            </span>
            <span className={classes.count}>
              {row.shown ?? formatCount(row.count)}
              {row.more === undefined ? null : <span className={classes.more}> {row.more}</span>}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
