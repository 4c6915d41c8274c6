import type { Session } from '@aleph-audit-log/domain/api/access'
import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { Button } from '@mantine/core'
import type { ReactNode, Ref } from 'react'
import { ProblemNote } from '../ui/problem-note.tsx'
import { EventTable, type EventTableHandle } from './event-table.tsx'
import { formatCount } from './format-time.ts'
import classes from './log-results.module.css'
import { liveLimits } from './live-rows.ts'
import { FirstEvent, NoMatch } from './no-events.tsx'
import { TableSkeleton } from './row-skeletons.tsx'
import { describeRange, type TimeRange } from './time-range.ts'
import type { EventsState } from './use-events.ts'
import type { ReadingHandlers } from './use-reading.ts'
import { useZone } from './zone-context.ts'

type LogResultsProps = {
  table: Ref<EventTableHandle>
  readingHandlers: ReadingHandlers
  user: Session['user']
  q: string
  valid: boolean
  range: TimeRange
  isDefaultRange: boolean
  events: EventsState
  openId: string | undefined
  onSearch: (text: string) => void
  onRange: (range: TimeRange) => void
  onOpen: (event: PublicEvent) => void
}

/** The source of what people do in this app. */
const ownSource = 'app'

/** The events that were found, or why there are none and what to do about it. */
export function LogResults(props: LogResultsProps): ReactNode {
  const { newCount, newCountIsMore, showNew } = props.events
  return (
    <div className={classes.results} {...props.readingHandlers}>
      {newCount > 0 || newCountIsMore ? (
        <Button className={classes.fresh ?? ''} size="compact-xs" radius="xl" onClick={showNew}>
          {newCountIsMore
            ? `More than ${formatCount(liveLimits.waitingMax)} new events`
            : `${formatCount(newCount)} new ${newCount === 1 ? 'event' : 'events'}`}
        </Button>
      ) : null}
      <Found {...props} />
    </div>
  )
}

function Found(props: LogResultsProps): ReactNode {
  const { table, user, q, valid, range, isDefaultRange, events, openId, onSearch, onRange, onOpen } = props
  const zone = useZone()
  if (!valid) {
    return <div className={classes.note}>The search cannot be understood, so nothing was searched.</div>
  }
  if (events.error !== null) {
    return (
      <div className={classes.problem}>
        <ProblemNote error={events.error} onRetry={events.refresh} />
      </div>
    )
  }
  if (events.loading) return <TableSkeleton />
  const asksForAll = q === '' && isDefaultRange
  if (events.events.length === 0 && asksForAll) return <FirstEvent user={user} />
  if (events.events.length === 0) {
    const widest = range.kind === 'past' && range.id === '90d'
    return (
      <NoMatch
        q={q}
        rangeLabel={describeRange(range, zone).replace(/^P/, 'p')}
        onSearch={onSearch}
        onWiden={widest ? undefined : () => onRange({ kind: 'past', id: '90d' })}
      />
    )
  }
  // A new server knows only what was done in it itself: below that it tells how to record more.
  const onlyOwnActs =
    asksForAll &&
    !events.hasMore &&
    !events.stale &&
    events.events.every((event) => event.source === ownSource)
  return (
    <EventTable
      ref={table}
      resultKey={events.resultKey}
      events={events.events}
      total={events.total}
      openId={openId}
      stale={events.stale}
      hasMore={events.hasMore}
      loadingMore={events.loadingMore}
      moreError={events.moreError}
      below={onlyOwnActs ? <FirstEvent user={user} /> : null}
      onLoadMore={events.loadMore}
      onOpen={onOpen}
    />
  )
}
