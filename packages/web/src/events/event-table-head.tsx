import { Menu } from '@mantine/core'
import { useRef, type PointerEvent, type ReactNode } from 'react'
import { OnDemandMenu } from '../ui/on-demand-menu.tsx'
import {
  columnLooks,
  gridOf,
  isDefaultColumns,
  defaultColumns,
  moveShownColumn,
  showColumn,
  sizeColumn,
  type ColumnId,
  type ColumnState,
} from './column-state.ts'
import classes from './event-table.module.css'
import { useColumnDrag } from './use-column-drag.ts'
import { useColumns } from './use-columns.ts'

/** How much wider or narrower a column becomes by one press, in pixels. */
const widthStep = 32

/** The names of the columns: each is dragged to another place, sized at its edge, and has a menu that does the same. */
export function EventTableHead({ tall }: { tall: boolean }): ReactNode {
  const { state, change } = useColumns()
  const drag = useColumnDrag((id, place) => change(moveShownColumn(state, id, place)))
  return (
    <thead role="rowgroup" className={classes.head}>
      <tr role="row" className={classes.headRow} aria-rowindex={1}>
        {state.visible.map((id, place) => (
          <th
            role="columnheader"
            scope="col"
            key={id}
            className={classes.headCell}
            data-column={id}
            data-end={columnLooks[id].end}
            data-dragged={drag.dragged === id || undefined}
            data-drop={dropSide(state, drag.drop, id)}
            {...(tall ? {} : drag.handlersOf(id))}
          >
            {/* On a phone the names are for screen readers only; the chooser above does what the menus do here. */}
            {tall ? columnLooks[id].title : <ColumnMenu id={id} place={place} />}
            {tall ? null : <Sizer id={id} />}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Where the line stands that shows where a dragged column will be. */
function dropSide(
  { visible }: ColumnState,
  drop: { id: ColumnId; place: number } | undefined,
  id: ColumnId,
): 'before' | 'after' | undefined {
  if (drop === undefined) return undefined
  const others = visible.filter((other) => other !== drop.id)
  if (others[drop.place] === id) return 'before'
  return drop.place >= others.length && others.at(-1) === id ? 'after' : undefined
}

function ColumnMenu({ id, place }: { id: ColumnId; place: number }): ReactNode {
  const { state, change } = useColumns()
  const button = useRef<HTMLButtonElement>(null)
  const { title } = columnLooks[id]
  const last = state.visible.length - 1

  function widen(by: number): void {
    const width = button.current?.closest('th')?.getBoundingClientRect().width ?? columnLooks[id].min
    change(sizeColumn(state, id, width + by))
  }

  return (
    <OnDemandMenu
      position="bottom-start"
      width={190}
      closeOnItemClick={false}
      target={
        <button
          ref={button}
          type="button"
          className={classes.headButton}
          title="Drag to move, press for more"
        >
          {title}
        </button>
      }
    >
      <Menu.Item disabled={place === 0} onClick={() => change(moveShownColumn(state, id, place - 1))}>
        Move left
      </Menu.Item>
      <Menu.Item disabled={place === last} onClick={() => change(moveShownColumn(state, id, place + 1))}>
        Move right
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item onClick={() => widen(widthStep)}>Wider</Menu.Item>
      <Menu.Item onClick={() => widen(-widthStep)}>Narrower</Menu.Item>
      <Menu.Item
        disabled={state.widths[id] === undefined}
        onClick={() => change(sizeColumn(state, id, undefined))}
      >
        Reset width
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item closeMenuOnClick disabled={last === 0} onClick={() => change(showColumn(state, id, false))}>
        Hide this column
      </Menu.Item>
      <Menu.Item closeMenuOnClick disabled={isDefaultColumns(state)} onClick={() => change(defaultColumns)}>
        Reset columns
      </Menu.Item>
    </OnDemandMenu>
  )
}

/** The edge of a column, to drag; by keyboard its menu does the same. A double click leaves the width to the table. */
function Sizer({ id }: { id: ColumnId }): ReactNode {
  const { state, change } = useColumns()
  const start = useRef<{ x: number; width: number; grid: HTMLElement | null }>(undefined)

  function stateAt(event: PointerEvent): ColumnState | undefined {
    const begun = start.current
    return begun === undefined ? undefined : sizeColumn(state, id, begun.width + event.clientX - begun.x)
  }

  function begin(event: PointerEvent<HTMLElement>): void {
    if (event.button !== 0) return
    event.preventDefault()
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    const cell = event.currentTarget.closest('th')
    start.current = {
      x: event.clientX,
      width: cell?.getBoundingClientRect().width ?? columnLooks[id].min,
      grid: event.currentTarget.closest<HTMLElement>('[data-event-grid]'),
    }
  }

  function preview(event: PointerEvent): void {
    const next = stateAt(event)
    if (next === undefined) return
    // Rows follow the pointer by the style alone: to draw them anew at each movement would stutter.
    const { columns, widthMin } = gridOf(next)
    start.current?.grid?.style.setProperty('--event-columns', columns)
    start.current?.grid?.style.setProperty('--event-width-min', `${widthMin}px`)
  }

  function finish(event: PointerEvent): void {
    const next = stateAt(event)
    const moved = start.current !== undefined && event.clientX !== start.current.x
    start.current = undefined
    if (next !== undefined && moved) change(next)
  }

  return (
    <span
      className={classes.sizer}
      aria-hidden="true"
      data-sizer={id}
      onPointerDown={begin}
      onPointerMove={preview}
      onPointerUp={finish}
      onPointerCancel={finish}
      onDoubleClick={() => change(sizeColumn(state, id, undefined))}
    />
  )
}
