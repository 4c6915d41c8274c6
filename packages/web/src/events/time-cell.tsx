import { timeToMs } from '@aleph-audit-log/domain/time'
import type { ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { Hint } from '../ui/hint.tsx'
import { formatExactTime, formatOffset, formatRelative, formatTimestamp } from './format-time.ts'
import classes from './time-cell.module.css'
import { useZone } from './zone-context.ts'
import { zoneName } from './zone.ts'

/** An event's date and exact time; the tooltip tells how long ago that is, and the time in both zones. */
export function TimeCell({ time }: { time: string }): ReactNode {
  const zone = useZone()
  const [day, clock] = formatTimestamp(time, zone).split(' ')
  return (
    <Hint label={<BothZones time={time} />} position="bottom-start">
      <time dateTime={time} className={classes.time}>
        <span className={classes.day}>{day}</span> <span>{clock}</span>
      </time>
    </Hint>
  )
}

function BothZones({ time }: { time: string }): ReactNode {
  const ms = timeToMs(time)
  return (
    <div className={classes.tip}>
      <div className={classes.relative}>{formatRelative(ms, serverNowMs())}</div>
      <div>
        {formatExactTime(time, 'utc')} <span className={classes.zone}>UTC</span>
      </div>
      <div>
        {formatExactTime(time, 'local')}{' '}
        <span className={classes.zone}>
          {zoneName('local')}, {formatOffset(ms, 'local')}
        </span>
      </div>
    </div>
  )
}
