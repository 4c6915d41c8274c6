import { useMergedRef } from '@mantine/hooks'
import { cloneElement, useRef, useState, type HTMLAttributes, type ReactElement, type Ref } from 'react'
import { flushSync } from 'react-dom'

export type OpenerProps = HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLElement> }

/** The button that opens something, and whether what it opens exists yet. */
export type OnDemand = { isUsed: boolean; opener: ReactElement<OpenerProps> }

/**
 * Lets what a button opens exist only from its first press on: a page with many menus is there sooner. Until then the button
 * stands alone, tells what it will open, and opens it instead of doing what it does by itself; `open` is called when the rest is
 * there.
 */
export function useOnDemand(
  button: ReactElement<OpenerProps>,
  popup: 'menu' | 'dialog',
  open: () => void,
): OnDemand {
  const [isUsed, setIsUsed] = useState(false)
  const element = useRef<HTMLElement>(null)
  const ref = useMergedRef(element, button.props.ref)

  function openFirst(): void {
    flushSync(() => setIsUsed(true))
    // The button is now another element than the one that was pressed: the focus comes back to it.
    element.current?.focus({ preventScroll: true })
    open()
  }

  const alone = { 'aria-haspopup': popup, 'aria-expanded': false, onClick: openFirst } as const
  // The ref is handed on, and not read.
  // oxlint-disable-next-line react/refs
  return { isUsed, opener: cloneElement(button, { ref, ...(isUsed ? {} : alone) }) }
}
