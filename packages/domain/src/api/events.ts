import * as z from 'zod'
import { statementKinds } from '../event-values.ts'
import { eventDraftSchema, policyDecisions, type AttributionFacts, type StoredEvent } from '../event.ts'

/** Requests and responses of the event routes: the source of their validation and of the OpenAPI description. */

const timeSchema = z.string().describe('RFC 3339, UTC, up to microseconds')

export const eventBatchSchema = z.strictObject({ events: z.array(eventDraftSchema).min(1).max(1000) })

export const acceptedSchema = z.strictObject({
  accepted: z.int(),
  ids: z.array(z.string()).optional().describe('In the order of the request; absent for NDJSON'),
})

const tableSchema = z.strictObject({
  name: z.string(),
  access: z.enum(['read', 'write']),
  temporary: z.boolean().optional(),
})

/** Each fact is there at most once; the type holds the list complete. */
const factsSchema = z.strictObject({
  application: z.string().optional(),
  dashboard: z.string().optional(),
  question: z.string().optional(),
  query: z.string().optional(),
  model: z.string().optional(),
  project: z.string().optional(),
  target: z.string().optional(),
  notebook: z.string().optional(),
  link: z.string().optional(),
  queryType: z.string().optional(),
  queryHash: z.string().optional(),
  execution: z.string().optional(),
  instance: z.string().optional(),
  scheduled: z.boolean().optional(),
  framework: z.string().optional(),
  controller: z.string().optional(),
  action: z.string().optional(),
  route: z.string().optional(),
  trace: z.string().optional(),
} satisfies Record<keyof AttributionFacts, z.ZodType>)

export const publicEventSchema = eventDraftSchema.extend({
  id: z.string(),
  occurredAt: timeSchema,
  receivedAt: timeSchema,
  outcome: z.enum(['success', 'failure', 'denied']),
  data: z.record(z.string(), z.unknown()).optional(),
  source: z.string().describe('`api`, `app`, or the id of the integration that recorded it'),
  position: z.strictObject({ node: z.string(), sequence: z.int() }),
  statement: z
    .strictObject({
      kind: z.enum(statementKinds),
      parsed: z.boolean(),
      tables: z.array(tableSchema),
      fingerprint: z.string(),
      normalized: z.string(),
      flags: z.array(z.string()),
    })
    .optional(),
  attribution: z
    .strictObject({
      login: z.string().optional(),
      claimed: z
        .strictObject({
          name: z.string().optional(),
          email: z.string().optional(),
          id: z.string().optional(),
        })
        .optional(),
      tool: z.string().optional(),
      trust: z
        .enum(['asserted', 'trusted', 'proven'])
        .describe(
          'proven: the database authenticated the person; trusted: said by a tool through the login that is ' +
            "registered as this tool's; asserted: said, not checked",
        ),
      facts: factsSchema
        .optional()
        .describe('What the tool tells beside who asked: dashboard, model, notebook...'),
      personId: z.string().optional().describe('The person of the directory who is the actor'),
      sent: eventDraftSchema.shape.actor
        .optional()
        .describe('The actor as sent, where another took its place'),
    })
    .optional(),
  tags: z
    .array(z.string())
    .optional()
    .describe('Tags of its tables when it came in, and `person.left`, `person.service` of who did it'),
  policy: z
    .strictObject({
      decision: z.enum(policyDecisions),
      policies: z.array(z.string()).describe('Names of the policies that forbid it'),
    })
    .optional()
    .describe('What policies decided when the query came in'),
})

type ServerOnlyField = 'workspaceId' | 'contentHash' | 'idFromSender'

/** What only the server needs of an event: it is never shown. */
export const serverOnlyFields: ReadonlySet<string> = new Set<ServerOnlyField>([
  'workspaceId',
  'contentHash',
  'idFromSender',
])

/** An event as the API shows it: without what only the server needs. */
export type PublicEvent = Omit<StoredEvent, ServerOnlyField>

/** The API's form of a stored event. */
export function toPublicEvent(event: StoredEvent): PublicEvent {
  const { workspaceId: _workspace, contentHash: _hash, idFromSender: _sent, ...shown } = event
  return shown
}

const searchParams = {
  q: z.string().optional().describe('A search, such as `type:query outcome:failure "drop table"`'),
  from: z
    .string()
    .optional()
    .describe('Inclusive; RFC 3339 or a day (UTC). Without it: the past 30 x 24 hours'),
  to: z.string().optional().describe('Exclusive; RFC 3339 or a day (UTC)'),
}

function wholeNumber(min: number, max: number, fallback: number): z.ZodType<number> {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,6}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, { message })
    .default(fallback)
}

export const searchQuerySchema = z.strictObject({
  ...searchParams,
  limit: wholeNumber(1, 1000, 100),
  cursor: z.string().optional().describe('`nextCursor` of the page before; q, from and to stay the same'),
})

export const tailQuerySchema = z.strictObject({
  q: searchParams.q,
  from: z
    .string()
    .optional()
    .describe('Leaves out events whose own time is earlier; RFC 3339 or a day (UTC). Without it: none'),
})

export const eventPageSchema = z.strictObject({
  events: z.array(publicEventSchema),
  nextCursor: z.string().optional(),
})
export type EventPageResponse = { events: PublicEvent[]; nextCursor?: string }

export const histogramQuerySchema = z.strictObject({
  ...searchParams,
  interval: z.enum(['1m', '5m', '1h', '1d', 'auto']).default('auto'),
})

export const histogramSchema = z.strictObject({
  interval: z.enum(['1m', '5m', '1h', '1d']),
  buckets: z.array(z.strictObject({ start: timeSchema, count: z.int(), failed: z.int() })),
})

export const facetNames = [
  'type',
  'actor',
  'email',
  'table',
  'outcome',
  'database',
  'application',
  'source',
  'kind',
  'tool',
] as const

export const facetsQuerySchema = z.strictObject({
  ...searchParams,
  fields: z
    .string()
    .optional()
    .describe(`Comma-separated: ${facetNames.join(', ')}; all of them by default`),
})

export const facetsSchema = z.strictObject({
  facets: z.partialRecord(
    z.enum(facetNames),
    z.strictObject({
      values: z.array(z.strictObject({ value: z.string(), count: z.int() })),
      other: z.int().describe('Events with a value that is not listed'),
    }),
  ),
})

/** Of every download that may be CSV. */
export const csvSafeSchema = z
  .enum(['0', '1'])
  .optional()
  .describe(
    "`1` puts ' before the text of a CSV cell that begins with = + - @ (also of full width), a tab or a line break, for spreadsheets that run formulas",
  )

export const exportQuerySchema = z.strictObject({
  ...searchParams,
  format: z.enum(['xlsx', 'csv', 'jsonl']),
  columns: z
    .string()
    .optional()
    .describe(
      'Comma-separated column ids; the default columns without it. Not for jsonl, which holds whole events',
    ),
  csv_safe: csvSafeSchema,
})
