import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EventDraft } from '../event-draft.ts'

/** What the log does with one request instead of its duty. */
export type Misbehaviour =
  | { kind: 'answer'; status: number; retryAfter?: string; body?: unknown }
  | { kind: 'hang up' }
  /** The worst moment: the events are in the log, and nobody tells. */
  | { kind: 'hang up after storing' }
  | { kind: 'never answer' }
  /** Answers only when `release` is called. */
  | { kind: 'wait' }

export type MisbehavingLog = {
  url: string
  /** What the log holds, in the order in which it came in. */
  stored: EventDraft[]
  /** The number of events in each request. */
  requests: number[]
  /** When each request came, ms. */
  requestTimes: number[]
  authorizations: (string | undefined)[]
  /** Misbehaviours of the next requests, first in first out. */
  plan: Misbehaviour[]
  /** What this log refuses: `named` answers with the places of the events, `unnamed` only that something is wrong. */
  refuse: { isGuilty: (event: EventDraft) => boolean; how: 'named' | 'unnamed'; status: number } | undefined
  /** Resolves when so many requests have come. */
  received: (requests: number) => Promise<void>
  release: () => void
  close: () => Promise<void>
}

/** A log on a port of its own that keeps the contract of `POST /api/v1/events`, except where a test tells it not to. */
export async function startMisbehavingLog(): Promise<MisbehavingLog> {
  const waiters: { requests: number; resolve: () => void }[] = []
  const held: (() => void)[] = []
  const server = createServer((request, response) => void answer(log, wake, held, request, response))
  const log: MisbehavingLog = {
    url: '',
    stored: [],
    requests: [],
    requestTimes: [],
    authorizations: [],
    plan: [],
    refuse: undefined,
    received: (requests) =>
      new Promise((resolve) => {
        waiters.push({ requests, resolve })
        wake()
      }),
    release: () => held.splice(0).forEach((send) => send()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const wake = (): void => {
    for (const waiter of waiters) if (log.requests.length >= waiter.requests) waiter.resolve()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The server listens on TCP, so this is no pipe's name.
  log.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return log
}

async function answer(
  log: MisbehavingLog,
  wake: () => void,
  held: (() => void)[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  // The client under test wrote this: a wrong shape fails the test that looks at it.
  const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: EventDraft[] }
  log.authorizations.push(request.headers.authorization)
  log.requestTimes.push(performance.now())
  const behaviour = log.plan.shift()
  log.requests.push(events.length)
  wake()
  if (behaviour?.kind === 'hang up') return void request.socket.destroy()
  if (behaviour?.kind === 'never answer') return
  if (behaviour?.kind === 'answer') {
    if (behaviour.retryAfter !== undefined) response.setHeader('retry-after', behaviour.retryAfter)
    return send(response, behaviour.status, behaviour.body ?? { title: 'A plan of the test' })
  }
  if (behaviour?.kind === 'wait') await new Promise<void>((resolve) => held.push(resolve))
  const guilty = events.flatMap((event, index) => (log.refuse?.isGuilty(event) === true ? [index] : []))
  if (log.refuse !== undefined && guilty.length > 0) {
    const errors = guilty.map((index) => ({ path: `events[${index}].data`, message: 'is not wanted here' }))
    return send(response, log.refuse.status, {
      title: 'Not valid',
      detail: 'The events are not valid.',
      ...(log.refuse.how === 'named' ? { errors } : {}),
    })
  }
  const known = new Set(log.stored.map((event) => event.id))
  log.stored.push(...events.filter((event) => !known.has(event.id)))
  if (behaviour?.kind === 'hang up after storing') return void request.socket.destroy()
  send(response, 201, { accepted: events.length, ids: events.map((event) => event.id) })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status
  response.setHeader('content-type', status < 300 ? 'application/json' : 'application/problem+json')
  response.end(JSON.stringify(body))
}
