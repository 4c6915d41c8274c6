/** What alerts may be and have, apart from the schemas, so that a page can name it without a validator. */
export const alertLimits = {
  reasonUnitsMax: 2000,
  /** Events named with an alert; `eventCount` has all. */
  eventIdsMax: 100,
  /** People and tables named with an alert. */
  namesMax: 20,
  /** Longer values of a group, and names of people and tables, are cut and told apart by a hash of the whole. */
  nameUnitsMax: 1024,
  /** Alerts of one rule whose events lie within a day; what else it finds of that time is gathered in one more. */
  ofRuleInDayMax: 200,
  pageMax: 200,
  pageDefault: 50,
  /** Past alerts that are shown beside one. */
  similarMax: 10,
  muteDaysMax: 366,
  mutesMax: 500,
} as const

/**
 * ```text
 * open ──acknowledge──► acknowledged ──resolve──► resolved
 *   └───────────────resolve──────────────────────►   │ reopen
 *   ▲────────────────────────────────────────────────┘
 * ```
 * Muted is beside them: what a mute fits opens as `muted`, is told to nobody, and can be looked at and resolved. What is
 * open or acknowledged becomes muted when a mute is made, and open again when that is ended before its time.
 */
export const alertStatuses = ['open', 'acknowledged', 'resolved', 'muted'] as const
export type AlertStatus = (typeof alertStatuses)[number]

export const resolutions = ['true_positive', 'benign', 'false_positive', 'duplicate'] as const
export type Resolution = (typeof resolutions)[number]

export const alertStepNames = ['opened', 'acknowledged', 'resolved', 'reopened', 'muted', 'unmuted'] as const
export type AlertStepName = (typeof alertStepNames)[number]

export const receiverKinds = ['email', 'slack', 'webhook'] as const
export type ReceiverKind = (typeof receiverKinds)[number]

/** So many days before an alert are what is usual. */
export const alertContextDays = 30
