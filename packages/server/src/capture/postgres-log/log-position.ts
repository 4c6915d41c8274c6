import * as z from 'zod'
import { AuditError } from '@aleph-audit-log/domain/error'

/**
 * How far a log has been read, and what of the lines before is needed to go on: everything here has been masked. The
 * one source of these types; a saved position is believed only after it has been parsed.
 */
const text = z.string()
const count = z.number().int().nonnegative()

const sourceSchema = z.strictObject({
  timestamp: text,
  sessionId: text,
  lineNum: count,
  sessionStart: text,
  sessionStartSeconds: count,
  login: text.exactOptional(),
  database: text.exactOptional(),
  host: text.exactOptional(),
  port: count.exactOptional(),
  application: text.exactOptional(),
  backendType: text.exactOptional(),
  ps: text.exactOptional(),
  queryId: text.exactOptional(),
  timeEstimated: z.literal(true).exactOptional(),
  notUtf8: z.literal(true).exactOptional(),
})

const bindValueSchema = z.union([
  z.null(),
  text,
  z.strictObject({ type: text, length: count.exactOptional() }),
])

const sqlSchema = z.strictObject({
  sql: text,
  sqlTruncatedBytes: count.exactOptional(),
  sqlHash: text.exactOptional(),
  bind: z.array(bindValueSchema).exactOptional(),
  bindCount: count.exactOptional(),
  bindReduced: z.literal(true).exactOptional(),
  bindIncomplete: z.literal(true).exactOptional(),
})

const errorSchema = z.strictObject({
  code: text,
  message: text,
  messageTruncatedBytes: count.exactOptional(),
})

const authenticationSchema = z.strictObject({ identity: text, method: text })

const pendingSchema = z.strictObject({ source: sourceSchema, statement: sqlSchema, sinceMs: z.number() })

const sessionSchema = z.strictObject({
  lastLine: count,
  startSeconds: count,
  /** Signed in, as far as the lines tell. */
  open: z.boolean(),
  authentication: authenticationSchema.exactOptional(),
  pending: pendingSchema.exactOptional(),
  lastError: errorSchema.exactOptional(),
})

const sessionsSchema = z.strictObject({
  /** Sessions that began later are expected to be seen from their first line. Unix seconds. */
  knownSinceSeconds: count.exactOptional(),
  /** By session id; the one that was silent for longest comes first. */
  sessions: z.array(z.tuple([text, sessionSchema])),
  /** Ended sessions and their last line. */
  ended: z.array(z.tuple([text, count])),
})

const fileSchema = z.strictObject({
  path: text,
  inode: text,
  /** Hash of the file's beginning: tells a file from another that got its name or inode. */
  head: text,
  /** Time of its first line, UTC: the order of the files. */
  startedAt: text,
  /** The beginning of the first line not read yet. */
  offset: count,
})

const clockSchema = z.strictObject({ zones: z.record(text, z.number()), last: text.exactOptional() })

const tooOldSchema = z.strictObject({ count, oldest: text, newest: text })

export const logPositionSchema = z.strictObject({
  version: z.literal(1),
  file: fileSchema,
  sessions: sessionsSchema,
  clock: clockSchema,
  /** Events that the log refused as too old and has not been told of yet. */
  tooOld: tooOldSchema.exactOptional(),
})

export type EntrySource = z.infer<typeof sourceSchema>
export type EntrySql = z.infer<typeof sqlSchema>
export type BindValue = z.infer<typeof bindValueSchema>
export type EntryError = z.infer<typeof errorSchema>
export type Authentication = z.infer<typeof authenticationSchema>
export type SessionState = z.infer<typeof sessionSchema>
export type SessionLinesState = z.infer<typeof sessionsSchema>
export type FilePosition = z.infer<typeof fileSchema>
export type LogPosition = z.infer<typeof logPositionSchema>

/** Reads a saved position. Throws AuditError('conflict') for one that this version did not write. */
export function parseLogPosition(saved: unknown): LogPosition {
  const parsed = logPositionSchema.safeParse(saved)
  if (parsed.success) return parsed.data
  throw new AuditError(
    'conflict',
    'The saved reading position was written by another version and cannot be used. Delete the integration and add it again.',
    { cause: parsed.error },
  )
}
