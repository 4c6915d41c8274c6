import { ApiError, readApiError } from './api-error.ts'
import { forgetBegunRequests, takeBegunRequest } from './begun-requests.ts'
import { noteServerDate } from './server-clock.ts'

type CallOptions = {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: unknown
  signal?: AbortSignal | undefined
  /** Told of the headers of an answer that is a success. */
  onHeaders?: (headers: Headers) => void
}

/**
 * Calls the server and returns the JSON of its answer (undefined for 204). `path` begins with `/api/`.
 * Throws ApiError; a call that was aborted throws the abort itself, which the query cache expects.
 */
export async function callApi<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const response = await send(path, options)
  if (!response.ok) {
    forgetBegunRequests()
    throw await readApiError(response)
  }
  noteServerDate(response.headers.get('date'))
  options.onHeaders?.(response.headers)
  const text = await response.text()
  // The server and this page are built and released together: its answers have the types that both were built with.
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

async function send(path: string, { method = 'GET', body, signal }: CallOptions): Promise<Response> {
  const begun = method === 'GET' ? takeBegunRequest(path) : undefined
  try {
    return await (begun ??
      fetch(path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      }))
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    throw new ApiError('unreachable', { cause })
  }
}

/** `?a=1&b=2` of the values that are there; empty if none is. */
export function queryString(values: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
