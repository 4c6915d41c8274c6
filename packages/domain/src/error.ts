/** Everything that can go wrong in a way a caller can act on. Any other exception is a bug. */
export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'overloaded'
  | 'unavailable'
  | 'storage_full'

/** One fault in what a caller sent: `path` is where (`events[1].actor.email`, empty for the whole), `message` says what. */
export type Problem = {
  path: string
  message: string
  /** In a search text: where the fault begins and ends, in UTF-16 units. */
  start?: number
  end?: number
  /** What to write instead, if it can be told. */
  suggestion?: string
}

/**
 * Facts that a front adds to its answer, such as how many lines of a stream were kept before the fault, or for how many
 * days events are kept where one is older.
 */
export type ErrorFacts = {
  accepted?: number
  line?: number
  retryAfterSeconds?: number
  retentionDays?: number
}

/** The one error class of the product. Callers decide on `code`, never on the message. */
export class AuditError extends Error {
  readonly code: ErrorCode
  readonly problems: readonly Problem[]
  readonly facts: ErrorFacts

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[]; facts?: ErrorFacts } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AuditError'
    this.code = code
    this.problems = options.problems ?? []
    this.facts = options.facts ?? {}
  }
}

/** True for an AuditError with this code. */
export function isAuditError(error: unknown, code?: ErrorCode): error is AuditError {
  return error instanceof AuditError && (code === undefined || error.code === code)
}

/** The path of a problem: `['events', 1, 'a b']` as `events[1]["a b"]`. */
export function formatPath(path: readonly PropertyKey[], prefix = ''): string {
  let out = prefix
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(String(step))) out += out === '' ? String(step) : `.${String(step)}`
    else out += `[${JSON.stringify(String(step))}]`
  }
  return out
}
