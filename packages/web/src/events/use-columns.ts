import { useLocalStorage } from '@mantine/hooks'
import { createContext, useContext, useMemo } from 'react'
import { defaultColumns, readColumnState, type ColumnState } from './column-state.ts'

export type Columns = { state: ColumnState; change: (state: ColumnState) => void }

export const ColumnsContext = createContext<Columns>({ state: defaultColumns, change: () => undefined })

/** The columns that the table shows, and how to change them. */
export function useColumns(): Columns {
  return useContext(ColumnsContext)
}

/** The columns as this browser remembers them, for `ColumnsContext`. */
export function useRememberedColumns(): Columns {
  const [stored, change] = useLocalStorage<unknown>({
    key: 'audit-columns',
    defaultValue: defaultColumns,
    getInitialValueInEffect: false,
  })
  const state = useMemo(() => readColumnState(stored), [stored])
  return useMemo(() => ({ state, change }), [state, change])
}
