import * as z from 'zod'
import { ruleLevels, ruleLimits, ruleStatuses } from '../detect/rule.ts'
import { filterLimits } from '../filter/filter.ts'
import { alertSchema } from './alerts.ts'

/** Requests and responses of detection rules. */
const exclusionsSchema = z
  .string()
  .max(filterLimits.textUnitsMax)
  .describe('A search: events that it finds are not looked at by the rule')

export const detectionRuleSchema = z.strictObject({
  id: z.string(),
  origin: z.enum(['shipped', 'operator', 'workspace']).describe('Where it is written'),
  file: z.string().optional(),
  title: z.string().optional().describe('Absent where the text of the rule cannot be used'),
  description: z.string().optional(),
  level: z.enum(ruleLevels).optional(),
  status: z.enum(ruleStatuses).optional(),
  tags: z.array(z.string()).optional(),
  isShown: z.boolean().optional().describe('False for a rule that only gives another one its events'),
  isEnabled: z.boolean(),
  exclusions: exclusionsSchema,
  problems: z.array(z.string()).describe('Why it does not run, or runs without its exclusions'),
})

export const detectionRuleListSchema = z.strictObject({ rules: z.array(detectionRuleSchema) })

export const backtestRequestSchema = z
  .strictObject({
    ruleId: z.string().max(100).optional().describe('A rule that is there'),
    source: z
      .string()
      .max(ruleLimits.ruleBytesMax)
      .optional()
      .describe('Or the text of one (YAML); of several documents the last is tried'),
    exclusions: exclusionsSchema.optional(),
  })
  .refine(({ ruleId, source }) => (ruleId === undefined) !== (source === undefined), {
    message: 'give either ruleId or source',
  })

const backtestAlertSchema = alertSchema.pick({
  summary: true,
  group: true,
  firstEventAt: true,
  lastEventAt: true,
  eventCount: true,
  people: true,
  tables: true,
  eventIds: true,
})

export const backtestResponseSchema = z.strictObject({
  alerts: z.array(backtestAlertSchema).describe('The newest, the newest first'),
  total: z.int().describe('How many there would have been'),
  byDay: z.array(z.strictObject({ day: z.string(), alerts: z.int() })),
  truncated: z.boolean().describe('There was more than is looked at: what is told is a part'),
})

export type DetectionRule = z.infer<typeof detectionRuleSchema>
export type DetectionRuleList = z.infer<typeof detectionRuleListSchema>
export type BacktestResponse = z.infer<typeof backtestResponseSchema>
