import { useEffect } from 'react'

type LogKeys = {
  /** An event is open: walking moves it, Escape closes it. */
  isOpen: boolean
  onNewer: (() => void) | undefined
  onOlder: (() => void) | undefined
  onClose: () => void
  /** Walks through the rows where no event is open. */
  onWalk: (step: number) => void
  onHelp: () => void
}

const steps: Record<string, 1 | -1> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

/** The keys that work wherever the focus is on the page, unless what has it uses them itself. */
export function useLogKeys({ isOpen, onNewer, onOlder, onClose, onWalk, onHelp }: LogKeys): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || usesKeys(event.target))
        return
      const step = steps[event.key]
      if (event.key === '?') onHelp()
      else if (event.key === 'Escape' && isOpen) onClose()
      else if (step !== undefined && isOpen) (step > 0 ? onOlder : onNewer)?.()
      // An arrow scrolls what has the focus, where that is not the page as a whole.
      else if (step !== undefined && (event.key.length === 1 || event.target === document.body)) onWalk(step)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [isOpen, onNewer, onOlder, onClose, onWalk, onHelp])
}

/** Inputs, menus, dialogs, sliders and scrolling texts have their own use for these keys. */
function usesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, pre, [role="menu"], [role="dialog"], [role="slider"], [role="listbox"]',
    ) !== null
  )
}
