import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer

async function make(path: string, body: object): Promise<void> {
  const answer = await server.post(path, body)
  if (answer.status !== 201) throw new Error(await answer.text())
}

beforeAll(async () => {
  server = await startTestServer()
  const leftOn = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10)
  await make('/api/v1/people', { name: 'Ann Lee', emails: ['ann@acme.test'], logins: ['ann'], leftOn })
  await make('/api/v1/people', { name: 'Bob Day', emails: ['bob@acme.test'] })
  await make('/api/v1/service-accounts', { login: 'svc_bi', tool: 'metabase' })
})
afterAll(async () => server?.remove())

async function tagsOf(marker: string, draft: object): Promise<unknown> {
  await make('/api/v1/events', { type: 'query', data: { sql: `select ${marker}` }, ...draft })
  const [event] = await server.find(`type:query ${marker}`, 1)
  return event?.['tags']
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

test('what somebody does after their last day is tagged, and found by the tag', async () => {
  const ann = { type: 'user', email: 'Ann@Acme.test' }
  expect(await tagsOf('left_one', { actor: ann })).toEqual(['person.left'])
  expect(await tagsOf('left_two', { actor: ann, occurredAt: daysAgo(5) })).toBeUndefined()
  expect(await tagsOf('left_three', { actor: { type: 'user', email: 'bob@acme.test' } })).toBeUndefined()
  const byLogin = { actor: { type: 'user', id: 'ann' }, data: { sql: 'select left_four', login: 'ann' } }
  expect(await tagsOf('left_four', byLogin)).toEqual(['person.left'])
  const found = await server.find('tag:person.left', 2)
  expect(found.every((event) => JSON.stringify(event['tags']) === '["person.left"]')).toBe(true)
})

test('what comes through the login of a service account is tagged, whoever used it', async () => {
  const draft = {
    actor: { type: 'service', id: 'svc_bi' },
    data: { sql: 'select service_one', login: 'svc_bi' },
  }
  expect(await tagsOf('service_one', draft)).toEqual(['person.service', 'actor.service'])
  const named = {
    actor: { type: 'user', email: 'bob@acme.test' },
    data: { sql: 'select service_two', login: 'svc_bi' },
  }
  expect(await tagsOf('service_two', named)).toEqual(['person.service'])
})

test('what acts by itself is tagged with what it is', async () => {
  for (const [type, tag] of [
    ['service', 'actor.service'],
    ['system', 'actor.service'],
    ['api_key', 'actor.api_key'],
    ['ai_agent', 'actor.ai_agent'],
  ]) {
    expect(
      await tagsOf(`by_${type}`, { actor: { type, id: 'x' }, data: { sql: `select by_${type}` } }),
    ).toEqual([tag])
  }
})
