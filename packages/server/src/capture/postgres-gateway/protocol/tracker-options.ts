import type { GatewayLimits } from '../gateway-limits.ts'
import type { StatementFacts } from './statement-facts.ts'

export type TrackerOptions = {
  limits: GatewayLimits
  /** Whether bind values are read. */
  wantsBind: boolean
  /** Whether `fromClient` gives back intents. */
  wantsIntents: boolean
  finished: (statement: StatementFacts) => void
  /** Nothing more is to come of the intents up to this one. */
  settled: (lastIntent: number) => void
}
