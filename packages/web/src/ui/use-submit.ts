import { useState } from 'react'

export type Submit = {
  busy: boolean
  error: unknown
  /** Runs the act unless one is running; its error is kept in `error`. Resolves to whether it succeeded. */
  submit: (act: () => Promise<void>) => Promise<boolean>
  reset: () => void
}

/** What every form has: it is sent once at a time, and it shows what went wrong. */
export function useSubmit(): Submit {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  return {
    busy,
    error,
    reset: () => setError(null),
    submit: async (act) => {
      if (busy) return false
      setBusy(true)
      setError(null)
      try {
        await act()
        return true
      } catch (caught) {
        setError(caught)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
