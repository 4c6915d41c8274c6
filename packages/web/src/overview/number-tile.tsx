import type { OverviewNumber } from '@aleph-audit-log/domain/api/overview'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { EventSearchParams } from '../events/event-search.ts'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { describeChange } from './change.ts'
import classes from './number-tile.module.css'

type NumberTileProps = {
  label: string
  number: OverviewNumber
  /** The period before in words. */
  before: string
  /** The events that were counted. */
  search: EventSearchParams
  /** More of it is bad. */
  isAlarm?: boolean
}

/** A number that leads to its events, and how it has changed. */
export function NumberTile({ label, number, before, search, isAlarm = false }: NumberTileProps): ReactNode {
  const change = describeChange(number, before)
  const tone = isAlarm && change?.direction === 'up' ? 'bad' : undefined
  return (
    <Link to={paths.auditLog} search={search} className={classes.tile ?? ''}>
      <span className={classes.label}>{label}</span>
      <span className={classes.number} data-alarm={(isAlarm && number.now > 0) || undefined}>
        {formatCount(number.now)}
      </span>
      <span className={classes.change} data-tone={tone} title={change?.words}>
        {change === undefined ? ' ' : change.sign}
        {change === undefined ? null : <span className={classes.hidden}>, {change.words}</span>}
      </span>
    </Link>
  )
}
