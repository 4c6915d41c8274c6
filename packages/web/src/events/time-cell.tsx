import { timeToMs } from '@aleph-audit-log/domain/time'
import { Tooltip } from '@mantine/core'
import { useRef, useState, type ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { formatExactTime, formatOffset, formatRelative, formatTimestamp } from './format-time.ts'
import classes from './time-cell.module.css'
import { useZone } from './zone-context.ts'
import { zoneName } from './zone.ts'

/** An event's date and exact time; the tooltip tells how long ago that is, and the time in both zones. */
export function TimeCell({ time }: { time: string }): ReactNode {
  const zone = useZone()
  const target = useRef<HTMLTimeElement>(null)
  // The tooltip exists only while it is looked at: forty rows of them would make scrolling heavy.
  const [looked, setLooked] = useState(false)
  const [day, clock] = formatTimestamp(time, zone).split(' ')
  return (
    <>
      <time
        ref={target}
        dateTime={time}
        className={classes.time}
        onPointerEnter={() => setLooked(true)}
        onPointerLeave={() => setLooked(false)}
      >
        <span className={classes.day}>{day}</span> <span>{clock}</span>
      </time>
      {looked ? (
        <Tooltip
          target={target}
          opened
          label={<BothZones time={time} />}
          position="bottom-start"
          withinPortal
        />
      ) : null}
    </>
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
