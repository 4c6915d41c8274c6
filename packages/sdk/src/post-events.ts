import { readRetryAfter } from './retry-delay.ts'

/** What came of one request with a batch. */
export type Answer =
  /** The log holds every event of the batch durably. */
  | { kind: 'accepted' }
  /** The log took none of them and will not: `guilty` are the places in the batch that it named, if it named any. */
  | { kind: 'refused'; status: number; message: string; guilty: { index: number; message: string }[] }
  /** It may work later. Whether the log has the events is unknown: their ids make a repeat safe. */
  | {
      kind: 'passing'
      status: number | undefined
      message: string
      retryAfterMs: number | undefined
      cause?: unknown
    }

export type Destination = { endpoint: string; authorization: string; requestTimeoutMs: number }

/** Statuses after which the same request may succeed. 507 is the log's disk being full: an admin can make room. */
const passingStatuses = new Set([408, 425, 429, 500, 502, 503, 504, 507])

/**
 * Sends events, given as JSON texts, in one request. Never throws: every outcome is an answer.
 * Aborting `signal` ends it with a passing answer.
 */
export async function postEvents(
  events: readonly string[],
  destination: Destination,
  signal: AbortSignal,
): Promise<Answer> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), destination.requestTimeoutMs)
  const abort = (): void => timeout.abort()
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    const response = await fetch(destination.endpoint, {
      method: 'POST',
      headers: { authorization: destination.authorization, 'content-type': 'application/json' },
      body: `{"events":[${events.join(',')}]}`,
      // A redirect would silently turn the request into a GET or lose its key.
      redirect: 'manual',
      signal: timeout.signal,
    })
    return await readAnswer(response, events.length)
  } catch (cause) {
    const late = timeout.signal.aborted && !signal.aborted
    const message = late ? `no answer within ${destination.requestTimeoutMs} ms` : describeCause(cause)
    return { kind: 'passing', status: undefined, message, retryAfterMs: undefined, cause }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

async function readAnswer(response: Response, sent: number): Promise<Answer> {
  const { status } = response
  const body = readJson(await response.text())
  if (status === 201) {
    // Anything can stand between an application and the log: only its own words count as its receipt.
    if (isRecord(body) && body['accepted'] === sent) return { kind: 'accepted' }
    return { kind: 'passing', status, message: 'the answer is not one of the log', retryAfterMs: undefined }
  }
  const message = describeProblem(status, body)
  if (passingStatuses.has(status) || (status >= 200 && status < 300)) {
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), Date.now())
    return { kind: 'passing', status, message, retryAfterMs }
  }
  return { kind: 'refused', status, message, guilty: readGuilty(body, sent) }
}

/** The events that a problem document (RFC 9457) names in its `errors`, as `{"path": "events[3].type", ...}`. */
function readGuilty(body: unknown, sent: number): { index: number; message: string }[] {
  if (!isRecord(body) || !Array.isArray(body['errors'])) return []
  const found = new Map<number, string>()
  for (const error of body['errors']) {
    if (!isRecord(error) || typeof error['path'] !== 'string') return []
    const match = /^events\[(\d{1,4})\](.*)$/.exec(error['path'])
    const index = Number(match?.[1] ?? Number.NaN)
    // A fault of the whole, or of an event that was not sent: nobody is known to be guilty.
    if (!(index < sent)) return []
    const fault = typeof error['message'] === 'string' ? error['message'] : 'is not valid'
    const words = `${match?.[2]?.replace(/^\./, '') ?? ''} ${fault}`.trim()
    found.set(index, found.has(index) ? `${found.get(index)}; ${words}` : words)
  }
  return [...found].map(([index, message]) => ({ index, message }))
}

function describeProblem(status: number, body: unknown): string {
  const detail = isRecord(body) ? (body['detail'] ?? body['title']) : undefined
  return typeof detail === 'string' ? `${status}: ${detail}` : `status ${status}`
}

/** `fetch` says only "fetch failed"; the reason stands in the cause. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
