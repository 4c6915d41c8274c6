import { setTimeout as sleep } from 'node:timers/promises'
import { EventMaker } from '../made-events.ts'
import { LoadConnection } from '../load-connection.ts'
import { answerRequests } from '../worker.ts'

/**
 * Sends single events over keep-alive connections, one request at a time on each.
 * Closed loop (no `ratePerSecond`): the next request follows its connection's answer; tells the rate.
 * Open loop: requests are due at a fixed rate, whatever the server does, and wait where no connection is free. Latency
 * counts from when a request was due, so that a slow moment is felt by all who came in it (coordinated omission).
 */
export type HttpLoadRequest = {
  url: string
  authorization: string
  connections: number
  /** Before the clock starts. */
  warmUpSeconds: number
  seconds: number
  ratePerSecond?: number
}

export type HttpLoadResult = { answered: number; seconds: number; latenciesMs: number[] }

const distinctBodies = 2000

answerRequests(async (asked: HttpLoadRequest) => {
  const maker = new EventMaker(2)
  const { host } = new URL(asked.url)
  const requests = Array.from({ length: distinctBodies }, () => {
    const body = JSON.stringify(maker.make())
    return Buffer.from(
      `POST /api/v1/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${asked.authorization}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  })
  const connections = await Promise.all(
    Array.from({ length: asked.connections }, () => LoadConnection.open(asked.url)),
  )
  try {
    return asked.ratePerSecond === undefined
      ? await loadClosed(asked, connections, requests)
      : await loadOpen(asked, asked.ratePerSecond, connections, requests)
  } finally {
    for (const connection of connections) connection.close()
  }
})

async function loadClosed(
  { warmUpSeconds, seconds }: HttpLoadRequest,
  connections: LoadConnection[],
  requests: Buffer[],
): Promise<HttpLoadResult> {
  const startMs = performance.now() + warmUpSeconds * 1000
  const endMs = startMs + seconds * 1000
  const latenciesMs: number[] = []
  let sent = 0
  await Promise.all(
    connections.map(async (connection) => {
      for (let nowMs = performance.now(); nowMs < endMs;) {
        await connection.send(next(requests, sent++))
        const answeredMs = performance.now()
        if (answeredMs >= startMs && answeredMs < endMs) latenciesMs.push(answeredMs - nowMs)
        nowMs = answeredMs
      }
    }),
  )
  return { answered: latenciesMs.length, seconds, latenciesMs }
}

async function loadOpen(
  { warmUpSeconds, seconds }: HttpLoadRequest,
  ratePerSecond: number,
  connections: LoadConnection[],
  requests: Buffer[],
): Promise<HttpLoadResult> {
  const startMs = performance.now()
  const warmUp = Math.round(warmUpSeconds * ratePerSecond)
  const total = warmUp + Math.round(seconds * ratePerSecond)
  const latenciesMs: number[] = []
  let started = 0
  // Each connection takes the next request that is due, or waits for it: what is due while all are taken waits for one.
  await Promise.all(
    connections.map(async (connection) => {
      while (started < total) {
        const i = started++
        const dueMs = startMs + (i / ratePerSecond) * 1000
        const waitMs = dueMs - performance.now()
        if (waitMs > 0) await sleep(waitMs)
        await connection.send(next(requests, i))
        if (i >= warmUp) latenciesMs.push(performance.now() - dueMs)
      }
    }),
  )
  const lastedSeconds = (performance.now() - startMs) / 1000 - warmUpSeconds
  return { answered: latenciesMs.length, seconds: lastedSeconds, latenciesMs }
}

function next(requests: Buffer[], i: number): Buffer {
  return requests[i % requests.length] ?? Buffer.alloc(0)
}
