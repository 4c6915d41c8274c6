import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startGateway } from './start-gateway.ts'
import { keptBytes } from './testing/kept-bytes.ts'
import { FakeServer, ready, welcome } from './testing/fake-server.ts'
import { header, int16, int32, message, RawClient, typed } from './testing/raw-client.ts'
import { startTestGateway, until, type TestGateway } from './testing/test-gateway.ts'

let server: FakeServer
let fixture: TestGateway

beforeEach(async () => {
  server = await FakeServer.start()
  fixture = await startTestGateway({ server: server.address })
})
afterEach(async () => {
  await fixture.gateway.close()
  await server.stop()
})

async function restart(options: Partial<Parameters<typeof startTestGateway>[0]>): Promise<void> {
  await fixture.gateway.close()
  fixture = await startTestGateway({ server: server.address, ...options })
}

const complete = (tag: string): Buffer => typed('C', Buffer.from(`${tag}\0`))
const done = Buffer.concat([complete('SELECT 0'), ready()])

/** A row of so many bytes. */
function row(bytes: number): Buffer {
  return typed('D', Buffer.concat([int16(1), int32(bytes), Buffer.alloc(bytes, 'x')]))
}

describe('a server', () => {
  test('that is away is told to the client and the log, and may come back', async () => {
    await fixture.gateway.close()
    const { address } = server
    await server.stop()
    fixture = await startTestGateway({ server: address })
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'ann', database: 'prod' }))
    await client.untilEnd()
    expect(client.errors()[0]).toMatchObject({
      S: 'FATAL',
      C: '08001',
      M: expect.stringContaining('ECONNREFUSED'),
    })
    expect(fixture.recorder.started[0]).toMatchObject({ session: { login: 'ann' }, error: { code: '08001' } })
    expect(fixture.gateway.status()).toMatchObject({ sessions: 0, counters: { serverFailures: 1 } })
    client.close()
  })

  test('of which a name with several addresses knows none is told with the reason', async () => {
    const { port } = server.address
    await server.stop()
    await fixture.gateway.close()
    fixture = await startTestGateway({ server: { host: 'localhost', port } })
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'ann' }))
    await client.untilEnd()
    expect(client.errors()[0]?.['M']).toContain('ECONNREFUSED')
    client.close()
  })

  test('that does not answer is given up with the sign-in', async () => {
    await restart({ limits: { signInMs: 50 } })
    server.onStartup = () => undefined
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'ann' }))
    await client.untilEnd()
    expect(client.errors()[0]?.['C']).toBe('57014')
    client.close()
  })

  test.each([
    ['ends', (end: FakeServer) => end.sockets.forEach((socket) => socket.end())],
    ['breaks off', (end: FakeServer) => end.sockets.forEach((socket) => socket.resetAndDestroy())],
  ])(
    'that %s in the middle of a statement leaves an event of which nobody knows the outcome',
    async (_, act) => {
      const client = await RawClient.signedIn(fixture.port)
      server.onData = () => act(server)
      client.send(message.query('delete from orders'))
      await client.untilEnd()
      expect(client.errors()[0]).toMatchObject({ S: 'FATAL', C: '08006' })
      client.close()
      await fixture.recorder.untilEnded()
      expect(fixture.recorder.facts()).toEqual([
        expect.objectContaining({
          text: expect.objectContaining({ sql: 'delete from orders' }),
          isOutcomeUnknown: true,
        }),
      ])
      expect(fixture.recorder.ended[0]?.end).toMatchObject({
        cause: 'server_failed',
        error: { code: '08006' },
      })
    },
  )

  test('that ends in the middle of a message ends the client without a word into it', async () => {
    const client = await RawClient.signedIn(fixture.port)
    client.clear()
    const part = row(1000).subarray(0, 500)
    server.onData = (socket) => socket.end(part)
    client.send(message.query('table orders'))
    await client.untilEnd()
    expect(client.bytes.equals(part)).toBe(true)
    client.close()
  })

  test('that ends before the sign-in is over is told', async () => {
    server.onStartup = (socket) => socket.destroy()
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'ann' }))
    await client.untilEnd()
    client.close()
    await until(() => fixture.recorder.started[0], 'the failed sign-in')
    expect(fixture.recorder.started[0]?.error?.code).toBe('08006')
  })

  test.each([
    ['an unknown type', typed('?')],
    ['a length of 0', header('D', 0)],
    ['a length of -1', header('D', -1)],
    ['a long ReadyForQuery', header('Z', 100_000)],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('that sends %s ends the session', async (_, bytes) => {
    const client = await RawClient.signedIn(fixture.port)
    server.onData = (socket) => socket.write(bytes)
    client.send(message.query('select 1'))
    await until(() => (client.isClosed || client.isEnded ? true : undefined), 'the end')
    client.close()
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ isOutcomeUnknown: true })])
    expect(fixture.recorder.ended[0]?.end.cause).toBe('protocol_fault')
  })

  test('that tells an error of a megabyte is read as far as is needed', async () => {
    const client = await RawClient.signedIn(fixture.port)
    const error = typed('E', Buffer.from(`SERROR\0VERROR\0C42P01\0M${'m'.repeat(1_000_000)}\0\0`))
    server.onData = (socket) => socket.write(Buffer.concat([error, ready()]))
    client.send(message.query('table nowhere'))
    await client.ready(2)
    expect((await fixture.recorder.statement('table nowhere')).error?.message.length).toBeLessThan(17_000)
    client.close()
  })
})

describe('a large result', () => {
  const chunk = Buffer.concat(Array.from({ length: 64 }, () => row(4096 - 11)))
  const chunksMax = 1200 // 300 MB

  /** Waits until the socket takes more, or is closed. */
  async function writable(socket: Socket): Promise<void> {
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        socket.off('drain', settle)
        socket.off('close', settle)
        resolve()
      }
      socket.on('drain', settle)
      socket.on('close', settle)
    })
  }

  /** Sends the rows as fast as they are taken. */
  async function sendRows(): Promise<void> {
    server.onData = (socket) => {
      void (async (): Promise<void> => {
        for (let i = 0; i < chunksMax && !socket.destroyed; i++) {
          if (!socket.write(chunk)) await writable(socket)
        }
        socket.write(done)
      })()
    }
  }

  test('of 300 MB passes without being kept', async () => {
    await sendRows()
    const client = await RawClient.signedIn(fixture.port)
    client.socket.removeAllListeners('data')
    let got = 0
    let most = 0
    let looks = 0
    const before = keptBytes()
    client.socket.on('data', (bytes: Buffer) => {
      got += bytes.length
      if (got < (looks + 1) * 50_000_000) return
      looks++
      most = Math.max(most, keptBytes() - before)
    })
    client.send(message.query('table large'))
    const facts = await fixture.recorder.statement('table large')
    expect(facts.rows).toBe(64 * chunksMax)
    await until(() => (got > chunksMax * chunk.length ? true : undefined), 'all bytes')
    expect(looks).toBeGreaterThan(4)
    expect(most).toBeLessThan(30_000_000)
    client.close()
  })

  test('for a client that does not read waits at the server, and others are served', async () => {
    await sendRows()
    const slow = await RawClient.signedIn(fixture.port)
    slow.socket.pause()
    const before = keptBytes()
    slow.send(message.query('table large'))
    await until(
      () => ([...server.sockets].some((socket) => socket.writableNeedDrain) ? true : undefined),
      'a full socket',
    )
    for (let i = 0; i < 20; i++) {
      const other = await RawClient.signedIn(fixture.port)
      other.close()
    }
    expect(keptBytes() - before).toBeLessThan(30_000_000)
    slow.socket.resetAndDestroy()
    await fixture.recorder.untilEnded(21)
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ isOutcomeUnknown: true })])
    expect(fixture.gateway.status()).toMatchObject({ sessions: 0, connections: 0 })
  })
})

describe('a client', () => {
  test('that ends its half gets what it asked for', async () => {
    server.onData = (socket) => {
      // The answer comes after the client has ended its half.
      socket.once('end', () => socket.end(Buffer.concat([row(10), complete('SELECT 1'), ready()])))
    }
    const client = await RawClient.signedIn(fixture.port)
    client.clear()
    client.socket.end(message.query('select 1'))
    await client.untilEnd()
    expect(client.types()).toBe('DCZ')
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ rows: 1, tag: 'SELECT 1' })])
  })

  test('that ends its half and is not answered is given up after a while', async () => {
    await restart({ limits: { halfClosedMs: 50 } })
    const client = await RawClient.signedIn(fixture.port)
    // This server keeps its half open.
    for (const socket of server.sockets) socket.allowHalfOpen = true
    client.socket.end(message.query('select 1'))
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ isOutcomeUnknown: true })])
    client.close()
  })

  test('that breaks off in the middle of a statement takes its server connection with it', async () => {
    const client = await RawClient.signedIn(fixture.port)
    const asked = new Promise((resolve) => (server.onData = resolve))
    client.send(message.query('select 1'))
    await asked
    client.socket.resetAndDestroy()
    await fixture.recorder.untilEnded()
    await until(() => (server.sockets.size === 0 ? true : undefined), 'the end at the server')
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ isOutcomeUnknown: true })])
    expect(fixture.recorder.ended[0]?.end.cause).toBe('client_left')
  })

  test('sends its password past everything that is kept', async () => {
    const seen: string[] = []
    server.onStartup = (socket) => {
      socket.write(typed('R', int32(3)))
      server.onData = (_, bytes) => {
        seen.push(bytes.toString())
        socket.write(welcome)
      }
    }
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'ann' }))
    await until(() => (client.types() === 'R' ? true : undefined), 'the question for a password')
    client.send(message.password('hunter2-very-secret'))
    await client.ready()
    client.close()
    await fixture.recorder.untilEnded()
    expect(seen.join('')).toContain('hunter2-very-secret')
    expect(JSON.stringify(fixture.recorder)).not.toContain('hunter2')
    expect(fixture.recorder.started[0]?.session.authentication).toEqual({
      identity: 'ann',
      method: 'password',
    })
  })
})

test('a gateway cannot listen where another one does', async () => {
  const { recorder } = fixture
  const listen = { host: '127.0.0.1', port: fixture.port }
  await expect(startGateway({ listen, server: server.address, recorder })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('EADDRINUSE'),
  })
})

describe('closing a gateway', () => {
  test('ends idle sessions with a word, and lets a statement that is executed end', async () => {
    const idle = await RawClient.signedIn(fixture.port)
    const busy = await RawClient.signedIn(fixture.port)
    let answer = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      server.onData = (socket, bytes) => {
        if (bytes[0] !== 0x51) return
        answer = () => void socket.write(done)
        resolve()
      }
    })
    busy.send(message.query('select 1'))
    await asked
    const closed = fixture.gateway.close()
    await idle.untilEnd()
    expect(idle.errors()[0]).toMatchObject({ S: 'FATAL', C: '57P01' })
    expect(busy.isEnded).toBe(false)
    answer()
    await busy.untilEnd()
    expect(busy.types()).toMatch(/CZE$/)
    idle.close()
    busy.close()
    await closed
    expect(fixture.recorder.ended.map(({ end }) => end.cause)).toEqual(['gateway_closed', 'gateway_closed'])
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ tag: 'SELECT 0' })])
  })

  test('does not wait for ever', async () => {
    await restart({ limits: { drainMs: 50 } })
    const busy = await RawClient.signedIn(fixture.port)
    const asked = new Promise((resolve) => (server.onData = resolve))
    busy.send(message.query('select 1'))
    await asked
    await fixture.gateway.close()
    expect(fixture.recorder.facts()).toEqual([expect.objectContaining({ isOutcomeUnknown: true })])
    busy.close()
  })
})
