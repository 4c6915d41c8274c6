import { ActionIcon, Button, Checkbox } from '@mantine/core'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { ChevronDownIcon, ChevronUpIcon, ColumnsIcon } from '../ui/icons.tsx'
import { OnDemandPopover } from '../ui/on-demand-popover.tsx'
import classes from './column-chooser.module.css'
import {
  columnLooks,
  defaultColumns,
  isDefaultColumns,
  moveColumn,
  showColumn,
  type ColumnId,
} from './column-state.ts'
import { useColumns } from './use-columns.ts'

/** The button over the table that tells which columns it shows, in which order. */
export function ColumnChooser(): ReactNode {
  const { state, change } = useColumns()
  const list = useRef<HTMLUListElement>(null)
  const [opened, setOpened] = useState(false)
  const [said, setSaid] = useState('')
  /** What moves in the list loses the focus: it gets it back. */
  const focusWanted = useRef<string>(undefined)
  useEffect(() => {
    if (focusWanted.current === undefined) return
    const target = list.current?.querySelector(focusWanted.current)
    focusWanted.current = undefined
    if (target instanceof HTMLElement) target.focus()
  })

  function move(id: ColumnId, step: 1 | -1): void {
    const place = state.order.indexOf(id) + step
    if (place < 0 || place >= state.order.length) return
    const isAtEnd = place === 0 || place === state.order.length - 1
    focusWanted.current = `[data-row="${id}"] ${isAtEnd ? 'input' : `[data-step="${step}"]`}`
    change(moveColumn(state, id, place))
    setSaid(`${columnLooks[id].title} is now at place ${place + 1} of ${state.order.length}`)
  }

  /** Alt and an arrow move the column that has the focus, as its buttons do. */
  function onKeyDown(event: KeyboardEvent, id: ColumnId): void {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(id, event.key === 'ArrowUp' ? -1 : 1)
  }

  return (
    <OnDemandPopover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={264}
      shadow="md"
      dropdown={{ className: classes.dropdown ?? '', 'aria-label': 'Columns' }}
      target={
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<ColumnsIcon size={15} />}>
          Columns
        </Button>
      }
    >
      <ul ref={list} className={classes.list}>
        {state.order.map((id, place) => (
          <li key={id} className={classes.row} data-row={id} onKeyDown={(event) => onKeyDown(event, id)}>
            <Checkbox
              size="xs"
              className={classes.box ?? ''}
              label={columnLooks[id].title}
              checked={state.visible.includes(id)}
              disabled={state.visible.length === 1 && state.visible[0] === id}
              onChange={(event) => change(showColumn(state, id, event.currentTarget.checked))}
            />
            <ActionIcon
              className={classes.step ?? ''}
              size={24}
              aria-label={`Move ${columnLooks[id].title} up`}
              data-step={-1}
              disabled={place === 0}
              onClick={() => move(id, -1)}
            >
              <ChevronUpIcon size={15} />
            </ActionIcon>
            <ActionIcon
              className={classes.step ?? ''}
              size={24}
              aria-label={`Move ${columnLooks[id].title} down`}
              data-step={1}
              disabled={place === state.order.length - 1}
              onClick={() => move(id, 1)}
            >
              <ChevronDownIcon size={15} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <Button
          variant="subtle"
          size="compact-xs"
          disabled={isDefaultColumns(state)}
          onClick={() => change(defaultColumns)}
        >
          Reset columns
        </Button>
      </div>
      <span className={classes.said} role="status">
        {said}
      </span>
    </OnDemandPopover>
  )
}
