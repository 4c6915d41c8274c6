import { useEffect } from 'react'

type PanelKeys = {
  enabled: boolean
  onNewer: (() => void) | undefined
  onOlder: (() => void) | undefined
  onClose: () => void
}

/** While an event is open: up and down walk to its neighbours, Escape closes, wherever the focus is. */
export function usePanelKeys({ enabled, onNewer, onOlder, onClose }: PanelKeys): void {
  useEffect(() => {
    if (!enabled) return undefined
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || usesKeys(event.target))
        return
      if (event.key === 'Escape') onClose()
      else if (event.key === 'ArrowUp') onNewer?.()
      else if (event.key === 'ArrowDown') onOlder?.()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [enabled, onNewer, onOlder, onClose])
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
