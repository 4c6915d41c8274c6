import { lookup } from 'node:dns/promises'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { DeliveryFailure } from './delivery-failure.ts'
import { isPublicAddress } from './public-address.ts'

export type Address = { address: string; family: number }

export type PostOptions = {
  /** Lets requests go to addresses that are not of the public internet. */
  allowPrivate: boolean
  /** All addresses of a name; the system's if not given. */
  resolve?: (name: string) => Promise<Address[]>
  /** No more of an answer is read. */
  answerBytesMax: number
  signal: AbortSignal
}

/**
 * Posts a body to an address that somebody has set, and returns the status of the answer.
 *
 * A name is resolved once, all of its addresses are looked at, and the connection goes to one that was: a name that means
 * another machine a moment later changes nothing. Redirects are not followed, proxies of the environment not used, and
 * nothing of an answer but its status is told: it could be of a machine that only this server reaches.
 * Throws DeliveryFailure, whose message holds nothing of the address but its host.
 */
export async function postJson(
  url: URL,
  { headers, body }: { headers: Record<string, string>; body: string },
  options: PostOptions,
): Promise<number> {
  const addresses = await resolveChecked(url, options)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const bytes = Buffer.from(body)
  return new Promise<number>((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        // A connection of its own: one that is kept could have been made for another name.
        agent: false,
        lookup: alwaysFind(addresses),
        signal: options.signal,
        headers: { ...headers, 'content-length': bytes.length },
      },
      (answer) => {
        readToEnd(answer, options.answerBytesMax).then(() => resolve(answer.statusCode ?? 0), reject)
      },
    )
    sent.on('error', reject)
    sent.end(bytes)
  }).catch((error: unknown) => {
    throw toFailure(error, url, options.signal)
  })
}

async function resolveChecked(
  { hostname }: URL,
  { allowPrivate, resolve = resolveName, signal }: PostOptions,
): Promise<Address[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  const addresses =
    family === 0 ? await untilAborted(resolve(host), signal, host) : [{ address: host, family }]
  if (addresses.length === 0) {
    throw new DeliveryFailure(`There is no address for ${host}.`, { passes: true })
  }
  const isRefused = !allowPrivate && addresses.some(({ address }) => !isPublicAddress(address))
  if (isRefused) {
    throw new DeliveryFailure(
      `${host} is not on the public internet. The operator of the server can allow that (AUDIT_WEBHOOK_ALLOW_PRIVATE).`,
      { passes: false },
    )
  }
  return addresses
}

async function resolveName(name: string): Promise<Address[]> {
  return lookup(name, { all: true })
}

/** The system's resolver cannot be stopped, but nobody has to wait for it. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal, host: string): Promise<T> {
  const gone = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
    if (signal.aborted) reject(new Error('aborted'))
  })
  try {
    return await Promise.race([promise, gone])
  } catch (cause) {
    throw new DeliveryFailure(`There is no address for ${host}.`, { passes: true, cause })
  }
}

/** Node asks in both forms. */
function alwaysFind(addresses: readonly Address[]): LookupFunction {
  return (_name, { all }, done) => {
    const [first] = addresses
    if (all === true) done(null, [...addresses])
    else if (first) done(null, first.address, first.family)
  }
}

async function readToEnd(answer: IncomingMessage, bytesMax: number): Promise<void> {
  let bytes = 0
  for await (const chunk of answer) {
    // A stream without an encoding gives bytes.
    bytes += (chunk as Buffer).length
    // Leaving the loop closes the connection.
    if (bytes > bytesMax) return
  }
}

function toFailure(error: unknown, { hostname }: URL, signal: AbortSignal): DeliveryFailure {
  if (signal.aborted) return new DeliveryFailure(`${hostname} did not answer in time.`, { passes: true })
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return new DeliveryFailure(`Cannot talk to ${hostname}: ${code}.`, { passes: true, cause: error })
}
