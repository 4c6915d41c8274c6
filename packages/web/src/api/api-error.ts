import type { ErrorCode, Problem } from '@aleph-audit-log/domain/error'

/** The server's error codes, and the two faults that have none: a bug of the server, and no answer at all. */
export type ApiErrorCode = ErrorCode | 'internal' | 'unreachable'

const codeByStatus: Record<number, ErrorCode> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_media_type',
  422: 'invalid',
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
  507: 'storage_full',
}

const codes: ReadonlySet<string> = new Set(['overloaded', ...Object.values(codeByStatus)])

/** A call that did not succeed. `detail` is what the server said; the page shows `wordsForProblem(error)`. */
export class ApiError extends Error {
  readonly code: ApiErrorCode
  readonly status: number
  readonly detail: string | undefined
  readonly problems: readonly Problem[]
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ApiErrorCode,
    options: {
      status?: number
      detail?: string | undefined
      problems?: readonly Problem[]
      retryAfterSeconds?: number | undefined
      cause?: unknown
    } = {},
  ) {
    super(options.detail ?? code, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.code = code
    this.status = options.status ?? 0
    this.detail = options.detail
    this.problems = options.problems ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** True for an ApiError with this code. */
export function isApiError(error: unknown, code?: ApiErrorCode): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code)
}

/**
 * An answer that is no success as an ApiError. Reads RFC 9457 `application/problem+json`, better-auth's
 * `{code, message}` and, where the body is neither (a proxy's page), only the status.
 */
export async function readApiError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  const code = codeOf(response.status, textOf(body, 'code'))
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiError(code, {
    status: response.status,
    detail: code === 'internal' ? undefined : (textOf(body, 'detail') ?? textOf(body, 'message')),
    problems: problemsOf(body),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  })
}

function codeOf(status: number, code: string | undefined): ApiErrorCode {
  // The set holds exactly the server's codes.
  if (code !== undefined && codes.has(code)) return code as ErrorCode
  return codeByStatus[status] ?? 'internal'
}

function fieldOf(body: unknown, key: string): unknown {
  return typeof body === 'object' && body !== null && key in body ? Reflect.get(body, key) : undefined
}

function textOf(body: unknown, key: string): string | undefined {
  const value = fieldOf(body, key)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function problemsOf(body: unknown): Problem[] {
  const errors = fieldOf(body, 'errors')
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown): Problem[] => {
    const message = textOf(error, 'message')
    if (message === undefined) return []
    const start = fieldOf(error, 'start')
    const end = fieldOf(error, 'end')
    const suggestion = textOf(error, 'suggestion')
    return [
      {
        path: textOf(error, 'path') ?? '',
        message,
        ...(typeof start === 'number' ? { start } : {}),
        ...(typeof end === 'number' ? { end } : {}),
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ]
  })
}
