import { useCallback, useState } from 'react'
import { flushSync } from 'react-dom'

type DialogState = {
  /** It exists from its first opening on, and before it opens: that is how it knows where the focus comes back to. */
  isUsed: boolean
  opened: boolean
  open: () => void
  close: () => void
}

/** A dialog of a page that is there sooner without it. `open` and `close` stay the same from one drawing to the next. */
export function useDialog(): DialogState {
  const [isUsed, setIsUsed] = useState(false)
  const [opened, setOpened] = useState(false)
  const open = useCallback(() => {
    flushSync(() => setIsUsed(true))
    setOpened(true)
  }, [])
  const close = useCallback(() => setOpened(false), [])
  return { isUsed, opened, open, close }
}
