import type { Employee } from '../firm.ts'
import type { HistoryEvent, Scene } from '../history.ts'

/** The directory's entry of somebody who has left: known, but not at work. */
export type Leaver = { name: string; email: string; login: string }

export type IncidentScene = Scene & { left: Leaver }

/** One way of doing something that has to be found. */
export type Variant = {
  kind: string
  variant: string
  /** Rules of which at least one must tell it, by name. */
  rules: readonly string[]
  /** What went before and belongs to nothing. */
  prepare?: (scene: IncidentScene) => readonly HistoryEvent[]
  /** `ms` lies in the person's working hours. */
  make: (scene: IncidentScene, at: { person: Employee; ms: number; day: number }) => readonly HistoryEvent[]
  /** The database of which nothing comes any more. */
  silent?: string
  /** Only in the last days of the span. */
  lateDay?: true
  /** Who can have done it; everybody without. */
  by?: (person: Employee) => boolean
}
