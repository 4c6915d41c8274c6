import type { Sizes } from './sizes.ts'
import type { PartOutcome } from './benchmark.ts'
import type { Testbed } from './testbed.ts'

export type PartContext = {
  sizes: Sizes
  testbed: Testbed
  /** Says what is being done and found, for the one who waits. */
  say: (text: string) => void
  /** Where stored events are kept for the next run. */
  storedEventsFolder: string
  /** Makes the stored events anew instead of taking those of an earlier run. */
  reseed: boolean
}

/** Measures one part. Leaves nothing running. */
export type MeasurePart = (context: PartContext) => Promise<PartOutcome>
