import { AuditError, type ErrorCode } from '@aleph-audit-log/domain/error'

/** One map from error codes to HTTP statuses: a new code does not compile until it is answered here. */
const statusOf: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  overloaded: 503,
  unavailable: 503,
  storage_full: 507,
}

const titleOf: Record<ErrorCode, string> = {
  invalid: 'Invalid request',
  unauthenticated: 'Not signed in',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  too_large: 'Too large',
  unsupported_media_type: 'Unsupported media type',
  rate_limited: 'Too many attempts',
  overloaded: 'Overloaded',
  unavailable: 'Unavailable',
  storage_full: 'Storage full',
}

/** When to try again, for the codes that pass by themselves. */
const retryAfterSeconds: Partial<Record<ErrorCode, number>> = {
  rate_limited: 60,
  overloaded: 1,
  unavailable: 5,
  storage_full: 30,
}

export type ErrorResponse = {
  status: number
  headers: Record<string, string>
  /** RFC 9457, section 3. */
  body: Record<string, unknown>
}

/** An error as the problem that a client sees. A bug (any error but AuditError) tells nothing of itself. */
export function toErrorResponse(error: unknown): ErrorResponse {
  if (!(error instanceof AuditError)) {
    return {
      status: 500,
      headers: { 'content-type': 'application/problem+json' },
      body: { type: 'about:blank', title: 'Internal error', status: 500, code: 'internal' },
    }
  }
  const { code, problems, facts } = error
  const { retryAfterSeconds: retryAfter = retryAfterSeconds[code], ...shownFacts } = facts
  return {
    status: statusOf[code],
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
    },
    body: {
      type: 'about:blank',
      title: titleOf[code],
      status: statusOf[code],
      code,
      detail: error.message,
      ...(problems.length === 0 ? {} : { errors: problems }),
      ...shownFacts,
    },
  }
}
