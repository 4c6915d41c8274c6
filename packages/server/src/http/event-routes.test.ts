import { request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bootstrapApiKey, startTestServer, type TestServer } from '../testing/test-server.ts'

const actor = { type: 'user', id: 'u_7', name: 'Ann Lee', email: 'ann@acme.com' }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.remove()
})

const ndjson = async (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  server.api('/api/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body,
  })

describe('sending events', () => {
  it('takes one event, which is found and read exactly as it was sent', async () => {
    const draft = {
      id: '0193AAAA-0000-7000-8000-00000000000A',
      type: 'query',
      occurredAt: new Date().toISOString(),
      actor,
      outcome: 'failure',
      data: {
        sql: 'select * from sales.orders where id = 7',
        durationMs: 12.5,
        error: { code: '42P01', message: 'no table' },
      },
      targets: [{ type: 'integration', id: 'int_1', name: 'Production warehouse' }],
      context: {
        ip: '203.0.113.9',
        userAgent: 'psql',
        application: 'psql',
        sessionId: 's1',
        requestId: 'r1',
      },
    }
    const answer = await server.post('/api/v1/events', draft)
    expect(answer.status).toBe(201)
    expect(await answer.json()).toEqual({ accepted: 1, ids: [draft.id.toLowerCase()] })
    const [found] = await server.find('session:s1 error:42P01 duration:12.5', 1)
    expect(found).toMatchObject({ ...draft, id: draft.id.toLowerCase(), source: 'api' })
    expect(await server.get(`/api/v1/events/${draft.id}`)).toEqual(found)
    for (const internal of ['workspaceId', 'contentHash', 'idFromSender'])
      expect(found).not.toHaveProperty(internal)
  })

  it('takes a batch in order, all or nothing', async () => {
    const batch = {
      events: ['a', 'b', 'c'].map((name) => ({ type: 'batch_test', actor: { type: 'user', name } })),
    }
    const answer = await server.post('/api/v1/events', batch)
    expect(answer.status).toBe(201)
    const { ids } = (await answer.json()) as { ids: string[] }
    const events = await server.find('type:batch_test', 3)
    expect(events.map((event) => event['id'])).toEqual(ids.toReversed())

    const bad = await server.post('/api/v1/events', {
      events: [
        { type: 'half_batch', actor },
        { type: 'half_batch', actor, nonsense: 1 },
      ],
    })
    expect(bad.status).toBe(400)
    expect(bad.headers.get('content-type')).toContain('application/problem+json')
    expect(await bad.json()).toMatchObject({
      code: 'invalid',
      errors: [{ path: 'events[1].nonsense', message: 'is not a known field' }],
    })
    await server.find('type:half_batch', 0)
  })

  it('stores a repeated id once and records another content under it', async () => {
    const id = 'aaaaaaaa-1111-4111-8111-000000000001'
    const draft = { id, type: 'repeat_test', actor, data: { b: 1, a: [1, 2] } }
    for (let i = 0; i < 3; i++) expect((await server.post('/api/v1/events', draft)).status).toBe(201)
    // The same JSON in another order of keys is the same content.
    await server.post('/api/v1/events', {
      data: { a: [1, 2], b: 1 },
      actor,
      type: 'repeat_test',
      id: id.toUpperCase().toLowerCase(),
    })
    await server.find('type:repeat_test', 1)
    await server.find('type:event_id_conflict', 0)
    for (let i = 0; i < 5; i++) {
      await server.post('/api/v1/events', { ...draft, data: { b: 2 } })
      await server.find(`type:marker_${i}`, 0)
      await server.post('/api/v1/events', { type: `marker_${i}`, actor })
      await server.find(`type:marker_${i}`, 1)
    }
    const [conflict] = await server.find('type:event_id_conflict', 1)
    expect(conflict).toMatchObject({ data: { eventId: id, refusedType: 'repeat_test' }, targets: [{ id }] })
    expect(await server.get(`/api/v1/events/${id}`)).toMatchObject({ data: draft.data })
  })

  it('takes JSON lines of any number, also packed, with empty lines and CRLF', async () => {
    const lines = Array.from({ length: 2500 }, (_, i) =>
      JSON.stringify({ type: 'ndjson_test', actor, data: { i } }),
    )
    const body = gzipSync(`${lines.join('\r\n\n')}\n`)
    const answer = await ndjson(body, { 'content-encoding': 'gzip' })
    expect([answer.status, await answer.json()]).toEqual([201, { accepted: 2500 }])
    await server.find('type:ndjson_test data.i:<1000', 1000)
    await vi.waitFor(async () => {
      const { buckets } = await server.get('/api/v1/events/histogram?q=type:ndjson_test&interval=1d')
      expect((buckets as { count: number }[]).reduce((sum, { count }) => sum + count, 0)).toBe(2500)
    })
  })

  it('keeps the batches before a bad line and names the line', async () => {
    const lines = Array.from({ length: 1500 }, () => JSON.stringify({ type: 'broken_stream', actor }))
    lines[1200] = '{"type":"broken_stream","actor":{"type":"robot","id":"1"}}'
    const answer = await ndjson(lines.join('\n'))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'invalid',
      accepted: 1000,
      line: 1201,
      errors: [{ path: 'actor.type' }],
    })
    await server.find('type:broken_stream', 1000)
    const notJson = await ndjson('{"type":"x_y","actor":{"type":"user","id":"1"}}\n{nonsense')
    expect(await notJson.json()).toMatchObject({ code: 'invalid', accepted: 0, line: 2 })
  })

  it.each([
    ['not JSON', 'application/json', '{"type":', 400],
    ['not UTF-8', 'application/json', Buffer.from([0x7b, 0xff, 0x7d]), 400],
    ['an empty body', 'application/json', '', 400],
    ['an empty batch', 'application/json', '{"events":[]}', 400],
    ['a batch with another field', 'application/json', '{"events":[{}],"x":1}', 400],
    ['XML', 'application/xml', '<event/>', 415],
    ['an unknown packing', 'application/json; zstd', '{}', 415],
    ['a line of more than 512 KiB', 'application/x-ndjson', 'x'.repeat(600_000), 413],
    [
      'more than 1,000 events',
      'application/json',
      JSON.stringify({ events: Array.from({ length: 1001 }, () => ({})) }),
      413,
    ],
  ])('refuses %s', async (_what, type, body, status) => {
    const headers: Record<string, string> = { 'content-type': type }
    if (type.endsWith('zstd')) headers['content-encoding'] = 'zstd'
    const answer = await server.api('/api/v1/events', { method: 'POST', headers, body })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  it('refuses a body that is large only when unpacked, without keeping it in memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20))
    const before = process.memoryUsage().rss
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const answer = await server.api('/api/v1/events', { method: 'POST', headers, body: bomb })
    expect(answer.status).toBe(413)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('survives a client that hangs up in the middle', async () => {
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${server.url}/api/v1/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${bootstrapApiKey}`,
          'content-type': 'application/json',
          'content-length': 1000,
        },
      })
      request.once('error', () => resolve())
      request.write('{"type":')
      setTimeout(() => request.destroy(new Error('hang up')), 100)
    })
    expect((await server.api('/healthz')).status).toBe(200)
    expect(server.log()).not.toContain('failed (request')
  })

  it('answers only to who has the right key, and tells nothing else', async () => {
    for (const authorization of ['', 'Bearer nonsense', 'Basic dGVzdDp0ZXN0']) {
      const headers = { authorization, 'content-type': 'application/json' }
      const answer = await server.api('/api/v1/events', { method: 'POST', headers, body: '{}' })
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        401,
        'unauthenticated',
      ])
    }
    expect((await server.api('/api/v1/events', { headers: { authorization: 'Bearer x' } })).status).toBe(401)
  })
})

describe('reading events', () => {
  it('pages through everything by cursor, without a gap or a repeat', async () => {
    const all = (await server.find('type:ndjson_test data.i:<1000', 1000)).map((event) => event['id'])
    const paged: unknown[] = []
    let cursor = ''
    do {
      const page = await server.get(
        `/api/v1/events?q=${encodeURIComponent('type:ndjson_test data.i:<1000')}&limit=300${cursor}`,
      )
      paged.push(...(page['events'] as { id: string }[]).map((event) => event.id))
      cursor =
        page['nextCursor'] === undefined ? '' : `&cursor=${encodeURIComponent(page['nextCursor'] as string)}`
    } while (cursor !== '')
    expect(paged).toEqual(all)
  })

  it('refuses a cursor of another search', async () => {
    const page = await server.get('/api/v1/events?q=type:ndjson_test&limit=2')
    const answer = await server.api(
      `/api/v1/events?q=type:other&limit=2&cursor=${encodeURIComponent(page['nextCursor'] as string)}`,
    )
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errors: [{ path: 'cursor' }] })
    expect((await server.api('/api/v1/events?cursor=nonsense')).status).toBe(400)
  })

  it.each([
    ['q=type%3Aquery%20nonsense%3A1', 'q'],
    ['q=duration%3Along', 'q'],
    ['q=(a', 'q'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=x', 'limit'],
    ['from=yesterday', 'from'],
    ['from=2026-11-02&to=2026-11-01', 'to'],
    ['nonsense=1', 'nonsense'],
  ])('answers 400 to ?%s, with the parameter', async (query, path) => {
    const answer = await server.api(`/api/v1/events?${query}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid', errors: [{ path }] })
  })

  it('marks the place of a fault in the search and suggests what was meant', async () => {
    const answer = await server.api(`/api/v1/events?q=${encodeURIComponent('outcome:failure typ:query')}`)
    expect(await answer.json()).toMatchObject({
      errors: [{ path: 'q', start: 16, end: 19, suggestion: 'type' }],
    })
  })

  it('takes `from` as inside and `to` as outside, and a time qualifier in place of the default range', async () => {
    const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
    const times = [`${day(200)}T00:00:00Z`, `${day(200)}T12:00:00.000001Z`, `${day(199)}T00:00:00Z`]
    const events = times.map((occurredAt) => ({ type: 'range_test', actor, occurredAt }))
    expect((await server.post('/api/v1/events', { events })).status).toBe(201)
    await server.find('type:range_test', 0)
    await server.find('type:range_test', 3, `&from=${day(200)}&to=${day(198)}`)
    await server.find('type:range_test', 2, `&from=${day(200)}&to=${day(199)}`)
    await server.find('type:range_test', 1, `&from=${day(200)}T12:00:00.000001Z&to=${day(199)}`)
    await server.find(`type:range_test created:${day(200)}`, 2)
    await server.find(`type:range_test after:${day(199)}`, 1)
  })

  it('refuses a forged cursor as bad input, and records reading by cursor as well', async () => {
    const { createHash } = await import('node:crypto')
    const q = 'name:cursor_forger'
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([q, '', '']))
      .digest('base64url')
      .slice(0, 16)
    const ask = async (from: string, time: string, id: string): Promise<number> => {
      const cursor = Buffer.from(JSON.stringify([fingerprint, from, time, id])).toString('base64url')
      return (await server.api(`/api/v1/events?q=${q}&cursor=${cursor}`)).status
    }
    const id = 'ffffffff-ffff-4fff-8fff-ffffffffffff'
    expect(await ask('2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z', '-'.repeat(36))).toBe(400)
    expect(await ask('2020-01-01T00:00:00Z', '9999-01-01T00:00:00Z', id)).toBe(200)
    await server.find(`type:audit_log_searched data.query:"${q}"`, 1)
  })

  it('answers 404 for an event that is not there', async () => {
    for (const id of ['aaaaaaaa-0000-4000-8000-ffffffffffff', 'nonsense', '%00']) {
      expect((await server.api(`/api/v1/events/${id}`)).status).toBe(404)
    }
  })

  it('records a search once a minute for the same text and person', async () => {
    for (let i = 0; i < 3; i++) await server.get('/api/v1/events?q=name:nobody_in_particular')
    const found = await server.find('type:audit_log_searched data.query:"name:nobody_in_particular"', 1)
    expect(found[0]).toMatchObject({
      source: 'app',
      actor: { type: 'api_key' },
      context: { ip: '127.0.0.1' },
    })
  })

  it('records who counts events, or reads one, as it records a search', async () => {
    await server.get('/api/v1/events/facets?fields=outcome&q=name:counted_by_value')
    await server.get('/api/v1/events/histogram?interval=1d&q=name:counted_over_time')
    for (const name of ['counted_by_value', 'counted_over_time']) {
      await server.find(`type:audit_log_searched data.query:"name:${name}"`, 1)
    }
    const [event] = await server.find('type:audit_log_searched data.query:"name:counted_by_value"', 1)
    await server.get(`/api/v1/events/${String(event?.id)}`)
    await server.find(`type:audit_log_searched data.query:"id:${String(event?.id)}"`, 1)
  })

  it('counts facets', async () => {
    const { facets } = await server.get('/api/v1/events/facets?q=type:batch_test&fields=type,actor')
    expect(facets).toEqual({
      type: { values: [{ value: 'batch_test', count: 3 }], other: 0 },
      actor: { values: ['a', 'b', 'c'].map((value) => ({ value, count: 1 })), other: 0 },
    })
    expect((await server.api('/api/v1/events/facets?fields=nonsense')).status).toBe(400)
  })
})

describe('exporting events', () => {
  it('writes exactly what the search shows, and records the download', async () => {
    const shown = (await server.find('type:batch_test', 3)).map((event) => JSON.stringify(event))
    const jsonl = await server.api('/api/v1/events/export?format=jsonl&q=type:batch_test')
    expect(jsonl.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log_.*\.jsonl"/)
    expect((await jsonl.text()).trim().split('\n')).toEqual(shown)
    const csvAnswer = await server.api('/api/v1/events/export?format=csv&q=type:batch_test&columns=name,type')
    const csv = Buffer.from(await csvAnswer.arrayBuffer()).toString()
    expect(csv).toBe('\ufeffName,Type\r\nc,batch_test\r\nb,batch_test\r\na,batch_test\r\n')
    const xlsx = Buffer.from(
      await (await server.api('/api/v1/events/export?format=xlsx&q=type:batch_test')).arrayBuffer(),
    )
    expect(xlsx.subarray(0, 2).toString()).toBe('PK')
    const recorded = await server.find('type:audit_log_exported', 3)
    expect(recorded.map((event) => event['data'])).toContainEqual({
      format: 'csv',
      query: 'type:batch_test',
      columns: ['name', 'type'],
    })
  })

  it('exports a stored event of more than an Excel cell holds', async () => {
    const sql = `select '${'x'.repeat(100_000)}'`
    await server.post('/api/v1/events', { type: 'long_sql', actor, data: { sql } })
    await server.find('type:long_sql', 1)
    const answer = await server.api('/api/v1/events/export?format=xlsx&q=type:long_sql')
    expect(answer.status).toBe(200)
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(3000)
  })

  it('refuses an unknown format or column', async () => {
    expect((await server.api('/api/v1/events/export?format=pdf')).status).toBe(400)
    expect((await server.api('/api/v1/events/export')).status).toBe(400)
    expect((await server.api('/api/v1/events/export?format=csv&columns=nonsense')).status).toBe(400)
  })

  it('refuses columns for JSON Lines, which hold whole events', async () => {
    const answer = await server.api('/api/v1/events/export?format=jsonl&columns=name')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errors: [{ path: 'columns' }] })
  })
})

describe('the server around it', () => {
  it('tells its health and its metrics to everybody, and nothing of the log', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      const answer = await fetch(`${server.url}${path}`)
      expect(answer.status).toBe(200)
      expect(await answer.text()).not.toContain('acme')
    }
  })

  it('refuses a Host that it is not known under, except for probes', async () => {
    const statusOf = async (path: string): Promise<unknown> =>
      new Promise((resolve) => {
        httpRequest(`${server.url}${path}`, { headers: { host: 'evil.example' } }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }).end()
      })
    expect(await statusOf('/api/v1/session')).toBe(403)
    for (const path of ['/healthz', '/readyz', '/metrics']) expect(await statusOf(path)).toBe(200)
  })

  it('has every route that it describes', async () => {
    const { paths } = (await server.get('/api/openapi.json')) as {
      paths: Record<string, Record<string, unknown>>
    }
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.length).toBeGreaterThan(20)
    for (const route of described) {
      const [method = '', path = ''] = route.split(' ')
      const answer = await server.api(path.replaceAll(/\{\w+\}/g, 'x'), {
        method,
        headers: { authorization: 'Bearer none' },
      })
      expect(answer.headers.get('content-type'), route).not.toContain('text/html')
      const text = await answer.text()
      expect(text, route).not.toContain('There is nothing at this address')
    }
    expect(await (await fetch(`${server.url}/api/docs`)).text()).toContain('/api/v1/events/histogram')
  })
})
