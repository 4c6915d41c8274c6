import { mkdtemp, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GroupCommit } from '../ingest/group-commit.ts'
import { Journal } from '../journal/journal.ts'
import { createApp } from './app.ts'
import { BodyBudget } from './body-budget.ts'

const idleMs = 800

let app: FastifyInstance
let bodies: BodyBudget
let bugs: unknown[]
beforeEach(async () => {
  bugs = []
  bodies = new BodyBudget(1_000_000)
  app = createApp({
    trustProxy: false,
    bodyBytesMax: 100_000,
    bodies,
    settingsBodyBytesMax: 1000,
    settingsBodies: new BodyBudget(1000),
    settingsBodyMsMax: 1000,
    headersTimeoutMs: 1000,
    requestIdleMs: idleMs,
    connectionsMax: 10,
    now: Date.now,
    checkRequest: () => undefined,
    onBug: (error) => void bugs.push(error),
  })
  app.post('/api/v1/events', async () => ({ ok: true }))
  app.post('/settings', async () => ({ ok: true }))
  app.get('/large', async () => 'x'.repeat(50_000_000))
  app.get('/thinking', async () => {
    await delay(3 * idleMs)
    return { ok: true }
  })
})
afterEach(async () => {
  await app.close()
})

async function dial(): Promise<Socket> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const head = (length: number): string =>
  `POST /api/v1/events HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

const connections = async (): Promise<number> =>
  new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )

describe('clients that are slow', () => {
  it('hangs up on one that stops in the middle of a body, and gives back what it took', async () => {
    const socket = await dial()
    socket.write(`${head(5000)}${' '.repeat(1000)}`)
    await vi.waitFor(() => expect(bodies.bytes).toBe(1000))
    socket.resume()
    await once(socket, 'close')
    await vi.waitFor(() => expect(bodies.bytes).toBe(0))
    expect(bugs).toEqual([])
  })

  it('waits for one that sends a byte now and then', async () => {
    const socket = await dial()
    const body = '{"type":"slow"}'
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.write(head(body.length))
    for (const byte of body) {
      socket.write(byte)
      await delay(idleMs / 8)
    }
    await vi.waitFor(() => expect(answer).toContain('200 OK'))
    socket.destroy()
  })

  it('hangs up on one that sends a byte now and then of what strangers may send', async () => {
    const socket = await dial()
    socket.write(head(1000).replace('/api/v1/events', '/settings'))
    const trickle = setInterval(() => socket.write(' '), idleMs / 8)
    const startMs = performance.now()
    socket.resume()
    await once(socket, 'close')
    clearInterval(trickle)
    expect(performance.now() - startMs).toBeLessThan(10 * idleMs)
    expect(bugs).toEqual([])
  })

  it('hangs up on one that does not take its answer', async () => {
    const socket = await dial()
    socket.pause()
    socket.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
    await vi.waitFor(async () => expect(await connections()).toBe(0), { timeout: 10 * idleMs })
    expect(bugs).toEqual([])
    socket.destroy()
  })

  it('does not take the time that an answer needs for silence', async () => {
    const socket = await dial()
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.write('GET /thinking HTTP/1.1\r\nhost: a\r\n\r\n')
    await vi.waitFor(() => expect(answer).toContain('200 OK'), { timeout: 20 * idleMs })
    socket.destroy()
  })
})

describe('a server that is asked for more than it can keep', () => {
  it('answers 503 with Retry-After when the queue is full, and keeps what it took', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'overload-'))
    const journal = await Journal.open(
      dir,
      {
        segmentBytesMax: 1_000_000,
        payloadBytesMax: 100_000,
        unappliedBytesMax: 1_000_000,
        appliedKeptMs: 1000,
        appliedKeptBytes: 1_000_000,
      },
      Date.now,
    )
    const commit = new GroupCommit(journal, { groupBytesMax: 1000, queueBytesMax: 3000 }, () => undefined)
    app.post('/keep', async () => ({ sequence: await commit.append([Buffer.alloc(1000)]) }))
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => app.inject({ method: 'POST', url: '/keep' })),
    )
    const kept = answers.filter(({ statusCode }) => statusCode === 200)
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    expect([kept.length > 0, refused.length > 0, kept.length + refused.length]).toEqual([true, true, 50])
    for (const answer of refused) {
      expect(answer.headers['retry-after']).toBe('1')
      expect(answer.json()).toMatchObject({ code: 'overloaded' })
    }
    expect(journal.lastSequence).toBe(kept.length)
    await journal.close()
    await rm(dir, { recursive: true })
  })
})
