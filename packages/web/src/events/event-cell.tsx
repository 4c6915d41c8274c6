import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import type { ReactNode } from 'react'
import { cellTerms } from './cell-terms.ts'
import { columnLooks, type ColumnId } from './column-state.ts'
import classes from './event-table.module.css'
import { ValueActions } from './value-actions.tsx'
import { useZone } from './zone-context.ts'

/** Where the pointer and the focus are in a row. */
export type CellLooks = { hovered?: ColumnId | undefined; focused?: ColumnId | undefined }

type EventCellProps = {
  id: ColumnId
  event: PublicEvent
  /** The row has several lines: cells stand in areas of their own names. */
  tall: boolean
  /** The e-mail has a column of its own. */
  hasEmail: boolean
  looks: CellLooks
  onLook: (change: CellLooks) => void
  children: ReactNode
}

/** One cell of the table. Where the pointer or the focus is, it offers to search for its value or to exclude it. */
export function EventCell({ id, event, tall, hasEmail, looks, onLook, children }: EventCellProps): ReactNode {
  const { title, end } = columnLooks[id]
  return (
    <td
      role="cell"
      className={classes.cell}
      data-column={id}
      data-title={title}
      data-end={end}
      data-beside={id === 'type' && hasEmail ? true : undefined}
      style={tall ? { gridArea: id } : undefined}
      tabIndex={-1}
      // A finger that touches a row wants to open it.
      onPointerEnter={(pointer) => onLook({ hovered: pointer.pointerType === 'mouse' ? id : undefined })}
      onPointerLeave={() => onLook({ hovered: undefined })}
      onFocus={() => onLook({ focused: id })}
      onBlur={(blur) => onLook({ focused: blur.currentTarget.contains(blur.relatedTarget) ? id : undefined })}
    >
      {children}
      {/* The buttons exist only while they can be used: those of forty rows would make scrolling heavy. */}
      {looks.hovered === id || looks.focused === id ? <CellActions id={id} event={event} /> : null}
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
