import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { Evidence } from './evidence.ts'
import type { Micros } from './times.ts'

/** Something that a rule has found in one of its groups. */
export type Hit = {
  rule: Rule
  /** A value for each of the rule's `groupBy`. */
  group: readonly string[]
  /** The event that made it be found. */
  event: Evidence
  /** Events that are part of it and were not told before, oldest first; `count` has all of them. */
  evidence: readonly Evidence[]
  count: number
  firstAt: Micros
  lastAt: Micros
  /** Of an event that is part of it and not at hand. */
  firstId?: string
  /** What summaries tell. */
  facts: HitFacts
}

export type HitFacts = { value?: string; sum?: number; usual?: number }

/** What was found in the past; `truncated`: there may be more. */
export type Backtested = { hits: Hit[]; truncated: boolean }
