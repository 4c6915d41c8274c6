import { createContext, useContext } from 'react'
import type { Zone } from './zone.ts'

/** The zone that the page shows, for the cells deep inside the table. */
export const ZoneContext = createContext<Zone>('utc')

export function useZone(): Zone {
  return useContext(ZoneContext)
}
