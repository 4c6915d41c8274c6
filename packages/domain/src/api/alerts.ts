import * as z from 'zod'
import { ruleLevels } from '../detect/rule.ts'

/** Requests and responses of alerts: the one source of their types, validation and OpenAPI description. */
export const alertLimits = {
  reasonUnitsMax: 2000,
  /** Events named with an alert; `eventCount` has all. */
  eventIdsMax: 100,
  /** People and tables named with an alert. */
  namesMax: 20,
  pageMax: 200,
  muteDaysMax: 366,
} as const

/**
 * ```text
 * open ──acknowledge──► acknowledged ──resolve──► resolved
 *   └───────────────resolve──────────────────────►   │ reopen
 *   ▲────────────────────────────────────────────────┘
 * ```
 * Muted is none of them: what is muted opens as `muted`, is told to nobody, and can be looked at.
 */
export const alertStatuses = ['open', 'acknowledged', 'resolved', 'muted'] as const
export type AlertStatus = (typeof alertStatuses)[number]

export const resolutions = ['true_positive', 'benign', 'false_positive', 'duplicate'] as const
export type Resolution = (typeof resolutions)[number]

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

export const alertRuleSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  level: z.enum(ruleLevels),
})

export const alertSchema = z.strictObject({
  id: z.string(),
  rule: alertRuleSchema,
  status: z.enum(alertStatuses),
  /** One sentence: who did what, for who has not read the rule. */
  summary: z.string(),
  /** What the alert is about: the values of the rule's groupBy, such as the person. */
  group: z.array(z.strictObject({ field: z.string(), value: z.string() })),
  openedAt: timeSchema.describe('When it was found, by the clock of the server'),
  firstEventAt: timeSchema,
  lastEventAt: timeSchema,
  eventCount: z.int(),
  people: z.array(z.string()).describe(`E-mails, ids or names; the first ${alertLimits.namesMax}`),
  tables: z.array(z.string()).describe(`The first ${alertLimits.namesMax}`),
  eventIds: z.array(z.string()).describe(`The first ${alertLimits.eventIdsMax}`),
  late: z.boolean().describe('Its events came in more than an hour after they happened'),
  q: z.string().describe('A search that finds its events, from firstEventAt to lastEventAt'),
})

export type Alert = z.infer<typeof alertSchema>
