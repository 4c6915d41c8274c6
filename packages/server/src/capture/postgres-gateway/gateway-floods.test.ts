import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keptBytes } from './testing/kept-bytes.ts'
import { FakeServer, ready } from './testing/fake-server.ts'
import { message, RawClient, typed } from './testing/raw-client.ts'
import { startTestGateway, until, type TestGateway } from './testing/test-gateway.ts'

let server: FakeServer
let fixture: TestGateway

beforeEach(async () => {
  server = await FakeServer.start()
  fixture = await startTestGateway({ server: server.address, limits: { drainMs: 100 } })
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

describe('a flood', () => {
  test('of 100,000 Binds that the server does not answer stops at what may be pending', async () => {
    let taken = 0
    server.onData = (_socket, bytes) => (taken += bytes.length)
    const client = await RawClient.signedIn(fixture.port)
    const binds = Buffer.concat(Array.from({ length: 1000 }, () => message.bind('', 's', ['x'.repeat(100)])))
    for (let i = 0; i < 100; i++) client.send(binds)
    const size = message.bind('', 's', ['x'.repeat(100)]).length
    await until(() => (taken >= 10_000 * size ? true : undefined), 'as many as may be pending')
    const other = await RawClient.signedIn(fixture.port)
    other.close()
    // At most one chunk more.
    expect(taken / size).toBeLessThan(10_000 + 70_000 / size)
    const held = taken
    for (const socket of server.sockets)
      socket.write(Buffer.concat(Array.from({ length: 9000 }, () => typed('2'))))
    await until(() => (taken > held ? true : undefined), 'the next ones')
    client.close()
  })

  test('of 20,000 queries in one go is told whole and in order', async () => {
    let left = Buffer.alloc(0)
    server.onData = (socket, bytes) => {
      left = Buffer.concat([left, bytes])
      const answers: Buffer[] = []
      for (; left.length >= 5;) {
        const end = 1 + left.readInt32BE(1)
        if (end > left.length) break
        if (left[0] === 0x51) answers.push(done)
        left = left.subarray(end)
      }
      socket.write(Buffer.concat(answers))
    }
    const client = await RawClient.signedIn(fixture.port)
    client.send(...Array.from({ length: 20_000 }, (_, i) => message.query(`select ${i}`)))
    await until(() => (fixture.recorder.statements.length === 20_000 ? true : undefined), 'all statements')
    expect(fixture.recorder.sql()).toEqual(Array.from({ length: 20_000 }, (_, i) => `select ${i}`))
    client.close()
  })

  test('of a query of 30 MB passes, and is told cut with its length', async () => {
    let taken = 0
    server.onData = (socket, bytes) => {
      taken += bytes.length
      if (taken === giant.length) socket.write(done)
    }
    const sql = `select '${'x'.repeat(30_000_000)}'`
    const giant = message.query(sql)
    const client = await RawClient.signedIn(fixture.port)
    client.send(giant)
    await client.ready(2)
    await until(() => fixture.recorder.statements[0], 'the statement')
    const { text } = fixture.recorder.facts()[0] ?? {}
    expect(text).toMatchObject({ bytes: sql.length, isCut: true })
    expect(text?.sql).toBe(sql.slice(0, 1024 * 1024))
    client.close()
  })

  test.each([
    ['Binds with long values', (): Buffer => message.bind('', 's', ['v'.repeat(60_000)])],
    ['Parses of long texts', (i: number): Buffer => message.parse(`s${i}`, `select '${'t'.repeat(60_000)}'`)],
    ['Parses with long names', (i: number): Buffer => message.parse(`${i}`.padEnd(60_000, 'n'), 'select 1')],
    ['long queries', (): Buffer => message.query(`select '${'q'.repeat(60_000)}'`)],
  ])('of %s that are not answered does not fill the memory', async (_, next) => {
    let taken = 0
    server.onData = (_socket, bytes) => (taken += bytes.length)
    const client = await RawClient.signedIn(fixture.port)
    const before = keptBytes()
    let sent = 0
    for (let i = 0; i < 3000 && !client.socket.destroyed; i++) {
      const bytes = next(i)
      sent += bytes.length
      client.send(bytes)
      // A client that is not read any more is no reason to wait for ever.
      if (i % 50 === 49)
        await Promise.race([until(() => (taken >= sent ? true : undefined), 'all'), sleep(100)])
      if (taken < sent && client.socket.writableLength > 8_000_000) break
    }
    // What is kept of texts and values, and what the client could not get rid of.
    expect(keptBytes() - before).toBeLessThan(60_000_000)
    client.close()
    // A client that is not read is not seen to leave; that the server does is seen.
    for (const socket of server.sockets) socket.destroy()
    await fixture.recorder.untilEnded()
  })

  test('of 500 idle clients is nothing to one that works', async () => {
    const idle = await Promise.all(Array.from({ length: 500 }, async () => RawClient.signedIn(fixture.port)))
    expect(fixture.gateway.status().sessions).toBe(500)
    server.onData = (socket) => socket.write(done)
    const client = await RawClient.signedIn(fixture.port)
    client.send(message.query('select 1'))
    await client.ready(2)
    for (const other of [...idle, client]) other.close()
    await fixture.recorder.untilEnded(501)
  })

  test('of 1000 clients that come and go leaves nothing', async () => {
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all(
        Array.from({ length: 50 }, async () => RawClient.signedIn(fixture.port)),
      )
      for (const client of clients) client.close()
    }
    await fixture.recorder.untilEnded(1000)
    await until(() => (server.sockets.size === 0 ? true : undefined), 'the end of all connections')
    expect(fixture.gateway.status()).toMatchObject({ sessions: 0, connections: 0 })
  })

  test('of more clients than may be is refused with a word, and told', async () => {
    await restart({ limits: { sessionsMax: 3, spareConnectionsMax: 2 } })
    const clients = await Promise.all(Array.from({ length: 3 }, async () => RawClient.signedIn(fixture.port)))
    const late = await RawClient.open(fixture.port)
    late.send(message.startup({ user: 'late' }))
    await late.untilEnd()
    expect(late.errors()[0]).toMatchObject({ S: 'FATAL', C: '53300' })
    expect(fixture.gateway.status()).toMatchObject({ sessions: 3, counters: { sessionsRefused: 1 } })
    expect(fixture.recorder.started.at(-1)).toMatchObject({
      session: { login: 'late' },
      error: { code: '53300' },
    })
    // A statement can still be cancelled.
    const canceller = await RawClient.open(fixture.port)
    canceller.send(message.cancel(4711, Buffer.from('abcd')))
    await until(
      () => (fixture.gateway.status().counters.cancelRequests === 1 ? true : undefined),
      'the cancel request',
    )
    for (const client of [...clients, late, canceller]) client.close()
    await fixture.recorder.untilEnded(3)
    const next = await RawClient.signedIn(fixture.port)
    next.close()
  })

  test('of clients that say nothing is bounded as well', async () => {
    await restart({ limits: { sessionsMax: 2, spareConnectionsMax: 3 } })
    const silent = await Promise.all(Array.from({ length: 5 }, async () => RawClient.open(fixture.port)))
    await until(() => (fixture.gateway.status().connections === 5 ? true : undefined), 'five connections')
    const late = await RawClient.open(fixture.port)
    await late.untilEnd()
    expect(late.errors()[0]?.['C']).toBe('53300')
    for (const client of [...silent, late]) client.close()
  })
})
