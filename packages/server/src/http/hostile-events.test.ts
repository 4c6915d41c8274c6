import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const actor = { type: 'user', id: 'u_7', name: 'Ann Lee', email: 'ann@acme.com' }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.remove()
})

describe('what nobody means well', () => {
  it.each([
    ['a very long key over many values', { ['k'.repeat(30_000)]: Array.from({ length: 5000 }, (_, i) => i) }],
    [
      'a key that is half of the event',
      { ['k'.repeat(250_000)]: Array.from({ length: 20_000 }, (_, i) => i) },
    ],
    ['a list of one value', { measurement_values_milliseconds: Array.from({ length: 250_000 }, () => 1) }],
    [
      'a list of many values',
      { measurement_values_milliseconds: Array.from({ length: 70_000 }, (_, i) => i) },
    ],
  ])('takes and finds an event with %s', async (what, data) => {
    const name = `shape ${what}`
    expect(
      (await server.post('/api/v1/events', { type: 'shape_test', actor: { type: 'user', name }, data }))
        .status,
    ).toBe(201)
    const [found] = await server.find(`type:shape_test name:"${name}"`, 1)
    expect(found?.['data']).toEqual(data)
    const [key = ''] = Object.keys(data)
    if (key.length < 10_000) await server.find(`name:"${name}" data.${key}:1`, 1)
    expect((await server.api('/readyz')).status).toBe(200)
  })

  it('answers with a list of faults that is short, however many there are', async () => {
    const draft = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`unknown_${i}`, 1]))
    const answer = await server.post('/api/v1/events', { type: 'query', actor, ...draft })
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { errors: unknown[] }).errors.length).toBeLessThan(110)
  })

  it('does not take a name of every object for an encoding', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'constructor' }
    expect((await server.api('/api/v1/events', { method: 'POST', headers, body: '{}' })).status).toBe(415)
  })

  it('unpacks nothing for who has no key', async () => {
    const headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: 'Bearer none',
    }
    const answer = await server.api('/api/v1/events', {
      method: 'POST',
      headers,
      body: 'this is not even packed',
    })
    expect(answer.status).toBe(401)
  })

  it('answers an address that cannot be read like any other bad input', async () => {
    const answer = await server.api('/api/v1/events/%zz')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    expect(answer.headers.get('content-security-policy')).not.toBeNull()
    expect(await answer.json()).toMatchObject({ code: 'invalid' })
  })
})
