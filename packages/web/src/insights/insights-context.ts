import { createContext, useContext } from 'react'
import type { EventQuestion } from '../api/events.ts'
import type { TimeRange } from '../events/time-range.ts'
import type { CarriedParams, InsightsParams } from './insights-params.ts'

/** What the pages of Insights have in common. */
export type InsightsFrame = {
  params: InsightsParams
  range: TimeRange
  /** What a list is narrowed to, as terms that every event has to meet. */
  of: readonly string[]
  /** When the numbers were asked for, Unix milliseconds by the server's clock; another one asks anew. */
  askedAtMs: number
  /** What is asked of the server about `q`. */
  questionOf: (q: string) => EventQuestion
  /** The Unix milliseconds that are counted. */
  bounds: { fromMs: number; toMs: number }
  /** What links to other pages of Insights take along. */
  carried: CarriedParams
  /** What links to events take along: exactly what is counted. */
  ofEvents: CarriedParams
  /** Changes what the address bar says; what is typed replaces the entry of the history. */
  change: (
    changes: { [Key in keyof InsightsParams]?: InsightsParams[Key] | undefined },
    how?: { replace: boolean },
  ) => void
  chooseRange: (range: TimeRange) => void
}

export const InsightsContext = createContext<InsightsFrame | undefined>(undefined)

export function useInsights(): InsightsFrame {
  const frame = useContext(InsightsContext)
  if (frame === undefined) throw new Error('A page of Insights stands outside of its frame')
  return frame
}
