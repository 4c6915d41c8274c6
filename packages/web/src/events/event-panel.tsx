import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { ActionIcon, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { fetchEvent } from '../api/events.ts'
import { eventAddress } from '../paths.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Hint } from '../ui/hint.tsx'
import { ChevronDownIcon, ChevronUpIcon, CloseIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { EventFacts } from './event-facts.tsx'
import classes from './event-panel.module.css'

type EventPanelProps = {
  id: string
  /** The event as the table has it; an event that is not among the loaded ones is fetched. */
  loaded: PublicEvent | undefined
  onNewer: (() => void) | undefined
  onOlder: (() => void) | undefined
  onClose: () => void
}

/** One event in full, at the right of the table. */
export function EventPanel({ id, loaded, onNewer, onOlder, onClose }: EventPanelProps): ReactNode {
  const fetched = useQuery({
    queryKey: ['event', id],
    queryFn: ({ signal }) => fetchEvent(id, signal),
    enabled: loaded === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const event = loaded ?? fetched.data
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    // Where the panel covers the page, what had the focus is behind it.
    if (panel.current !== null && getComputedStyle(panel.current).position === 'fixed') panel.current.focus()
  }, [])
  return (
    <aside ref={panel} className={classes.panel} aria-label="Event" tabIndex={-1}>
      <div className={classes.head}>
        <h2 className={classes.title}>Event</h2>
        <Hint label="Newer event (↑)">
          <ActionIcon aria-label="Newer event" disabled={onNewer === undefined} onClick={onNewer}>
            <ChevronUpIcon size={18} />
          </ActionIcon>
        </Hint>
        <Hint label="Older event (↓)">
          <ActionIcon aria-label="Older event" disabled={onOlder === undefined} onClick={onOlder}>
            <ChevronDownIcon size={18} />
          </ActionIcon>
        </Hint>
        <CopyButton withLabel label="Copy link" text={() => eventAddress(window.location.origin, id)} />
        <Hint label="Close (Esc)">
          <ActionIcon aria-label="Close the event" onClick={onClose}>
            <CloseIcon size={18} />
          </ActionIcon>
        </Hint>
      </div>
      <div className={classes.body}>
        {event === undefined ? null : <EventFacts key={event.id} event={event} />}
        {event === undefined && fetched.error !== null ? (
          <ProblemNote
            error={fetched.error}
            {...(isApiError(fetched.error, 'not_found') ? {} : { onRetry: () => void fetched.refetch() })}
          />
        ) : null}
        {event === undefined && fetched.error === null ? <PanelSkeleton /> : null}
      </div>
    </aside>
  )
}

function PanelSkeleton(): ReactNode {
  return (
    <div role="status" aria-label="Loading the event">
      {['60%', '80%', '45%', '70%', '55%'].map((width) => (
        <Skeleton key={width} height={12} width={width} mb={16} />
      ))}
      <Skeleton height={120} />
    </div>
  )
}
