type RetrySettings = { retryFirstMs: number; retryMaxMs: number }

/** A server that asks for more patience than this is asked again all the same. */
const retryAfterMsMax = 5 * 60_000

/**
 * How long to wait before a repeat: doubles with each failed attempt (from 1), and half of it is random, so that
 * many clients of one log do not come back together. Never shorter than the server asked for.
 */
export function retryDelayMs(attempt: number, settings: RetrySettings, serverAskedMs = 0): number {
  const whole = Math.min(settings.retryMaxMs, settings.retryFirstMs * 2 ** (attempt - 1))
  const own = whole / 2 + (Math.random() * whole) / 2
  return Math.max(own, Math.min(serverAskedMs, retryAfterMsMax))
}

/** A Retry-After header (RFC 9110, section 10.2.3), seconds or a date, as ms from now; undefined if it is neither. */
export function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
