/** A bind value: as text where it was sent so or its type is known, else its bytes. */
export type BindValue = string | null | Buffer

/** The values of one execution. */
export type BindValues = {
  values: BindValue[]
  /** The OIDs of their types, as far as client or server told them; 0 is unknown. */
  types: readonly number[]
  /** How many were sent. */
  count: number
  /** False where not all values could be read, as they are too long or too many. */
  isComplete: boolean
  /** Their size on the wire, and of those that were read. */
  bytes: number
  keptBytes: number
}

/** What the server says of a failure (section "Error and Notice Message Fields"). */
export type ErrorFacts = { code: string; message: string; severity: string }

export type TransactionState = 'idle' | 'in_transaction' | 'failed'

/** What was to be done when a statement failed before it was executed. */
export type FailedStep = 'parse' | 'bind' | 'describe' | 'close' | 'sync'

/** A text of SQL as it was sent. */
export type SqlText = {
  /** Undefined: the session's prepared statements had outgrown what is kept, or the statement is not known. */
  sql: string | undefined
  /** UTF-8 bytes of the whole text. */
  bytes: number
  /** The text is longer than what is read of one. */
  isCut: boolean
}

/** Of a statement that is not known. */
export const unknownText: SqlText = { sql: undefined, bytes: 0, isCut: false }

/** A statement that is about to go to the server. */
export type Intent = {
  /** Counts up in the session; the statements made of it name it. */
  intent: number
  protocol: 'simple' | 'extended' | 'function_call'
  startedAt: number
  text: SqlText
  /** What its name meant before: it is executed if the server refuses what was sent to take its place. */
  before?: SqlText
  statementName?: string
  functionOid?: number
  bind?: BindValues
}

/** A statement that has ended, one way or another. Times are those of `performance.now()`. */
export type StatementFacts = {
  /** Counts up in the session. */
  sequence: number
  /** The intent it comes from; 0 where none was asked for. */
  intent: number
  protocol: 'simple' | 'extended' | 'function_call'
  text: SqlText
  startedAt: number
  durationMs: number
  firstRowMs?: number
  /** Of a prepared statement that has a name. */
  statementName?: string
  /** What `EXECUTE name` executed. */
  preparedSql?: string
  functionOid?: number
  bind?: BindValues
  /** The values of a batch: those of every execution, as far as they are kept. */
  batch?: BindValues[]
  executions: number
  /** Rows that went to the client, else those that the server says it touched. */
  rows?: number
  /** What the rows (or, of COPY, its data) take. */
  bytes: number
  copy?: 'in' | 'out' | 'both'
  /** The server's word for what was done, such as `INSERT 0 1`. */
  tag?: string
  transaction: TransactionState
  application?: string
  error?: ErrorFacts
  failedStep?: FailedStep
  /** A text of several statements that could not be told apart: the event is for all of them. */
  statements?: number
  /** The client did not fetch all of its rows. */
  isPartial?: true
  /** The session ended before the server told how the statement did. */
  isOutcomeUnknown?: true
  /** The gateway did not let it pass. */
  isRefused?: true
}
