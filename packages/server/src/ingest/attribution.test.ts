import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logLine } from '../capture/postgres-log/testing/log-text.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let folder: string
let annId: string

async function make(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await server.post(path, body)
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(text)
  return JSON.parse(text) as Record<string, unknown>
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attribution-'))
  server = await startTestServer()
  const made = await make('/api/v1/people', {
    name: 'Ann Lee',
    emails: ['ann@acme.test'],
    logins: ['ann', 'warehouse/alee'],
    toolIds: ['metabase:39'],
  })
  annId = (made['person'] as { id: string }).id
  await make('/api/v1/service-accounts', { login: 'svc_bi', tool: 'metabase' })
})
afterAll(async () => {
  await server?.remove()
  await rm(folder, { recursive: true, force: true })
})

const comment = '-- Metabase:: userID: 39 queryType: native queryHash: 5b1c'
const asService = { type: 'service', id: 'svc_bi' }

async function sendQuery(marker: string, draft: object): Promise<Record<string, unknown>> {
  await make('/api/v1/events', { type: 'query', ...draft })
  const [event] = await server.find(`type:query ${marker}`, 1)
  return event ?? {}
}

describe('events that are sent', () => {
  test('through the login of a tool name the person, and are found by person, login and tool', async () => {
    const event = await sendQuery('trusted_one', {
      actor: asService,
      data: { sql: `${comment}\nselect trusted_one from t`, login: 'svc_bi' },
    })
    expect(event).toMatchObject({
      actor: { type: 'user', id: 'metabase:39', name: 'Ann Lee', email: 'ann@acme.test' },
      attribution: {
        login: 'svc_bi',
        claimed: { id: '39' },
        tool: 'metabase',
        trust: 'trusted',
        facts: { queryType: 'native', queryHash: '5b1c' },
        personId: annId,
      },
    })
    // The SQL stays as it was sent.
    expect(event['data']).toMatchObject({ sql: `${comment}\nselect trusted_one from t` })
    for (const q of [
      'actor:ann@acme.test',
      'actor:"Ann Lee"',
      'actor:metabase:39',
      'login:svc_bi',
      'tool:metabase',
    ]) {
      await server.find(`type:query ${q} trusted_one`, 1)
    }
    await server.find('tool:looker', 0)
    // Free text is of what was sent, not of what was found out.
    await server.find('type:query "trusted_one" "svc_bi"', 1)
  })

  test('through another login only assert it', async () => {
    const event = await sendQuery('asserted_one', {
      actor: { type: 'user', id: 'zoe' },
      data: { sql: `${comment}\nselect asserted_one from t`, login: 'zoe' },
    })
    expect(event).toMatchObject({
      actor: { type: 'user', id: 'zoe' },
      attribution: { claimed: { id: '39' }, trust: 'asserted' },
    })
  })

  test('with an e-mail keep their actor', async () => {
    const actor = { type: 'user', email: 'zoe@acme.test' }
    const event = await sendQuery('given_one', {
      actor,
      data: { sql: `${comment}\nselect given_one from t`, login: 'svc_bi' },
    })
    expect(event).toMatchObject({ actor, attribution: { trust: 'trusted' } })
  })

  test('that are repeated after the directory has changed are the same events', async () => {
    const draft = {
      id: '01900000-0000-4000-8000-0000000000aa',
      type: 'query',
      actor: { type: 'user', id: 'late' },
      data: { login: 'late', sql: 'select repeated_one' },
    }
    await make('/api/v1/events', draft)
    await make('/api/v1/people', { name: 'Lea Late', emails: ['late@acme.test'], logins: ['late'] })
    await make('/api/v1/events', draft)
    const next = await sendQuery('next_one', {
      actor: { type: 'user', id: 'late' },
      data: { login: 'late', sql: 'select next_one' },
    })
    expect(next).toMatchObject({ actor: { id: 'late', name: 'Lea Late', email: 'late@acme.test' } })
    const [first] = await server.find('type:query repeated_one', 1)
    expect(first).toMatchObject({ actor: { id: 'late' } })
    await server.find('type:event_id_conflict', 0)
  })

  test('hold no secret in what is claimed', async () => {
    const event = await sendQuery('secret_one', {
      actor: asService,
      data: {
        sql:
          'select secret_one\n-- Hex query metadata: ' +
          `{"user_email": "ann@acme.test", "project_name": "create role x password 'hunter22'"}`,
        login: 'svc_bi',
      },
    })
    expect(event['attribution']).toMatchObject({ tool: 'hex', claimed: { email: 'ann@acme.test' } })
    expect(JSON.stringify(event)).not.toContain('hunter22')
  })
})

test('a captured login names its owner, by the name of the integration', async () => {
  const path = join(folder, 'log')
  await mkdir(path)
  const startMs = Date.now() - 60_000
  const query = (pid: number, user: string, sql: string): string => {
    const message = `duration: 1.5 ms  statement: ${sql}`
    return `${logLine(pid, 1, { user, message, application_name: pid === 1 ? 'psql' : '' }, startMs)}\n`
  }
  await writeFile(
    join(path, 'postgresql.json'),
    query(1, 'alee', 'select captured_person') +
      query(2, 'svc_bi', `${comment}\nselect captured_tool`) +
      query(3, 'ann_other', 'select captured_other'),
  )
  await make('/api/v1/integrations', { kind: 'postgres_log', name: 'Warehouse', settings: { path } })
  const [person] = await server.find('type:query captured_person', 1)
  expect(person).toMatchObject({
    actor: { type: 'user', id: 'alee', name: 'Ann Lee', email: 'ann@acme.test' },
    attribution: { login: 'alee', tool: 'psql', trust: 'asserted', personId: annId },
  })
  const [tool] = await server.find('type:query captured_tool', 1)
  expect(tool).toMatchObject({
    actor: { id: 'metabase:39', name: 'Ann Lee' },
    attribution: { login: 'svc_bi', tool: 'metabase', trust: 'trusted' },
  })
  const [other] = await server.find('type:query captured_other', 1)
  expect(other).toMatchObject({ actor: { id: 'ann_other', name: 'ann_other' } })
})
