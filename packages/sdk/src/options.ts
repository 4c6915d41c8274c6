import type { DeliveryError } from './delivery-error.ts'

export type AuditLogOptions = {
  /** Where the log runs, such as `https://audit.example.com`. */
  url: string
  /** A key with the scope `events:write`. */
  apiKey: string
  /**
   * Called with every event that did not get into the log and why. Prints a line to stderr if absent:
   * an application that must not lose events keeps `error.events` somewhere.
   */
  onError?: (error: DeliveryError) => void
  /** When the queue is full, `record` waits for room (`wait`, the default) or rejects at once (`reject`). */
  onFull?: 'wait' | 'reject'
  /** Events and bytes that are held until the log has them. */
  queueEventsMax?: number
  queueBytesMax?: number
  /** Calls of `record` that may wait for room; the next one rejects. */
  waitingEventsMax?: number
  /** Events and bytes in one request. The log takes at most 1,000 events. */
  batchEventsMax?: number
  batchBytesMax?: number
  /** A request that takes longer is sent again. */
  requestTimeoutMs?: number
  /** The pause before the first repeat; it doubles with each one up to `retryMaxMs`, and half of it is random. */
  retryFirstMs?: number
  retryMaxMs?: number
  /** A batch that could not be delivered for so long is handed to `onError`. */
  giveUpAfterMs?: number
}

export type Settings = Required<Omit<AuditLogOptions, 'url' | 'apiKey'>> & {
  endpoint: string
  authorization: string
}

/** One event may have at most so many bytes of JSON: the log's own limit. */
export const eventBytesMax = 512 * 1024
const batchEventsLimit = 1000

const defaults = {
  queueEventsMax: 10_000,
  queueBytesMax: 32 * 1024 * 1024,
  waitingEventsMax: 10_000,
  batchEventsMax: batchEventsLimit,
  batchBytesMax: 4 * 1024 * 1024,
  requestTimeoutMs: 30_000,
  retryFirstMs: 250,
  retryMaxMs: 30_000,
  giveUpAfterMs: 10 * 60_000,
}

/** Checks what a programmer wrote. Throws TypeError with what is wrong: a server with a wrong key should not start. */
export function readOptions(options: AuditLogOptions): Settings {
  const { url, apiKey, onError, onFull, ...limits } = options
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new TypeError('apiKey must be the text of an API key')
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in defaults)) throw new TypeError(`${name} is not an option`)
    if (value === undefined) continue
    if (!(value > 0) || (Number.isFinite(value) && !Number.isInteger(value))) {
      throw new TypeError(`${name} must be a whole number above 0`)
    }
  }
  const settings = {
    ...defaults,
    ...present(limits),
    endpoint: `${readUrl(url)}/api/v1/events`,
    authorization: `Bearer ${apiKey}`,
    onError: onError ?? printError,
    onFull: onFull ?? 'wait',
  }
  if (settings.batchEventsMax > batchEventsLimit) throw new TypeError('batchEventsMax must be at most 1000')
  return settings
}

/** An option that is given as undefined has its default. */
function present(values: Partial<typeof defaults>): Partial<typeof defaults> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function readUrl(text: string): string {
  const url = parseUrl(text)
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('url must be an http or https address, such as https://audit.example.com')
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('url must be an address without a user, a query or a fragment')
  }
  return url.href.replace(/\/+$/, '')
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function printError(error: DeliveryError): void {
  // oxlint-disable-next-line no-console -- the only way to be heard in an application that has set no onError
  console.error(`Aleph Audit Log: ${error.message}`)
}
