import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useMediaQuery } from '@mantine/hooks'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  type CSSProperties,
  type ReactNode,
  type Ref,
} from 'react'
import { ProblemNote } from '../ui/problem-note.tsx'
import { phoneGridOf } from './column-state.ts'
import { EventRow } from './event-row.tsx'
import { EventTableHead } from './event-table-head.tsx'
import classes from './event-table.module.css'
import { RowSkeletons } from './row-skeletons.tsx'
import { useColumns } from './use-columns.ts'
import { useRowWalk } from './use-row-walk.ts'

const rowHeight = 34
/** So many rows exist on each side of those in sight: each takes time when the list begins, and at each jump. */
const rowsBeyond = 4
/** More rows are asked for when this many are left below the screen. */
const rowsAhead = 60

/** What the page does to the table by keys that work everywhere on it. */
export type EventTableHandle = { walk: (step: number) => void }

type EventTableProps = {
  ref: Ref<EventTableHandle>
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

/** The events, one row each, newest first. Only the rows in sight exist, and the one that takes part in the Tab order. */
export function EventTable(props: EventTableProps): ReactNode {
  const { events, total, openId, resultKey, stale, hasMore, loadingMore, moreError, below } = props
  const { onLoadMore, onOpen } = props
  const scroller = useRef<HTMLDivElement>(null)
  // On a phone a row has several lines instead of columns.
  const tall = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const { state } = useColumns()
  const phone = useMemo(() => phoneGridOf(state), [state])
  const height = tall ? phone.rowHeight : rowHeight
  const openIndex = useMemo(
    () => (openId === undefined ? -1 : events.findIndex((event) => event.id === openId)),
    [events, openId],
  )
  const scrollTo = useRef<(index: number) => void>(undefined)
  const walk = useRowWalk(
    {
      scroller,
      events,
      openIndex,
      isOpen: openId !== undefined,
      columns: state.visible,
      rowHeight: height,
      onOpen,
    },
    useCallback((index) => scrollTo.current?.(index), []),
  )
  const { activeIndex, setActiveIndex, wantFocus } = walk
  useImperativeHandle(props.ref, () => ({ walk: walk.walk }))

  // The table is not compiled by the React Compiler, which the rule is about.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: rowsBeyond,
    // The active row always exists, so that scrolling it out of sight does not take the focus away.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range)
      return rows.includes(activeIndex) || activeIndex >= events.length
        ? rows
        : [...rows, activeIndex].sort((a, b) => a - b)
    },
  })
  useEffect(() => {
    scrollTo.current = (index) => virtualizer.scrollToIndex(index, { align: 'auto' })
  }, [virtualizer])
  useEffect(() => virtualizer.measure(), [virtualizer, height])
  const items = virtualizer.getVirtualItems()
  const isNearEnd = (items.at(-1)?.index ?? 0) >= events.length - rowsAhead

  useEffect(() => {
    if (hasMore && !loadingMore && moreError === null && isNearEnd) onLoadMore()
  }, [hasMore, loadingMore, moreError, isNearEnd, onLoadMore])

  const hasFocus = useRef(false)
  const shownKey = useRef(resultKey)
  useEffect(() => {
    if (stale || shownKey.current === resultKey) return
    shownKey.current = resultKey
    setActiveIndex(0)
    virtualizer.scrollToOffset(0)
    // A search that began in a cell took the cell away.
    if (hasFocus.current && document.activeElement === document.body) wantFocus(0)
  }, [stale, resultKey, virtualizer, setActiveIndex, wantFocus])

  const tabIndexOwner = Math.min(activeIndex, events.length - 1)
  // CSSProperties does not know properties of our own.
  const areas = { '--event-areas': phone.areas } as CSSProperties
  return (
    <div ref={scroller} className={classes.scroller} data-stale={stale || undefined} style={areas}>
      <table
        role="table"
        className={classes.table}
        aria-label="Events"
        aria-rowcount={total === undefined ? -1 : Math.max(total, events.length) + 1}
        aria-busy={stale}
      >
        <EventTableHead tall={tall} />
        <tbody
          role="rowgroup"
          className={classes.body}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={walk.onKeyDown}
          onFocus={() => {
            hasFocus.current = true
          }}
          onBlur={(blur) => {
            // Without a next one it is the row that went, not the focus.
            if (blur.relatedTarget !== null) hasFocus.current = false
          }}
        >
          {items.map((item) => {
            const event = events[item.index]
            return event === undefined ? null : (
              <EventRow
                key={event.id}
                event={event}
                index={item.index}
                start={item.start}
                height={height}
                columns={state.visible}
                isOpen={event.id === openId}
                isActive={item.index === tabIndexOwner}
                tall={tall}
                onActive={setActiveIndex}
                onOpen={onOpen}
              />
            )
          })}
        </tbody>
      </table>
      {moreError === null ? null : (
        <div className={classes.more}>
          <ProblemNote error={moreError} onRetry={onLoadMore} />
        </div>
      )}
      {/* They move: the browser would draw them again and again while they are far out of sight. */}
      {hasMore && moreError === null && isNearEnd ? <RowSkeletons count={3} /> : null}
      {below}
    </div>
  )
}
