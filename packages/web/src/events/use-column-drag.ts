import { useRef, useState, type MouseEvent, type PointerEvent } from 'react'
import type { ColumnId } from './column-state.ts'

/** A press becomes a drag when the pointer has moved this far, in pixels. */
const dragDistanceMin = 6

type Press = { id: ColumnId; x: number; drags: boolean }

export type ColumnDrag = {
  dragged: ColumnId | undefined
  /** Where it would be put: its place among the other columns. */
  drop: { id: ColumnId; place: number } | undefined
  handlersOf: (id: ColumnId) => {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void
    onPointerMove: (event: PointerEvent<HTMLElement>) => void
    onPointerUp: () => void
    onPointerCancel: () => void
    onClickCapture: (event: MouseEvent) => void
  }
}

/** Columns that are dragged by their headings. A press without a movement stays a click. */
export function useColumnDrag(onMove: (id: ColumnId, place: number) => void): ColumnDrag {
  const press = useRef<Press>(undefined)
  const hasDragged = useRef(false)
  const [drop, setDrop] = useState<{ id: ColumnId; place: number }>()

  function end(commits: boolean): void {
    if (commits && drop !== undefined) onMove(drop.id, drop.place)
    press.current = undefined
    setDrop(undefined)
  }

  return {
    dragged: drop?.id,
    drop,
    handlersOf: (id) => ({
      onPointerDown: (event) => {
        hasDragged.current = false
        // A menu is drawn elsewhere on the page, but its events come through here.
        const isOwn = event.target instanceof Node && event.currentTarget.contains(event.target)
        // Fingers scroll the table sideways.
        if (event.button !== 0 || !isOwn || event.pointerType === 'touch') return
        press.current = { id, x: event.clientX, drags: false }
      },
      onPointerMove: (event) => {
        const begun = press.current
        if (begun === undefined) return
        if (!begun.drags && Math.abs(event.clientX - begun.x) < dragDistanceMin) return
        if (!begun.drags) event.currentTarget.setPointerCapture(event.pointerId)
        begun.drags = true
        hasDragged.current = true
        setDrop({ id: begun.id, place: placeAt(event.currentTarget, event.clientX) })
      },
      onPointerUp: () => end(true),
      onPointerCancel: () => end(false),
      onClickCapture: (event) => {
        if (!hasDragged.current) return
        hasDragged.current = false
        event.preventDefault()
        event.stopPropagation()
      },
    }),
  }
}

/** How many of the other headings stand before this place on the screen. */
function placeAt(heading: HTMLElement, x: number): number {
  const others = [...(heading.parentElement?.children ?? [])].filter((other) => other !== heading)
  return others.filter((other) => {
    const { left, width } = other.getBoundingClientRect()
    return left + width / 2 < x
  }).length
}
