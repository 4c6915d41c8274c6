import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { ColumnId } from './column-state.ts'

type RowWalkInput = {
  scroller: RefObject<HTMLDivElement | null>
  events: readonly PublicEvent[]
  /** The row of the event that is open; -1 if it is none of them. */
  openIndex: number
  isOpen: boolean
  columns: readonly ColumnId[]
  rowHeight: number
  onOpen: (event: PublicEvent) => void
}

export type RowWalk = {
  /** The row that takes part in the Tab order, and that the virtualizer keeps. */
  activeIndex: number
  setActiveIndex: (index: number) => void
  /** The focus goes to this row, or its cell, as soon as it exists. */
  wantFocus: (index: number, column?: ColumnId) => void
  /** Walks so many rows on from the active one; takes the focus there first if it is elsewhere. */
  walk: (step: number) => void
  onKeyDown: (event: KeyboardEvent) => void
}

/**
 * Walking through the rows by keyboard: arrows, Page Up and Down, Home and End; right and left go into the cells of a
 * row and back. Enter opens. `scrollTo` brings a row into sight.
 */
export function useRowWalk(input: RowWalkInput, scrollTo: (index: number) => void): RowWalk {
  const { scroller, events, openIndex, isOpen, columns, rowHeight, onOpen } = input
  const [activeIndex, setActiveIndex] = useState(0)
  const wantFocus = useWantedFocus(scroller)

  // The open event is the active one from the first drawing on.
  const [followed, setFollowed] = useState(-1)
  if (followed !== openIndex) {
    setFollowed(openIndex)
    if (openIndex >= 0) setActiveIndex(openIndex)
  }
  useEffect(() => {
    if (openIndex < 0) return
    // Up and down in the panel move the open event: the focus goes along if it is in the table.
    if (scroller.current?.contains(document.activeElement) === true) wantFocus(openIndex)
    scrollTo(openIndex)
  }, [openIndex, scroller, scrollTo, wantFocus])

  const wasOpen = useRef(false)
  useEffect(() => {
    // The panel is gone and took the focus along: it comes back to the row.
    if (!isOpen && wasOpen.current && document.activeElement === document.body) wantFocus(activeIndex)
    wasOpen.current = isOpen
  }, [isOpen, activeIndex, wantFocus])

  function walkTo(index: number, column?: ColumnId): void {
    const target = Math.max(0, Math.min(events.length - 1, index))
    wantFocus(target, column)
    setActiveIndex(target)
    scrollTo(target)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    const place = placeOf(event.target, columns)
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 2)
    const target = rowAfter(event.key, activeIndex, page, events.length)
    const active = events[activeIndex]
    // While an event is open, up and down belong to the panel, which moves the open event.
    if (target !== undefined && !(isOpen && event.key.startsWith('Arrow'))) walkTo(target, columns[place])
    else if (event.key === 'ArrowRight') walkTo(activeIndex, columns[Math.min(place + 1, columns.length - 1)])
    else if (event.key === 'ArrowLeft' && place >= 0) walkTo(activeIndex, columns[place - 1])
    else if (event.key === 'Escape' && place >= 0 && !isOpen) walkTo(activeIndex)
    else if (isOpening(event) && active !== undefined) {
      wantFocus(activeIndex)
      onOpen(active)
    } else return
    event.preventDefault()
  }

  return {
    activeIndex,
    setActiveIndex,
    wantFocus,
    walk: (step) => {
      const isHere = scroller.current?.querySelector('tbody')?.contains(document.activeElement) === true
      walkTo(isHere ? activeIndex + step : activeIndex, columns[placeOf(document.activeElement, columns)])
    },
    onKeyDown,
  }
}

/** Gives the focus to a row, or to a cell of it, as soon as it exists. */
function useWantedFocus(scroller: RefObject<HTMLDivElement | null>): RowWalk['wantFocus'] {
  const wanted = useRef<{ index: number; column: ColumnId | undefined }>(undefined)
  const giveFocus = useCallback(() => {
    if (wanted.current === undefined) return
    const { index, column } = wanted.current
    const row = scroller.current?.querySelector(`[data-index="${index}"]`)
    if (!(row instanceof HTMLElement)) return
    wanted.current = undefined
    const cell = column === undefined ? null : row.querySelector(`td[data-column="${column}"]`)
    if (cell instanceof HTMLElement) cell.focus()
    else row.focus({ preventScroll: true })
  }, [scroller])
  useEffect(giveFocus)
  return useCallback(
    (index, column) => {
      wanted.current = { index, column }
      // Nothing is drawn anew where the row is the active one already.
      giveFocus()
    },
    [giveFocus],
  )
}

/** The row to which a key leads; undefined for a key that leads to none. */
function rowAfter(key: string, active: number, page: number, count: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  }
  return targets[key]
}

/** The column of the cell that something stands in; -1 where it is a row itself, or none of the table. */
function placeOf(target: EventTarget | null, columns: readonly ColumnId[]): number {
  const cell = target instanceof Element ? target.closest('td[data-column]') : null
  const id = cell?.getAttribute('data-column')
  return columns.findIndex((column) => column === id)
}

/** Enter on a row or a cell; a button in it has its own use for the key. */
function isOpening({ key, target }: KeyboardEvent): boolean {
  if (key !== 'Enter' && key !== ' ') return false
  return !(target instanceof Element && target.closest('button, a') !== null)
}
