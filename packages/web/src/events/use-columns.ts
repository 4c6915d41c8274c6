import { useLocalStorage } from '@mantine/hooks'
import { createContext, useContext, useMemo } from 'react'
import {
  defaultColumns,
  parseColumns,
  printColumns,
  readColumnState,
  type ColumnState,
} from './column-state.ts'

export type Columns = { state: ColumnState; change: (state: ColumnState) => void }

export const ColumnsContext = createContext<Columns>({ state: defaultColumns, change: () => undefined })

/** The columns that the table shows, and how to change them. */
export function useColumns(): Columns {
  return useContext(ColumnsContext)
}

/**
 * The columns for `ColumnsContext`: those that the address bar names, else those that this browser remembers. Widths
 * are the browser's always. `onNamed` is told when those that the address bar names are to be others.
 */
export function useColumnsOf(named: string | undefined, onNamed: (columns: string) => void): Columns {
  const [stored, remember] = useLocalStorage<unknown>({
    key: 'audit-columns',
    defaultValue: defaultColumns,
    getInitialValueInEffect: false,
  })
  return useMemo(() => {
    const remembered = readColumnState(stored)
    const inAddress = parseColumns(named)
    if (inAddress === undefined) return { state: remembered, change: remember }
    const change = (state: ColumnState): void => {
      const next = printColumns(state)
      if (next !== named) onNamed(next)
      if (state.widths !== remembered.widths) remember({ ...remembered, widths: state.widths })
    }
    return { state: { ...inAddress, widths: remembered.widths }, change }
  }, [stored, remember, named, onNamed])
}
