import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { limits } from '../config.ts'
import { bootstrapApiKey, startTestServer, type TestServer } from '../testing/test-server.ts'

const actor = { type: 'user', id: 'u_7', name: 'Ann Lee' }
const mebibyte = 1024 * 1024

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.remove()
})

const postJson = async (body: string): Promise<Response> =>
  server.api('/api/v1/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body })

type Answer = { status: number; headers: IncomingMessage['headers']; body: string }

/** A request whose body is sent piece by piece; `answer` fails when the connection ends without one. */
function openRequest(headers: Record<string, string | number>): {
  request: ClientRequest
  answer: Promise<Answer>
} {
  const request = httpRequest(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bootstrapApiKey}`,
      'content-type': 'application/json',
      ...headers,
    },
  })
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on('error', reject)
    request.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      )
    })
  })
  // Not every test waits for it.
  answer.catch(() => undefined)
  return { request, answer }
}

async function metric(name: string): Promise<number> {
  const text = await (await server.api('/metrics')).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

describe('bodies that nobody should send', () => {
  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

  it.each([
    [
      'an object 100,000 deep',
      `{"type":"deep_test","actor":{"type":"user","id":"1"},"data":${deep(100_000)}}`,
    ],
    [
      'a list 100,000 deep',
      `{"type":"deep_test","actor":{"type":"user","id":"1"},"data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ],
    ['a batch 100,000 deep', deep(100_000)],
    ['a string of 2 MB', JSON.stringify({ type: 'long_test', actor, data: { text: 'x'.repeat(2_000_000) } })],
    [
      'a name of 2 MB',
      JSON.stringify({ type: 'long_test', actor: { type: 'user', name: 'x'.repeat(2_000_000) } }),
    ],
    ['a time in year 9999', JSON.stringify({ type: 'time_test', actor, occurredAt: '9999-12-31T23:59:59Z' })],
    ['a time in year 1', JSON.stringify({ type: 'time_test', actor, occurredAt: '0001-01-01T00:00:00Z' })],
    [
      'a time of year 300000',
      JSON.stringify({ type: 'time_test', actor, occurredAt: '+300000-01-01T00:00:00Z' }),
    ],
    ['a type that is a number', JSON.stringify({ type: 7, actor })],
    ['an actor that is a list', JSON.stringify({ type: 'shape_test', actor: [actor] })],
    ['data that is a text', JSON.stringify({ type: 'shape_test', actor, data: 'text' })],
    ['a field that is none', JSON.stringify({ type: 'shape_test', actor, constructor: {} })],
    ['null', 'null'],
    ['a number', '7'],
    ['a text', '"event"'],
    ['a list', '[]'],
    ['a batch that is a map', '{"events":{"0":{}}}'],
    ['a prototype beside the events', '{"events":[],"__proto__":{"a":1}}'],
    [
      'a prototype in place of an actor',
      '{"type":"shape_test","__proto__":{"actor":{"type":"user","id":"1"}}}',
    ],
  ])('refuses %s in words, and goes on', async (_what, body) => {
    const answer = await postJson(body)
    expect([400, 413]).toContain(answer.status)
    expect(await answer.json()).toMatchObject({ code: answer.status === 413 ? 'too_large' : 'invalid' })
    expect((await server.api('/healthz')).status).toBe(200)
    expect(server.log()).not.toContain('failed (request')
  })

  it('keeps lone surrogates and keys that look like a prototype as what they are', async () => {
    const body = `{"type":"odd_test","actor":{"type":"user","id":"1","name":"half \\ud83d pair"},"data":{"__proto__":{"polluted":true},"constructor":"x","text":"\\udc00\\u0000\\u202e"}}`
    expect((await postJson(body)).status).toBe(201)
    await server.find('type:odd_test', 1)
    const text = await (await server.api('/api/v1/events?q=type:odd_test')).text()
    const found = JSON.parse(text).events[0] as { actor: { name: string }; data: Record<string, unknown> }
    expect(found.actor.name).toBe('half \ud83d pair')
    expect(JSON.stringify(found.data)).toBe(JSON.stringify(JSON.parse(body).data))
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  it('refuses a body that declares 1 GB before it is sent', async () => {
    const { request, answer } = openRequest({ 'content-length': 1024 * mebibyte })
    request.write('{"type":')
    const { status, body } = await answer
    expect([status, JSON.parse(body)]).toMatchObject([413, { code: 'too_large' }])
    request.destroy()
  })

  it('stops reading a body of 1 GB that declares nothing, with memory bounded', async () => {
    const before = process.memoryUsage().rss
    const { request, answer } = openRequest({ 'transfer-encoding': 'chunked' })
    const piece = Buffer.alloc(mebibyte, 0x20)
    let sent = 0
    let answered: Answer | undefined
    void answer.then((got) => (answered = got)).catch(() => undefined)
    while (sent < 1024 && !answered && !request.destroyed) {
      sent++
      request.write(piece)
      while (request.writableNeedDrain && !answered && !request.destroyed) await delay(1)
    }
    // The connection is closed under a client that goes on sending, so not every client reads why.
    expect([413, 'cut off']).toContain(await answer.then(({ status }) => status).catch(() => 'cut off'))
    request.destroy()
    expect(sent).toBeLessThan(64)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * mebibyte)
  })

  it('reads and unpacks nothing of what nobody takes', async () => {
    const bomb = gzipSync(Buffer.alloc(15 * mebibyte, '['))
    for (const type of ['application/json', 'application/x-ndjson']) {
      for (const path of ['/api/v1/events/x', '/api/v1/eventsx', '/api/v1/nothing']) {
        const headers = { 'content-type': type, 'content-encoding': 'gzip' }
        const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: bomb })
        expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }])
      }
    }
  })

  it('keeps strangers from taking the room of those who send events', async () => {
    const size = limits.settingsBodyBytesMax - 1000
    const headers = { 'content-type': 'application/json', 'content-length': size + 1 }
    const address = `${server.url}/api/auth/sign-in/email`
    const held = Array.from({ length: Math.floor(limits.settingsBodiesBytesMax / size) }, () => {
      const request = httpRequest(address, { method: 'POST', headers })
      request.on('error', () => undefined)
      request.write(Buffer.alloc(size, 0x20))
      return request
    })
    await vi.waitFor(
      async () => expect(await metric('audit_request_bodies_bytes')).toBe(held.length * size),
      { timeout: 20_000, interval: 50 },
    )
    const body = JSON.stringify({ padding: 'x'.repeat(size - 100) })
    const refused = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(refused.status).toBe(503)
    const large = JSON.stringify({
      events: Array.from({ length: 20 }, () => ({ type: 'held', actor, data: { x: 'x'.repeat(100_000) } })),
    })
    expect((await postJson(large)).status).toBe(201)
    for (const request of held) request.destroy()
    await vi.waitFor(async () => expect(await metric('audit_request_bodies_bytes')).toBe(0), {
      timeout: 20_000,
      interval: 50,
    })
  })

  it('bounds all bodies together, and takes events again when they are gone', async () => {
    const size = 10 * mebibyte
    const sizes = Array.from({ length: Math.floor(limits.bodiesBytesMax / size) }, () => size)
    // The last leaves 1 MiB.
    sizes.push((limits.bodiesBytesMax % size) - mebibyte)
    const open = sizes.map((bytes) => {
      const opened = openRequest({ 'content-length': bytes + 1 })
      opened.request.write(Buffer.alloc(bytes, 0x20))
      return opened
    })
    await vi.waitFor(
      async () => expect(await metric('audit_request_bodies_bytes')).toBe(limits.bodiesBytesMax - mebibyte),
      {
        timeout: 20_000,
        interval: 50,
      },
    )
    const { request, answer } = openRequest({ 'content-length': size })
    request.end(Buffer.alloc(size, 0x20))
    const refused = await answer
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([503, { code: 'overloaded' }])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const lines = `${JSON.stringify({ type: 'crowded', actor })}\n`.repeat(3)
    const streamed = await server.api('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body:
        lines +
        `${JSON.stringify({ type: 'crowded', actor, data: { x: 'x'.repeat(400_000) } })}\n`.repeat(30),
    })
    expect([streamed.status, await streamed.json()]).toMatchObject([503, { code: 'overloaded', accepted: 0 }])
    for (const opened of open) opened.request.destroy()
    await vi.waitFor(async () => expect(await metric('audit_request_bodies_bytes')).toBe(0), {
      timeout: 20_000,
    })
    expect((await postJson(JSON.stringify({ type: 'crowded_after', actor }))).status).toBe(201)
    await server.find('type:crowded', 0)
  })

  it('counts a packed stream by what it unpacks to, and gives every byte back', async () => {
    const line = `${JSON.stringify({ type: 'packed_test', actor, data: { x: 'x'.repeat(10_000) } })}\n`
    const answer = await server.api('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      body: gzipSync(line.repeat(1500)),
    })
    expect([answer.status, await answer.json()]).toEqual([201, { accepted: 1500 }])
    await vi.waitFor(async () => expect(await metric('audit_request_bodies_bytes')).toBe(0))
    const bomb = gzipSync(Buffer.alloc(300 * mebibyte, 0x78))
    const refused = await server.api('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      body: bomb,
    })
    expect(refused.status).toBe(413)
    await vi.waitFor(async () => expect(await metric('audit_request_bodies_bytes')).toBe(0))
  })
})

describe('clients that hang up or do nothing', () => {
  it('keeps nothing of a stream that ends in the middle of a line, but what it acknowledged before', async () => {
    const { request } = openRequest({
      'content-type': 'application/x-ndjson',
      'transfer-encoding': 'chunked',
    })
    const line = `${JSON.stringify({ type: 'cut_stream', actor })}\n`
    // One whole batch is kept; of the next there is not enough for a commit.
    request.write(line.repeat(limits.ndjsonBatchEventsMax) + line.repeat(5) + line.slice(0, 20))
    await server.find('type:cut_stream', limits.ndjsonBatchEventsMax)
    request.destroy()
    await vi.waitFor(async () => expect(await metric('audit_request_bodies_bytes')).toBe(0))
    await server.find('type:cut_stream', limits.ndjsonBatchEventsMax)
    expect(server.log()).not.toContain('failed (request')
  })

  it('survives many clients that hang up while an answer is on its way', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write(
        `GET /api/v1/events/export?format=jsonl HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${bootstrapApiKey}\r\n\r\n`,
      )
      await Promise.race([once(socket, 'data'), delay(100)])
      socket.destroy()
    }
    // Only so many exports run at once: all of them have ended.
    await vi.waitFor(async () => {
      const answer = await server.api('/api/v1/events/export?format=jsonl&q=type:cut_stream')
      expect(answer.status).toBe(200)
      expect((await answer.text()).trim().split('\n')).toHaveLength(limits.ndjsonBatchEventsMax)
    })
    expect(server.log()).not.toContain('failed (request')
  })

  it('answers others while a reader takes its export as slowly as it can', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.pause()
    const before = process.memoryUsage().rss
    socket.write(
      `GET /api/v1/events/export?format=jsonl&q=type:packed_test HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${bootstrapApiKey}\r\n\r\n`,
    )
    for (let i = 0; i < 10; i++) {
      expect((await server.api('/api/v1/events?q=type:cut_stream&limit=10')).status).toBe(200)
      expect((await postJson(JSON.stringify({ type: 'meanwhile', actor }))).status).toBe(201)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * mebibyte)
    socket.destroy()
  })
})
