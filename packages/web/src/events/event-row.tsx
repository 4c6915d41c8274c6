import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { memo, useState, type ReactNode } from 'react'
import { eventAddress } from '../paths.ts'
import type { ColumnId } from './column-state.ts'
import { EventCell, type CellLooks } from './event-cell.tsx'
import { cellOf } from './event-columns.tsx'
import classes from './event-table.module.css'

type EventRowProps = {
  event: PublicEvent
  /** Its place in the whole list. */
  index: number
  /** Pixels from the top of the list, and its height. */
  start: number
  height: number
  columns: readonly ColumnId[]
  isOpen: boolean
  /** It takes part in the Tab order. */
  isActive: boolean
  tall: boolean
  onActive: (index: number) => void
  onOpen: (event: PublicEvent) => void
}

const noLooks: CellLooks = {}

/** A row of the table. Of the rows in sight only those that come or change are drawn while somebody scrolls. */
export const EventRow = memo(function EventRow(props: EventRowProps): ReactNode {
  const { event, index, start, height, columns, isOpen, isActive, tall, onActive, onOpen } = props
  // One state for all cells: rows come and go while somebody scrolls, and each state takes time.
  const [looks, setLooks] = useState<CellLooks>(noLooks)
  const onLook = (change: CellLooks): void => setLooks((before) => ({ ...before, ...change }))
  const hasEmail = columns.includes('email')
  return (
    <tr
      role="row"
      className={classes.row}
      style={{ height, transform: `translateY(${start}px)` }}
      data-index={index}
      data-outcome={event.outcome}
      aria-rowindex={index + 2}
      aria-current={isOpen ? 'true' : undefined}
      tabIndex={isActive ? 0 : -1}
      onFocus={() => onActive(index)}
      onClick={(click) => {
        if (click.ctrlKey || click.metaKey) window.open(eventAddress(window.location.origin, event.id))
        if (click.ctrlKey || click.metaKey || hasSelectedText()) return
        onActive(index)
        onOpen(event)
      }}
    >
      {columns.map((id) => (
        <EventCell
          key={id}
          id={id}
          event={event}
          tall={tall}
          hasEmail={hasEmail}
          looks={looks}
          onLook={onLook}
        >
          {cellOf(id, event)}
        </EventCell>
      ))}
    </tr>
  )
})

/** A person who drags over a row to copy from it does not want to open it. */
function hasSelectedText(): boolean {
  const selection = window.getSelection()
  return selection !== null && !selection.isCollapsed && selection.toString().trim() !== ''
}
