import * as z from 'zod'
import { alertLimits, alertStatuses, alertStepNames, resolutions } from '../alert-values.ts'
import { ruleLevels } from '../detect/rule.ts'
import { dayStart, toCanonicalTime } from '../time.ts'
import { creatorSchema } from './access.ts'

/** Requests and responses of alerts: the one source of their types, validation and OpenAPI description. */
const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

const alertRuleSchema = z.strictObject({
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

/** A time, or a day in UTC, as a canonical time. */
const boundSchema = z.string().transform((text, context): string => {
  const time = dayStart(text) ?? toCanonicalTime(text)
  if (time !== undefined) return time
  context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-22T10:00:00Z, or a day' })
  return z.NEVER
})

/** Values with commas between them. */
function listOf<T extends string>(values: readonly T[]) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1))
}

export const alertsQuerySchema = z.strictObject({
  status: listOf(alertStatuses)
    .exactOptional()
    .describe(`Some of ${alertStatuses.join(', ')}, with commas`),
  level: listOf(ruleLevels)
    .exactOptional()
    .describe(`Some of ${ruleLevels.join(', ')}, with commas`),
  rule: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be the id of a rule')
    .exactOptional(),
  person: z.string().min(1).max(1024).exactOptional().describe('Named among `people`, exactly'),
  table: z.string().min(1).max(1024).exactOptional().describe('Named among `tables`, exactly'),
  from: boundSchema
    .exactOptional()
    .describe('Inclusive; RFC 3339 or a day (UTC). Alerts with events at or after it'),
  to: boundSchema
    .exactOptional()
    .describe('Exclusive; RFC 3339 or a day (UTC). Alerts with events before it'),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `must be a whole number from 1 to ${alertLimits.pageMax}`)
    .transform(Number)
    .refine(
      (limit) => limit <= alertLimits.pageMax,
      `must be a whole number from 1 to ${alertLimits.pageMax}`,
    )
    .exactOptional()
    .describe(`At most ${alertLimits.pageMax}; ${alertLimits.pageDefault} if not given`),
  cursor: z.string().max(4096).exactOptional().describe('`nextCursor` of a list with the same parameters'),
})

export const alertListSchema = z.strictObject({
  alerts: z.array(alertSchema).describe('By the time of their last event, the newest first'),
  nextCursor: z.string().optional().describe('Absent on the last page'),
  counts: z
    .strictObject({ open: z.int(), acknowledged: z.int(), resolved: z.int(), muted: z.int() })
    .describe('How many there are of each status, with the same parameters but `status`'),
})

export const alertStepSchema = z.strictObject({
  at: timeSchema,
  step: z.enum(alertStepNames),
  reason: z.string().optional(),
  by: creatorSchema.optional().describe('Absent: the server itself'),
})

export const deliveryStates = ['waiting', 'running', 'delivered', 'dead'] as const

export const alertDeliverySchema = z.strictObject({
  id: z.string(),
  receiver: z.strictObject({ id: z.string(), name: z.string() }),
  alert: z.strictObject({ id: z.string(), title: z.string() }).optional().describe('Absent for a test'),
  step: z.string().describe('The step of the alert that is told, or `test`'),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  createdAt: timeSchema,
  retryAt: timeSchema.optional().describe('Of one that waits'),
  endedAt: timeSchema.optional(),
  message: z.string().optional().describe('How the last attempt ended'),
})

/** The same rule and group; or the same group by another rule. */
export const similarAlertSchema = z.strictObject({
  likeness: z.enum(['same_rule', 'same_group']),
  alert: alertSchema,
})

export const alertMuteSchema = z.strictObject({
  id: z.string(),
  rule: z.strictObject({ id: z.string(), title: z.string() }),
  group: alertSchema.shape.group.optional().describe('Absent: whatever the rule finds'),
  until: timeSchema,
  reason: z.string(),
  createdAt: timeSchema,
  createdBy: creatorSchema,
})

export const alertDetailSchema = z.strictObject({
  alert: alertSchema.extend({
    resolution: z.enum(resolutions).optional(),
    reason: z.string().optional().describe('Why it was resolved'),
  }),
  steps: z.array(alertStepSchema).describe('The oldest first'),
  similar: z.array(similarAlertSchema).describe(`The newest ${alertLimits.similarMax}`),
  mutes: z.array(alertMuteSchema).describe('Those that hold and fit it'),
  deliveries: z.array(alertDeliverySchema).describe('The newest first'),
})

const count = z.int().nonnegative()
const firstSeenAt = z.string().optional().describe('Of all events, also of those of the alert')

export const personBeforeSchema = z.strictObject({
  name: z.string().describe('As the alert has it'),
  usage: z
    .strictObject({ count, failed: count, denied: count, tables: count, firstSeenAt })
    .optional()
    .describe('Absent where no query of theirs is known'),
  tables: z.array(z.string()).describe('The most used ones'),
  tools: z.array(z.string()),
})

export const tableBeforeSchema = z.strictObject({
  name: z.string().describe('As the alert has it, in lower case'),
  usage: z
    .strictObject({ count, reads: count, writes: count, readers: count, writers: count, firstSeenAt })
    .optional()
    .describe('Absent where no query of it is known'),
  readers: z.array(z.string()).describe('Who read it most'),
  writers: z.array(z.string()),
})

export const alertContextSchema = z.strictObject({
  from: z.string(),
  to: z.string().describe('The first event of the alert; not inside'),
  people: z.array(personBeforeSchema).describe('The first three of the alert'),
  tables: z.array(tableBeforeSchema),
})
export type PersonBefore = z.infer<typeof personBeforeSchema>
export type TableBefore = z.infer<typeof tableBeforeSchema>
export type AlertContext = z.infer<typeof alertContextSchema>

const reasonSchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(alertLimits.reasonUnitsMax, `must have at most ${alertLimits.reasonUnitsMax} characters`)
  .regex(/^[^\0\p{Cs}]*$/u, 'must be text without NUL')

export const resolveAlertRequestSchema = z.strictObject({
  resolution: z.enum(resolutions),
  reason: reasonSchema,
})

export const muteAlertRequestSchema = z.strictObject({
  covers: z.enum(['group', 'rule']).describe('What the rule finds of this group, or whatever it finds'),
  until: z.iso
    .datetime()
    .describe(`RFC 3339, UTC; in the future, at most ${alertLimits.muteDaysMax} days from now`),
  reason: reasonSchema,
})

export const alertResponseSchema = z.strictObject({ alert: alertSchema })
export const alertMuteResponseSchema = z.strictObject({ mute: alertMuteSchema })
export const alertMuteListSchema = z.strictObject({ mutes: z.array(alertMuteSchema) })

export type Alert = z.infer<typeof alertSchema>
export type AlertsQuery = z.output<typeof alertsQuerySchema>
export type AlertList = z.infer<typeof alertListSchema>
export type AlertDetail = z.infer<typeof alertDetailSchema>
export type AlertStep = z.infer<typeof alertStepSchema>
export type AlertMute = z.infer<typeof alertMuteSchema>
export type AlertMuteList = z.infer<typeof alertMuteListSchema>
export type AlertDelivery = z.infer<typeof alertDeliverySchema>
export type SimilarAlert = z.infer<typeof similarAlertSchema>
export type ResolveAlertRequest = z.infer<typeof resolveAlertRequestSchema>
export type MuteAlertRequest = z.infer<typeof muteAlertRequestSchema>
