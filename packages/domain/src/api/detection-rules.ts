import * as z from 'zod'
import { ruleLevels, ruleLimits, ruleStatuses } from '../detect/rule.ts'
import { filterLimits } from '../filter/filter.ts'
import { alertSchema } from './alerts.ts'

/** Requests and responses of detection rules: the one source of their types, validation and OpenAPI description. */
const ruleOrigins = ['shipped', 'operator', 'workspace'] as const

/** How far back alerts are counted, and what a backtest looks at. */
export const rulePastDays = 30

export const detectionRuleSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  level: z.enum(ruleLevels).optional().describe('Absent where the text cannot be used'),
  status: z.enum(ruleStatuses).optional(),
  origin: z.enum(ruleOrigins).describe('workspace: written or changed here'),
  isShipped: z.boolean().describe('Without its text of the workspace there is another one'),
  file: z.string().optional(),
  enabled: z.boolean(),
  shown: z.boolean().describe('False: it only gives another rule its events'),
  tags: z.array(z.string()),
  falsePositives: z.array(z.string()),
  exclusions: z.string().describe('A search: the rule does not look at what it finds'),
  problems: z.array(z.string()).describe('Why it cannot run'),
  alerts: z.int().describe(`With an event of the past ${rulePastDays} days`),
})

export const detectionRuleListSchema = z.strictObject({ rules: z.array(detectionRuleSchema) })
export const detectionRuleResponseSchema = z.strictObject({
  rule: detectionRuleSchema,
  source: z.string().describe('Its document, as it is written (YAML)'),
})

const sourceSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(ruleLimits.ruleBytesMax, `must have at most ${ruleLimits.ruleBytesMax} characters`)
  .describe('One rule in YAML: docs/detections.md')
const exclusionsSchema = z
  .string()
  .max(filterLimits.textUnitsMax)
  .describe('A search: the rule does not look at what it finds')

export const createDetectionRuleRequestSchema = z.strictObject({ source: sourceSchema })

export const changeDetectionRuleRequestSchema = z
  .strictObject({
    enabled: z.boolean().exactOptional(),
    exclusions: exclusionsSchema.exactOptional(),
    source: sourceSchema.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'needs something to change' })

export const backtestRequestSchema = z.strictObject({
  source: sourceSchema.describe(
    'The rule that is tried; other rules that it needs are those of the workspace',
  ),
  exclusions: exclusionsSchema.exactOptional(),
})

const backtestAlertSchema = z.strictObject({
  summary: z.string(),
  ...alertSchema.pick({
    group: true,
    firstEventAt: true,
    lastEventAt: true,
    eventCount: true,
    people: true,
    tables: true,
    eventIds: true,
  }).shape,
})
export const backtestResponseSchema = z.strictObject({
  alerts: z.array(backtestAlertSchema).describe('The newest, the newest first'),
  total: z.int().describe('How many there would have been'),
  byDay: z.array(z.strictObject({ day: z.string(), alerts: z.int() })).describe('Days in UTC'),
  truncated: z.boolean().describe('There were more events than are looked at: it is told only in part'),
})

export type DetectionRule = z.infer<typeof detectionRuleSchema>
export type DetectionRuleList = z.infer<typeof detectionRuleListSchema>
export type DetectionRuleResponse = z.infer<typeof detectionRuleResponseSchema>
export type ChangeDetectionRuleRequest = z.infer<typeof changeDetectionRuleRequestSchema>
export type BacktestRequest = z.infer<typeof backtestRequestSchema>
export type BacktestResponse = z.infer<typeof backtestResponseSchema>
