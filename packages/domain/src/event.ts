import * as z from 'zod'
import { AuditError, formatPath, type Problem } from './error.ts'
import { checkData } from './event-data.ts'
import { actorTypes, outcomes, type statementKinds } from './event-values.ts'
import { toUtcTime } from './time.ts'

/**
 * The life of an event, one type for each stage:
 * `EventDraft` (as sent) -> `AuditEvent` (valid, complete) -> `EnrichedEvent` (who, what tables, where from)
 * -> `StoredEvent` (has its position in the journal).
 */
export const eventLimits = {
  /** The JSON text of one event as sent. */
  eventBytesMax: 512 * 1024,
  /** Events in one `{"events": [...]}`. */
  batchEventsMax: 1000,
  dataDepthMax: 100,
  textUnitsMax: 1024,
  targetsMax: 100,
} as const

const eventTypePattern = /^[a-z][a-z0-9_.]{0,63}$/

const text = z.string().max(eventLimits.textUnitsMax)

const actorSchema = z
  .strictObject({
    type: z.enum(actorTypes),
    id: text.optional(),
    name: text.optional(),
    email: text.optional(),
  })
  .refine((actor) => actor.id !== undefined || actor.name !== undefined || actor.email !== undefined, {
    message: 'needs an id, a name or an email',
  })

const targetSchema = z.strictObject({ type: text, id: text.optional(), name: text.optional() })

const contextSchema = z.strictObject({
  ip: text.optional(),
  userAgent: text.optional(),
  application: text.optional(),
  sessionId: text.optional(),
  requestId: text.optional(),
})

const dataSchema = z.unknown().superRefine((value, context) => {
  for (const problem of checkData(value, eventLimits.dataDepthMax)) {
    context.addIssue({ code: 'custom', path: problem.path, message: problem.message })
  }
})

/** The shape of an event as sent: the source of the types, of the validation and of the OpenAPI description. */
export const eventDraftSchema = z.strictObject({
  id: z.guid('must be a UUID').optional(),
  type: z.string().regex(eventTypePattern, `must match ${eventTypePattern.source}`),
  occurredAt: z
    .string()
    .refine((value) => toUtcTime(value) !== undefined, {
      message: 'must be an RFC 3339 time with at most microseconds, such as 2026-11-22T10:00:00.123456Z',
    })
    .optional(),
  actor: actorSchema,
  outcome: z.enum(outcomes).optional(),
  data: dataSchema.optional(),
  targets: z.array(targetSchema).max(eventLimits.targetsMax).optional(),
  context: contextSchema.optional(),
})

export type Actor = z.infer<typeof actorSchema>
export type Target = z.infer<typeof targetSchema>
export type EventContext = z.infer<typeof contextSchema>
export type Outcome = (typeof outcomes)[number]
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type EventData = { [key: string]: Json }

/** An event as an application sends it: only `type` and `actor` are required. */
export type EventDraft = Omit<z.infer<typeof eventDraftSchema>, 'data'> & { data?: EventData }

/** A valid event: every field that has a default has its value. */
export type AuditEvent = {
  /** Lower-case UUID. */
  id: string
  /** Whether the sender chose the id: only such ids can come twice. */
  idFromSender: boolean
  type: string
  /** RFC 3339 in UTC, up to microseconds. */
  occurredAt: string
  /** RFC 3339 in UTC, the server's clock. */
  receivedAt: string
  actor: Actor
  outcome: Outcome
  data?: EventData
  targets?: Target[]
  context?: EventContext
}

export type StatementKind = (typeof statementKinds)[number]

/** What the SQL of an event does. */
export type Statement = {
  kind: StatementKind
  /** False where the text could not be read as a whole: what is told is then all that is known. */
  parsed: boolean
  tables: { name: string; access: 'read' | 'write'; temporary?: boolean }[]
  fingerprint: string
  normalized: string
  flags: string[]
}

/** What a tool tells about a statement beside who asked for it. Each is one bounded line that a stranger may have written. */
export type AttributionFacts = {
  /** The application that sent it, in its own words. */
  application?: string
  dashboard?: string
  /** A saved question, card or chart. */
  question?: string
  /** A saved query. */
  query?: string
  /** What dbt builds: `model.shop.orders`. */
  model?: string
  project?: string
  target?: string
  /** Addresses, http or https only. */
  notebook?: string
  link?: string
  queryType?: string
  queryHash?: string
  /** The tool's own name of this run. */
  execution?: string
  /** The installation of the tool. */
  instance?: string
  scheduled?: boolean
  framework?: string
  controller?: string
  action?: string
  route?: string
  /** W3C traceparent. */
  trace?: string
}

/** The person behind a shared database login, and how sure that is. */
export type Attribution = {
  login?: string
  claimed?: { name?: string; email?: string; id?: string }
  tool?: string
  trust: 'asserted' | 'trusted' | 'proven'
  facts?: AttributionFacts
  /** The person in the directory who was put in as the actor. */
  personId?: string
  /** The actor as it was sent, where another was put in its place and it said more than the login. */
  sent?: Actor
}

export const policyDecisions = ['allowed', 'violation', 'excepted'] as const

/** What the workspace's policies said of a query when it came in. */
export type PolicyVerdict = {
  /** `excepted`: somebody was granted an exception from every policy that forbids it. */
  decision: (typeof policyDecisions)[number]
  /**
   * Names of the policies that forbid it; of a `violation` those without an exception. None where it is `allowed`.
   */
  policies: string[]
}

/** An event that knows its workspace and the way it came in, ready for the journal. */
export type EnrichedEvent = AuditEvent & {
  workspaceId: string
  /** The way in: `api`, `app`, or the id of an integration. */
  source: string
  /** Keyed hash (hex) of the draft's canonical JSON: tells a repeat from another event under the same id. */
  contentHash: string
  statement?: Statement
  attribution?: Attribution
  /** Tags of its tables as they were when it came in, and `person.left`, `person.service`: see `personTags`. */
  tags?: string[]
  /** Of a query, where the workspace has policies. */
  policy?: PolicyVerdict
}

/** Where an event stands in the journals: unique over all nodes, dense and growing in one. */
export type Position = { node: string; sequence: number }

/** An event as the log keeps it. */
export type StoredEvent = EnrichedEvent & { position: Position }

export type ReadEventOptions = {
  receivedAt: string
  /** Makes the id of an event that was sent without one. */
  createId: () => string
  /** Where the draft stands in what was sent, such as `events[3]`; empty for a single event. */
  path?: string
}

/**
 * The only place where unknown input becomes an `AuditEvent`.
 * Throws AuditError('invalid') with the path of every fault.
 */
export function parseEvent(input: unknown, options: ReadEventOptions): AuditEvent {
  const result = readEvent(input, options)
  if (Array.isArray(result)) throw new AuditError('invalid', 'The event is not valid.', { problems: result })
  return result
}

/** Like `parseEvent`, for callers that gather the faults of many events: the event, or its faults. */
export function readEvent(input: unknown, options: ReadEventOptions): AuditEvent | Problem[] {
  const parsed = eventDraftSchema.safeParse(input)
  if (!parsed.success) return toProblems(parsed.error, options.path ?? '')
  const { id, occurredAt, outcome, data, targets, context, type, actor } = parsed.data
  return {
    id: id?.toLowerCase() ?? options.createId(),
    idFromSender: id !== undefined,
    type,
    occurredAt: (occurredAt === undefined ? undefined : toUtcTime(occurredAt)) ?? options.receivedAt,
    receivedAt: options.receivedAt,
    actor,
    outcome: outcome ?? 'success',
    // checkData has just proved that this is a JSON object.
    ...(data === undefined ? {} : { data: data as EventData }),
    ...(targets === undefined ? {} : { targets }),
    ...(context === undefined ? {} : { context }),
  }
}

/** How many faults of one event are told: a hostile one may have hundreds of thousands. */
const problemsMax = 100

/** zod's issues as problems with paths like `events[1].actor.email`; each unknown field is named at its own path. */
export function toProblems(error: z.ZodError, prefix: string): Problem[] {
  const problems: Problem[] = []
  for (const issue of error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined]
    for (const key of keys) {
      if (problems.length >= problemsMax) {
        problems.push({ path: prefix, message: 'has more faults, which are not listed' })
        return problems
      }
      problems.push(
        key === undefined
          ? { path: formatPath(issue.path, prefix), message: issue.message }
          : { path: formatPath([...issue.path, key], prefix), message: 'is not a known field' },
      )
    }
  }
  return problems
}
