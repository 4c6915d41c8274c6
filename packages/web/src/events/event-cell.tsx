import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useState, type ReactNode } from 'react'
import { cellTerms } from './cell-terms.ts'
import { columnLooks, type ColumnId } from './column-state.ts'
import classes from './event-table.module.css'
import { useColumns } from './use-columns.ts'
import { ValueActions } from './value-actions.tsx'
import { useZone } from './zone-context.ts'

type EventCellProps = {
  id: ColumnId
  event: PublicEvent
  /** The row has several lines: cells stand in areas of their own names. */
  tall: boolean
  children: ReactNode
}

/** One cell of the table. Where the pointer or the focus is, it offers to search for its value or to exclude it. */
export function EventCell({ id, event, tall, children }: EventCellProps): ReactNode {
  // The buttons exist only while they can be used: those of forty rows would make scrolling heavy.
  const [hovered, setHovered] = useState(false)
  const [focused, setFocused] = useState(false)
  const { title, end } = columnLooks[id]
  const { state } = useColumns()
  return (
    <td
      role="cell"
      className={classes.cell}
      data-column={id}
      data-title={title}
      data-end={end}
      data-beside={id === 'type' && state.visible.includes('email') ? true : undefined}
      style={tall ? { gridArea: id } : undefined}
      tabIndex={-1}
      // A finger that touches a row wants to open it.
      onPointerEnter={(pointer) => setHovered(pointer.pointerType === 'mouse')}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={(blur) => setFocused(blur.currentTarget.contains(blur.relatedTarget))}
    >
      {children}
      {hovered || focused ? <CellActions id={id} event={event} /> : null}
    </td>
  )
}

function CellActions({ id, event }: { id: ColumnId; event: PublicEvent }): ReactNode {
  const terms = cellTerms(id, event, useZone())
  return terms === undefined ? null : (
    <span className={classes.actions}>
      <ValueActions {...terms} />
    </span>
  )
}
