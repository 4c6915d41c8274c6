import type { Filter } from '../filter/filter.ts'

/**
 * A detection rule as the product runs it. `readRules` makes it of Sigma files (docs/detections.md); nothing of Sigma's
 * text is looked at afterwards.
 */
export type Rule = {
  /** Sigma's `id`: a UUID, the same in every version of the rule. */
  id: string
  /** Sigma's `name`, by which correlations refer to it. */
  name: string | undefined
  title: string
  /** What somebody is told who has never seen the rule. */
  description: string
  level: RuleLevel
  status: RuleStatus
  /** Such as `attack.t1110`. */
  tags: readonly string[]
  references: readonly string[]
  falsePositives: readonly string[]
  /** A rule that only gives another one its events raises no alerts of its own. */
  isShown: boolean
  /**
   * The sentence that an alert begins with, for who has not read the rule; `{person}` and the names of other fields stand
   * for the values of its events, `{count}` for how many there are, `{value}`, `{sum}` and `{usual}` for what a detector found.
   */
  summary: string
  /** Alerts of one rule are one for each value of these; without any there is one at a time. */
  groupBy: readonly EventField[]
  /** What it looks for. */
  condition: RuleCondition
}

export const ruleLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type RuleLevel = (typeof ruleLevels)[number]

export const ruleStatuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const
export type RuleStatus = (typeof ruleStatuses)[number]

export type RuleCondition =
  /** Each event that the filter finds. */
  { kind: 'events'; filter: Filter } | CorrelationCondition | DetectorCondition

/** Of Sigma's correlation rules, over the events of other rules (by `id`) within `timespanMs` of each other. */
export type CorrelationCondition = {
  kind: 'correlation'
  type: 'event_count' | 'value_count' | 'temporal' | 'temporal_ordered'
  rules: readonly CorrelatedRule[]
  timespanMs: number
  /** Of counts; `temporal` ones count the rules that were found, and want all of them unless told otherwise. */
  range: CountRange
  /** Whose different values `value_count` counts. */
  field: EventField | undefined
}

/** A rule whose events are correlated, with its own fields for the names in `groupBy` (Sigma's `aliases`). */
export type CorrelatedRule = { id: string; groupBy: readonly EventField[] }

/** Inclusive. */
export type CountRange = { min?: number; max?: number }

/** What stands out of the past of its group, as the log has it: of each the group is `groupBy` of its rule. */
export type DetectorCondition =
  /**
   * The group has a value of `field` for the first time, at least `learningMs` after the group was seen first. With
   * `field` undefined it is the group itself that is new, at least `learningMs` after the first event of the log.
   */
  | { kind: 'first_seen'; filter: Filter; field: EventField | undefined; learningMs: number }
  /** The group comes back after having been silent for `silentMs`. */
  | { kind: 'awakes'; filter: Filter; silentMs: number }
  /**
   * In an hour of the day, in UTC, in which it did nothing (nor in the hours beside it) on `daysMin` or more days of the
   * past 30 on which it did something.
   */
  | { kind: 'unusual_hour'; filter: Filter; daysMin: number }
  /**
   * The sum of a day (in UTC) is at least `floor`, and more than `factor` deviations above the median of the past 30 days'
   * sums, days without any left out, of which there are `daysMin` or more. A deviation is the median absolute deviation
   * times 1.4826, and at least a tenth of the median.
   */
  | {
      kind: 'above_past'
      filter: Filter
      sum: 'events' | NumberPath
      floor: number
      factor: number
      daysMin: number
    }
  /**
   * On a day or at an hour that is none of these, in a time zone: `hours` such as 8 to 18 (exclusive), `weekdays` 1 for Monday.
   */
  | {
      kind: 'outside_hours'
      filter: Filter
      weekdays: readonly number[]
      hours: { from: number; before: number }
      zone: string
    }
  /** The event's own time lies further ahead of the server's clock than this when it comes in. */
  | { kind: 'ahead'; filter: Filter; aheadMs: number }
  /**
   * Nothing came for `silentMs` of a group that had events on `daysMin` or more of the 14 days before. Told when time has passed:
   * by later events, or by the clock.
   */
  | { kind: 'silent'; filter: Filter; silentMs: number; daysMin: number }

/** A number of an event: `rows`, `duration`, or a path of `data`. */
export type NumberPath = 'rows' | 'duration' | { path: string }

/** A value of an event by which events are grouped, compared or counted. A missing one is in no group. */
export type EventField =
  /** Who did it, whatever is known of them: the e-mail, else the id, else the name. */
  | 'person'
  | 'actor_id'
  | 'name'
  | 'email'
  | 'type'
  | 'outcome'
  | 'source'
  | 'database'
  | 'login'
  | 'tool'
  | 'application'
  | 'session'
  | 'ip'
  /** The /24 of an IPv4 address, the /48 of an IPv6 one. */
  | 'network'
  | 'kind'
  | 'fingerprint'
  /** Every one of the event's. */
  | 'table'
  | 'flag'
  | 'target'
  | 'tag'
  /** Every one that was violated, or would have been without an exception. */
  | 'policy'
  /** Strings, numbers and booleans at this lower-cased path of `data`. */
  | { path: string }

/** What a workspace may have and a rule may say: more is refused, never cut. */
export const ruleLimits = {
  ruleBytesMax: 64 * 1024,
  rulesMax: 500,
  /** Of one file of several documents. */
  documentsMax: 50,
  titleUnitsMax: 256,
  textUnitsMax: 4096,
  correlatedMax: 20,
  groupByMax: 5,
  timespanMsMax: 31 * 86_400_000,
} as const
