import { useMemo, useState, type FocusEvent, type PointerEvent, type UIEvent } from 'react'

export type ReadingHandlers = {
  onPointerEnter: (event: PointerEvent) => void
  onPointerLeave: () => void
  onFocusCapture: (event: FocusEvent) => void
  onBlurCapture: () => void
  onScrollCapture: (event: UIEvent) => void
}

/**
 * Whether somebody is reading in an element: the mouse is over it, it is scrolled, or the keyboard is in it. `handlers` go
 * on the element around what scrolls.
 */
export function useReading(): { isReading: boolean; handlers: ReadingHandlers } {
  const [hovers, setHovers] = useState(false)
  // What is gone from the page says nothing of its end: no scroll back, no blur.
  const [focused, setFocused] = useState<Element>()
  const [scrolled, setScrolled] = useState<Element>()
  const handlers = useMemo(
    (): ReadingHandlers => ({
      // A finger that has left still counts as over it.
      onPointerEnter: ({ pointerType }) => setHovers(pointerType === 'mouse'),
      onPointerLeave: () => setHovers(false),
      // A click leaves the focus behind in what was clicked, and the mouse goes elsewhere.
      onFocusCapture: ({ target }) => setFocused(target.matches(':focus-visible') ? target : undefined),
      onBlurCapture: () => setFocused(undefined),
      onScrollCapture: ({ target }) =>
        setScrolled(target instanceof Element && target.scrollTop > 0 ? target : undefined),
    }),
    [],
  )
  const isThere = (element: Element | undefined): boolean => element?.isConnected === true
  return { isReading: hovers || isThere(focused) || isThere(scrolled), handlers }
}
