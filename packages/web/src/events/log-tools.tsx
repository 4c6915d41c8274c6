import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { ActionIcon } from '@mantine/core'
import { useCallback, type ReactNode } from 'react'
import { Hint } from '../ui/hint.tsx'
import { RefreshIcon } from '../ui/icons.tsx'
import { Histogram } from './histogram.tsx'
import { findKnownValues } from './known-values.ts'
import { LiveSwitch, type LiveState } from './live-switch.tsx'
import classes from './log-tools.module.css'
import { RangePicker } from './range-picker.tsx'
import { SearchBox } from './search-box.tsx'
import { rangeBetween, rangeBounds, type TimeRange } from './time-range.ts'
import type { EventsState } from './use-events.ts'
import { useZone } from './zone-context.ts'
import { ZoneSwitch } from './zone-switch.tsx'
import type { Zone } from './zone.ts'

type LogToolsProps = {
  q: string
  range: TimeRange
  /** A time in the search replaces the default range. */
  setBySearch: boolean
  /** What a reader of this role sees, unless it is everything. */
  scope: string | undefined
  events: EventsState
  /** The saved views, beside the title. */
  views: ReactNode
  live: LiveState
  onLive: (isOn: boolean) => void
  onSearch: (text: string) => void
  onRange: (range: TimeRange) => void
  onZone: (zone: Zone) => void
}

/** The head of the page: zone and range, the search box, the histogram. */
export function LogTools(props: LogToolsProps): ReactNode {
  const { q, range, setBySearch, scope, events, views, live, onLive, onSearch, onRange, onZone } = props
  const zone = useZone()
  const loaded: readonly PublicEvent[] = events.events
  const knownValues = useCallback((field: string) => findKnownValues(loaded, field), [loaded])
  return (
    <div className={classes.tools}>
      <div className={classes.head}>
        <div className={classes.titles}>
          <h1 className={classes.heading}>Audit Log</h1>
          {scope === undefined ? null : <p className={classes.scope}>{scope}</p>}
        </div>
        {views}
        <ZoneSwitch zone={zone} onZone={onZone} />
        {events.canFollow ? <LiveSwitch state={live} onChange={onLive} /> : null}
        <RangePicker range={range} zone={zone} setBySearch={setBySearch} onChange={onRange} />
        <Hint label="Refresh">
          <ActionIcon variant="default" size={36} aria-label="Refresh" onClick={events.refresh}>
            <RefreshIcon size={17} />
          </ActionIcon>
        </Hint>
      </div>
      <SearchBox value={q} knownValues={knownValues} onSearch={onSearch} />
      <Histogram
        buckets={events.buckets}
        zone={zone}
        endMs={rangeBounds(range, events.askedAtMs).toMs}
        loading={events.total === undefined}
        failed={events.histogramError !== null}
        onZoom={(fromMs, toMs) => {
          const chosen = rangeBetween(fromMs, toMs)
          if (chosen !== undefined) onRange(chosen)
        }}
      />
    </div>
  )
}
