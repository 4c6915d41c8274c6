import * as z from 'zod'
import { statementKinds } from '../event-values.ts'
import { personRefSchema } from './insights.ts'
import { integrationKinds, integrationStates } from './integrations.ts'

/**
 * What happened of late, on one page: counted of the events that the viewer may see, but for what machines send by
 * themselves. Each number is that of a search: see `overviewQuery`.
 */

/** What all numbers of the overview are counted of. */
export const overviewQuery = '-is:noise'

const timeSchema = z.string().describe('RFC 3339, UTC, up to microseconds')
const count = z.int().nonnegative()

export const overviewLimits = {
  /** Rows of each list. */
  rowsMax: 5,
  daysMax: 92,
} as const

export const overviewQuerySchema = z.strictObject({
  from: z.string().optional().describe('Inclusive; without it: the 24 hours before `to`'),
  to: z
    .string()
    .optional()
    .describe(
      'Exclusive; without it: two seconds ago, when everything is found that was recorded until then',
    ),
})

/** `before`: the same of the period before, which is as long. Absent where the log does not reach back so far. */
const numberSchema = z.strictObject({ now: count, before: count.optional() })
export type OverviewNumber = z.infer<typeof numberSchema>

const querySchema = z.strictObject({
  fingerprint: z.string(),
  normalized: z.string().describe('The beginning of the text without its literals'),
  kind: z.enum(statementKinds),
  count,
  failed: count,
  p95Ms: z.number().optional(),
})
export type OverviewQuery = z.infer<typeof querySchema>

export const sourceHealthSchema = z.strictObject({
  id: z.string().describe('As the qualifier `source:` names it'),
  name: z.string(),
  kind: z.enum([...integrationKinds, 'api', 'app']),
  events: count.describe('In the period'),
  state: z.enum(integrationStates).optional().describe('Of integrations'),
  message: z.string().optional(),
  lastEventAt: timeSchema.optional(),
})
export type SourceHealth = z.infer<typeof sourceHealthSchema>

export const storageSchema = z.strictObject({
  eventStoreBytes: z.number(),
  journalBytes: z.number(),
  freeBytes: z.number().describe('On the disk of the data directory'),
  problems: z.array(z.string()).describe('As /readyz tells them'),
})
export type StorageHealth = z.infer<typeof storageSchema>

export const overviewSchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  hasEvents: z
    .boolean()
    .describe('Whether anything but acts in this product was ever recorded that the viewer sees'),
  events: numberSchema,
  failed: numberSchema,
  denied: numberSchema,
  people: numberSchema.describe('Different actors, services among them'),
  tables: numberSchema.describe('Different tables that were read or written'),
  newTables: z
    .strictObject({
      total: count,
      rows: z.array(z.strictObject({ table: z.string(), count, firstSeenAt: timeSchema })),
    })
    .optional()
    .describe('Never seen before the period; absent for who sees single events only'),
  interval: z.enum(['1h', '1d']),
  buckets: z.array(z.strictObject({ start: timeSchema, count, failed: count })),
  activePeople: z.array(z.strictObject({ person: personRefSchema, count, failed: count, denied: count })),
  activeTables: z.array(z.strictObject({ table: z.string(), count, reads: count, writes: count })),
  slowest: z.array(querySchema),
  failing: z.array(querySchema),
  sources: z.array(sourceHealthSchema).optional().describe('For admins and auditors'),
  storage: storageSchema.optional().describe('For admins and auditors'),
})
export type Overview = z.infer<typeof overviewSchema>
