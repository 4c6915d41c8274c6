import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useMediaQuery } from '@mantine/hooks'
import { useTable } from '@tanstack/react-table'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { eventAddress } from '../paths.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { eventColumns, eventTableFeatures } from './event-columns.tsx'
import classes from './event-table.module.css'
import { RowSkeletons } from './row-skeletons.tsx'

const rowHeight = 34
/** On a phone a row has three lines instead of five columns. */
const tallRowHeight = 78
/** More rows are asked for when this many are left below the screen. */
const rowsAhead = 60

type EventTableProps = {
  events: PublicEvent[]
  total: number | undefined
  openId: string | undefined
  /** Another key means another question: the table then begins at its top, once its events are there. */
  resultKey: number
  stale: boolean
  hasMore: boolean
  loadingMore: boolean
  moreError: unknown
  /** Stands below the last row. */
  below: ReactNode
  onLoadMore: () => void
  onOpen: (event: PublicEvent) => void
}

/**
 * The events, one row each, newest first. Only the rows in sight exist. One row takes part in the Tab order; arrows,
 * Page Up and Down, Home and End walk, Enter opens.
 */
export function EventTable(props: EventTableProps): ReactNode {
  const {
    events,
    total,
    openId,
    resultKey,
    stale,
    hasMore,
    loadingMore,
    moreError,
    below,
    onLoadMore,
    onOpen,
  } = props
  const scroller = useRef<HTMLDivElement>(null)
  const tall = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const height = tall ? tallRowHeight : rowHeight
  const [activeIndex, setActiveIndex] = useState(0)
  /** The row that is to have the focus as soon as it exists. */
  const focusWanted = useRef<number>(undefined)

  // The table is not compiled by the React Compiler, which the rule is about.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    // The active row always exists, so that scrolling it out of sight does not take the focus away.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range)
      return rows.includes(activeIndex) || activeIndex >= events.length
        ? rows
        : [...rows, activeIndex].sort((a, b) => a - b)
    },
  })
  useEffect(() => virtualizer.measure(), [virtualizer, height])
  const items = virtualizer.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0

  useEffect(() => {
    if (hasMore && !loadingMore && moreError === null && lastIndex >= events.length - rowsAhead) onLoadMore()
  }, [hasMore, loadingMore, moreError, lastIndex, events.length, onLoadMore])

  const shownKey = useRef(resultKey)
  useEffect(() => {
    if (stale || shownKey.current === resultKey) return
    shownKey.current = resultKey
    setActiveIndex(0)
    virtualizer.scrollToOffset(0)
  }, [stale, resultKey, virtualizer])

  const openIndex = useMemo(
    () => (openId === undefined ? -1 : events.findIndex((event) => event.id === openId)),
    [events, openId],
  )
  useEffect(() => {
    if (openIndex < 0) return
    // Up and down in the panel move the open event: the focus goes along if it is in the table.
    if (scroller.current?.contains(document.activeElement) === true) focusWanted.current = openIndex
    setActiveIndex(openIndex)
    virtualizer.scrollToIndex(openIndex, { align: 'auto' })
  }, [openIndex, virtualizer])

  const wasOpen = useRef(false)
  useEffect(() => {
    // The panel is gone and took the focus along: it comes back to the row.
    if (openId === undefined && wasOpen.current && document.activeElement === document.body) {
      focusWanted.current = activeIndex
    }
    wasOpen.current = openId !== undefined
  }, [openId, activeIndex])

  useEffect(() => {
    if (focusWanted.current === undefined) return
    const row = scroller.current?.querySelector(`[data-index="${focusWanted.current}"]`)
    if (!(row instanceof HTMLElement)) return
    focusWanted.current = undefined
    row.focus({ preventScroll: true })
  })

  // The table is given only the rows in sight: their order and number are the server's, not the table's.
  const data = useMemo(() => items.flatMap((item) => events[item.index] ?? []), [items, events])
  const table = useTable({
    features: eventTableFeatures,
    columns: eventColumns,
    data,
    getRowId: (event) => event.id,
  })
  const rows = table.getRowModel().rows

  function walk(index: number): void {
    const target = Math.max(0, Math.min(events.length - 1, index))
    focusWanted.current = target
    setActiveIndex(target)
    virtualizer.scrollToIndex(target, { align: 'auto' })
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 2)
    const targets: Record<string, number> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: events.length - 1,
    }
    const target = targets[event.key]
    const active = events[activeIndex]
    // While an event is open, up and down belong to the panel, which moves the open event.
    if (target !== undefined && !(openId !== undefined && event.key.startsWith('Arrow'))) walk(target)
    else if ((event.key === 'Enter' || event.key === ' ') && active !== undefined) {
      focusWanted.current = activeIndex
      onOpen(active)
    } else return
    event.preventDefault()
  }

  const tabIndexOwner = Math.min(activeIndex, events.length - 1)
  return (
    <div ref={scroller} className={classes.scroller} data-stale={stale || undefined}>
      <table
        role="table"
        className={classes.table}
        aria-label="Events"
        aria-rowcount={total === undefined ? -1 : Math.max(total, events.length) + 1}
        aria-busy={stale}
      >
        <thead role="rowgroup" className={classes.head}>
          {table.getHeaderGroups().map((group) => (
            <tr role="row" key={group.id} className={classes.headRow} aria-rowindex={1}>
              {group.headers.map((header) => (
                <th role="columnheader" scope="col" key={header.id} className={classes.headCell}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody
          role="rowgroup"
          className={classes.body}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          {items.map((item, place) => {
            const row = rows[place]
            if (row === undefined) return null
            return (
              <tr
                role="row"
                key={row.id}
                className={classes.row}
                style={{ height, transform: `translateY(${item.start}px)` }}
                data-index={item.index}
                data-outcome={row.original.outcome}
                aria-rowindex={item.index + 2}
                aria-current={row.original.id === openId ? 'true' : undefined}
                tabIndex={item.index === tabIndexOwner ? 0 : -1}
                onFocus={() => setActiveIndex(item.index)}
                onClick={(click) => {
                  if (click.ctrlKey || click.metaKey)
                    window.open(eventAddress(window.location.origin, row.id))
                  if (click.ctrlKey || click.metaKey || hasSelectedText()) return
                  setActiveIndex(item.index)
                  onOpen(row.original)
                }}
              >
                {row.getAllCells().map((cell) => (
                  <td role="cell" key={cell.id} className={classes.cell} data-column={cell.column.id}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
      {moreError === null ? null : (
        <div className={classes.more}>
          <ProblemNote error={moreError} onRetry={onLoadMore} />
        </div>
      )}
      {hasMore && moreError === null ? <RowSkeletons count={3} /> : null}
      {below}
    </div>
  )
}

/** A person who drags over a row to copy from it does not want to open it. */
function hasSelectedText(): boolean {
  const selection = window.getSelection()
  return selection !== null && !selection.isCollapsed && selection.toString().trim() !== ''
}
