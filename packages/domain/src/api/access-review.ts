import * as z from 'zod'
import { accessReviewLimits } from '../access-review-limits.ts'
import { personRefSchema } from './insights.ts'

// Requests and responses of the access review: who read or wrote some tables in a period, and what somebody who signed
// that off decided of each.

const timeSchema = z.string().describe('RFC 3339, UTC, up to microseconds')
const count = z.int().nonnegative()
const tablesText = z
  .string()
  .min(1, 'must name a table')
  .max(accessReviewLimits.tablesUnitsMax)
  .describe('Names and patterns, separated by commas: `finance.*,hr.people`; odd names in quotes')

export const accessDecisions = ['keep', 'revoke', 'ask'] as const
export type AccessDecision = (typeof accessDecisions)[number]

/** The first values in order of the alphabet, and how many there are. */
const valuesSchema = z.strictObject({ values: z.array(z.string()), total: count })

/** What one person did with one table. Events that read and write it are counted in both, and once in `count`. */
export const accessLineSchema = z.strictObject({
  table: z.string(),
  person: personRefSchema,
  count,
  reads: count,
  writes: count,
  failed: count,
  denied: count,
  firstAt: timeSchema,
  lastAt: timeSchema,
  tools: valuesSchema,
  logins: valuesSchema,
  applications: valuesSchema,
})
export type AccessLine = z.infer<typeof accessLineSchema>

const decisionSchema = {
  decision: z.enum(accessDecisions),
  remark: z.string().max(accessReviewLimits.remarkUnitsMax).optional(),
}

/** What was decided of the same table and person when the table was reviewed last. */
const previousSchema = z.strictObject({
  signOffId: z.string(),
  signedAt: timeSchema,
  reviewer: z.string(),
  /** The end of the period that was reviewed. */
  to: timeSchema,
  decision: decisionSchema.decision
    .optional()
    .describe('Absent: the person was not among those who had access'),
  remark: decisionSchema.remark,
})

export const accessReportLineSchema = accessLineSchema.extend({
  previous: previousSchema.optional().describe('Absent: the table was never reviewed'),
})
export type AccessReportLine = z.infer<typeof accessReportLineSchema>

export const accessReportQuerySchema = z.strictObject({
  tables: tablesText,
  from: z.string().optional().describe('Inclusive; without it: the past 30 days'),
  to: z.string().optional().describe('Exclusive; without it: until now'),
  format: z.enum(['json', 'xlsx']).default('json'),
})

export const accessReportSchema = z.strictObject({
  patterns: z.array(z.string()),
  tables: z.array(z.string()).describe('The tables that were read or written in the period and are meant'),
  from: timeSchema,
  to: timeSchema,
  hash: z.string().describe('Of everything that was counted: signing off names it'),
  lines: z.array(accessReportLineSchema),
})
export type AccessReport = z.infer<typeof accessReportSchema>

export const knownTablesSchema = z.strictObject({
  tables: z.array(z.string()).describe('The most used first'),
  isComplete: z.boolean(),
})
export type KnownTables = z.infer<typeof knownTablesSchema>

export const signOffRequestSchema = z.strictObject({
  tables: tablesText,
  from: z.string(),
  to: z.string(),
  hash: z.string().describe('`hash` of the report that was reviewed'),
  lines: z
    .array(z.strictObject({ table: z.string(), person: z.string(), ...decisionSchema }))
    .max(accessReviewLimits.linesMax),
  remark: z.string().max(accessReviewLimits.reviewRemarkUnitsMax).optional(),
})
export type SignOffRequest = z.infer<typeof signOffRequestSchema>

const signOff = {
  id: z.string(),
  patterns: z.array(z.string()),
  tables: z.array(z.string()),
  from: timeSchema,
  to: timeSchema,
  signedAt: timeSchema,
  reviewer: z.strictObject({ id: z.string(), name: z.string(), email: z.string().optional() }),
  remark: z.string().optional(),
  hash: z.string().describe('SHA-256 of what was counted'),
}

export const signOffSummarySchema = z.strictObject({
  ...signOff,
  lines: count,
  kept: count,
  revoked: count,
  asked: count,
})
export type SignOffSummary = z.infer<typeof signOffSummarySchema>

export const signedLineSchema = accessLineSchema.extend(decisionSchema)
export type SignedLine = z.infer<typeof signedLineSchema>

export const signOffSchema = z.strictObject({ ...signOff, lines: z.array(signedLineSchema) })
export type SignOff = z.infer<typeof signOffSchema>

export const signOffListSchema = z.strictObject({ signOffs: z.array(signOffSummarySchema), total: z.int() })
export const signOffResponseSchema = z.strictObject({ signOff: signOffSchema })
export const signOffFormatSchema = z.strictObject({ format: z.enum(['json', 'xlsx']).default('json') })
export type SignOffList = z.infer<typeof signOffListSchema>
