/** The named limits of reading a PostgreSQL log. Sizes in bytes, times in ms. */
export const postgresLogLimits = {
  pollMs: 250,
  /** How often all files of the log folder are looked at; what can be told at once is found at each poll. */
  lookAgainMs: 5000,
  readBytes: 64 * 1024,
  /** A line up to this size is read as it is; of a longer one the long values are cut (and the event says so). */
  lineBytesMax: 4 * 1024 * 1024,
  /** What is kept of one value of such a line. */
  longValueBytesMax: 1024 * 1024,
  /** What is kept of such a line in all; more than that is no log line. */
  longLineBytesMax: 8 * 1024 * 1024,
  /** Parts of an event, as JSON; together they stay below `eventLimits.eventBytesMax`. */
  sqlBytesMax: 384 * 1024,
  errorBytesMax: 16 * 1024,
  bindBytesMax: 64 * 1024,
  bindParametersMax: 1000,
  /** Sessions that are followed for missing lines, and ended ones that are remembered. */
  sessionsMax: 4096,
  endedSessionsMax: 256,
  /** With `log_statement`: how long a statement waits for the line that tells how it ended, and how many may wait. */
  pendingMsMax: 30_000,
  pendingBytesMax: 2 * 1024 * 1024,
  batchEventsMax: 1000,
  batchBytesMax: 4 * 1024 * 1024,
  /** The position is saved after each batch, and so often while lines come that make no events. */
  idleSaveMs: 5000,
  retryMs: { first: 250, max: 30_000 },
} as const

export type PostgresLogLimits = {
  [K in keyof typeof postgresLogLimits]: (typeof postgresLogLimits)[K] extends number
    ? number
    : { first: number; max: number }
}
