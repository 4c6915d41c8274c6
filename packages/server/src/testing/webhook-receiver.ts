import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type ReceivedPost = { method: string; path: string; headers: IncomingHttpHeaders; body: string }

export type WebhookReceiver = {
  /** `http://127.0.0.1:PORT` */
  url: string
  port: number
  received: ReceivedPost[]
  /** Statuses of the next answers; 200 when there are none. Undefined: no answer at all. */
  answers: (number | undefined)[]
  /** Sent with each answer. */
  headers: Record<string, string>
  /** Runs when a post is there whole, before it is answered; `left` is there when who sent it waits no more. */
  onPost: (left: Promise<unknown>) => Promise<void>
  close: () => Promise<void>
}

/** A real HTTP server on 127.0.0.1 that keeps what it is sent. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const server = createServer((request, answer) => {
    void (async () => {
      const left = once(answer, 'close')
      const body = (await buffer(request)).toString('utf8')
      const { method = '', url = '', headers } = request
      receiver.received.push({ method, path: url, headers, body })
      await receiver.onPost(left)
      const status = receiver.answers.length > 0 ? receiver.answers.shift() : 200
      if (status !== undefined) answer.writeHead(status, receiver.headers).end('an answer')
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a port of TCP.
  const { port } = server.address() as AddressInfo
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}`,
    port,
    received: [],
    answers: [],
    headers: {},
    onPost: async () => undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
