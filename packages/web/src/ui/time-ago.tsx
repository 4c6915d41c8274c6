import { timeToMs } from '@aleph-audit-log/domain/time'
import type { ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { formatExactTime, formatRelative, formatShortDay } from '../events/format-time.ts'

/** How long ago something was; the exact time in both zones in the tooltip. */
export function TimeAgo({ time }: { time: string }): ReactNode {
  return (
    <time dateTime={time} title={bothZones(time)}>
      {formatRelative(timeToMs(time), serverNowMs())}
    </time>
  )
}

/** The day on which something was, as `1 Oct 2026`. */
export function Day({ time }: { time: string }): ReactNode {
  return (
    <time dateTime={time} title={bothZones(time)} style={{ whiteSpace: 'nowrap' }}>
      {formatShortDay(timeToMs(time), 'local')}
    </time>
  )
}

function bothZones(time: string): string {
  return `${formatExactTime(time, 'utc')} UTC\n${formatExactTime(time, 'local')} local time`
}
