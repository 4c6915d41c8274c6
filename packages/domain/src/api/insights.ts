import * as z from 'zod'
import { actorTypes, statementKinds } from '../event-values.ts'
import { csvSafeSchema } from './events.ts'

/**
 * Requests and responses of the pages about usage: who works with what, how often and how well. All of them count the
 * events that a search finds, restricted to what the viewer may see, so each number leads to exactly its events.
 *
 * Times are RFC 3339 in UTC, days `YYYY-MM-DD` in UTC, durations milliseconds.
 */

const timeSchema = z.string().describe('RFC 3339, UTC, up to microseconds')
const count = z.int().nonnegative()

export const insightsQuerySchema = z.strictObject({
  q: z.string().optional().describe('A search; without it all queries (`type:query`) but noise'),
  from: z
    .string()
    .optional()
    .describe('Inclusive; without it: the past 30 days, from the beginning of the first (UTC) on'),
  to: z.string().optional().describe('Exclusive'),
})

/**
 * Who did something: the lower-cased e-mail where there is one, else the actor's id, else their name. `actor:"<id>"`
 * finds their events.
 */
export const personRefSchema = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  actorType: z.enum(actorTypes).optional(),
})
export type PersonRef = z.infer<typeof personRefSchema>

/** Events and how they ended; `failed` and `denied` are apart. */
const outcomes = { count, failed: count, denied: count }

/** First and last time ever, also of events that are past retention. */
const seen = { firstSeenAt: timeSchema.optional(), lastSeenAt: timeSchema.optional() }

/** Events a day, from the first day of the range on; days without events are 0. */
const perDay = z.array(count)

/** How long executions took; a quantile is interpolated in a bucket of its logarithm, some 5 % exact. */
const durations = { p50Ms: z.number().optional(), p95Ms: z.number().optional() }

export const personUsageSchema = z.strictObject({
  person: personRefSchema,
  ...outcomes,
  ...seen,
  perDay,
  tables: count.describe('How many different tables were touched'),
})
export type PersonUsage = z.infer<typeof personUsageSchema>

export const tableUsageSchema = z.strictObject({
  table: z.string(),
  count,
  reads: count,
  writes: count,
  readers: count.describe('How many people read it'),
  writers: count,
  tools: z.array(z.strictObject({ tool: z.string(), count })).describe('The most frequent first; "" is none'),
  ...seen,
  perDay,
})
export type TableUsage = z.infer<typeof tableUsageSchema>

export const queryUsageSchema = z.strictObject({
  fingerprint: z.string(),
  normalized: z.string().describe('The text without its literals; its beginning where it is very long'),
  truncated: z.literal(true).optional().describe('Of `normalized` only the beginning is there'),
  kind: z.enum(statementKinds),
  ...outcomes,
  ...durations,
  totalMs: z.number().describe('All executions together'),
  rows: z.number(),
  people: count.describe('How many people ran it'),
  ...seen,
  perDay,
})
export type QueryUsage = z.infer<typeof queryUsageSchema>

export const toolUsageSchema = z.strictObject({
  tool: z.string().optional(),
  login: z.string().optional().describe('The login of the database'),
  application: z.string().optional(),
  ...outcomes,
  people: count,
  lastAt: timeSchema,
  perDay,
})
export type ToolUsage = z.infer<typeof toolUsageSchema>

/** The beginning of a list and how long all of it is. */
function listOf<T extends z.ZodType>(
  rows: T,
): z.ZodObject<{ rows: z.ZodArray<T>; total: z.ZodInt; days: z.ZodArray<z.ZodString> }> {
  return z.strictObject({
    rows: z.array(rows),
    total: z.int(),
    days: z.array(z.string()).describe('The days of `perDay`'),
  })
}

export const insightSorts = {
  people: ['count', 'failed', 'tables', 'lastSeenAt', 'dormant'],
  tables: ['count', 'reads', 'writes', 'readers', 'writers', 'lastSeenAt', 'unused'],
  queries: ['count', 'slowest', 'totalMs', 'failed', 'rows', 'people', 'lastSeenAt'],
  tools: ['count', 'failed', 'people'],
} as const
export type InsightList = keyof typeof insightSorts

export const peopleUsageSchema = listOf(personUsageSchema)
export const tablesUsageSchema = listOf(tableUsageSchema)
export const queriesUsageSchema = listOf(queryUsageSchema)
export const toolsUsageSchema = listOf(toolUsageSchema)
export type PeopleUsage = z.infer<typeof peopleUsageSchema>
export type TablesUsage = z.infer<typeof tablesUsageSchema>
export type QueriesUsage = z.infer<typeof queriesUsageSchema>
export type ToolsUsage = z.infer<typeof toolsUsageSchema>

/** Events by weekday (Monday first) and hour. */
export const activitySchema = z.strictObject({
  /** Seven rows of 24. */
  cells: z.array(z.array(count)),
})

/** The activity of people in an IANA time zone, such as `Europe/Berlin`. */
export const activityQuerySchema = insightsQuerySchema.extend({
  zone: z.string().max(64).optional().describe('An IANA time zone; without it UTC'),
})

export const insightFormats = ['xlsx', 'csv'] as const
export type InsightFormat = (typeof insightFormats)[number]

/** Rows of an answer, and of a download. */
export const insightLimits = { rowsDefault: 50, rowsMax: 1000, daysMax: 401 } as const

const listParams = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `must be a whole number from 1 to ${insightLimits.rowsMax}`)
    .optional()
    .transform((text) => (text === undefined ? insightLimits.rowsDefault : Number(text)))
    .pipe(z.int().min(1).max(insightLimits.rowsMax))
    .describe(`Rows, 1 to ${insightLimits.rowsMax}; a download has all`),
  contains: z.string().max(1024).optional().describe('Only rows whose name has this in it, in any case'),
  format: z.enum(insightFormats).optional().describe('A file instead of JSON'),
  csv_safe: csvSafeSchema,
}

/** What each list is asked for; the first sort is the one without `sort`. */
export const insightListQuerySchemas = {
  people: insightsQuerySchema.extend({
    ...listParams,
    sort: z
      .enum(insightSorts.people)
      .default('count')
      .describe(
        '`dormant`: who is known, but has no event in the range; those that were seen longest ago first',
      ),
  }),
  tables: insightsQuerySchema.extend({
    ...listParams,
    sort: z
      .enum(insightSorts.tables)
      .default('count')
      .describe('`unused`: known, but without an event in the range; those that were seen longest ago first'),
  }),
  queries: insightsQuerySchema.extend({
    ...listParams,
    sort: z.enum(insightSorts.queries).default('count').describe('`slowest`: by the 95th percentile'),
  }),
  tools: insightsQuerySchema.extend({ ...listParams, sort: z.enum(insightSorts.tools).default('count') }),
} as const

const totalsMeaning = 'How many there are: the lists have the first ones, most used first'

/** One person. */
export const personDetailSchema = z.strictObject({
  usage: personUsageSchema,
  days: z.array(z.string()),
  tables: z.array(tableUsageSchema).describe('What of the most used tables is theirs'),
  queries: z.array(queryUsageSchema),
  tools: z.array(toolUsageSchema),
  totals: z.strictObject({ tables: count, queries: count, tools: count }).describe(totalsMeaning),
})
export type PersonDetail = z.infer<typeof personDetailSchema>

const personCount = z.strictObject({ person: personRefSchema, count })
export type PersonCount = z.infer<typeof personCount>

/** One table. */
export const tableDetailSchema = z.strictObject({
  usage: tableUsageSchema,
  days: z.array(z.string()),
  readers: z.array(personCount).describe('Who read it most'),
  writers: z.array(personCount),
  queries: z.array(queryUsageSchema),
  totals: z.strictObject({ readers: count, writers: count, queries: count }).describe(totalsMeaning),
})
export type TableDetail = z.infer<typeof tableDetailSchema>

/** One query: all executions of texts that differ in their literals only. */
export const queryDetailSchema = z.strictObject({
  usage: queryUsageSchema,
  days: z.array(z.string()),
  people: z.array(personCount),
  durations: z
    .array(z.strictObject({ fromMs: z.number(), toMs: z.number(), count }))
    .describe('Executions by how long they took, shortest first; `toMs` is not inside'),
  errors: z
    .array(z.strictObject({ error: z.string(), count }))
    .describe('Codes of errors, or their messages where they have none; the most frequent first'),
  tables: z.array(z.strictObject({ table: z.string(), count })),
  totals: z.strictObject({ people: count }).describe(totalsMeaning),
})
export type QueryDetail = z.infer<typeof queryDetailSchema>
