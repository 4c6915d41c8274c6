import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logLine, queryLine } from './capture/postgres-log/testing/log-text.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let folder: string
const secrets: string[] = []
/** Made up anew each time, and looked for everywhere at the end. */
const secret = (): string => {
  const made = `q${randomBytes(9).toString('hex')}`
  secrets.push(made)
  return made
}
const actor = { type: 'user', name: 'Ann Lee' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'))
  server = await startTestServer()
})
afterAll(async () => {
  await server?.remove()
  await rm(folder, { recursive: true, force: true })
})

async function record(data: Record<string, unknown>): Promise<Record<string, unknown>> {
  const sent = await server.post('/api/v1/events', { type: 'query', actor, data })
  expect([sent.status, sent.statusText]).toEqual([201, 'Created'])
  const { ids } = (await sent.json()) as { ids: string[] }
  const [event] = await server.find(`id:${ids[0]}`, 1)
  // The API answers with events.
  return event?.['data'] as Record<string, unknown>
}

async function setBindParameters(bindParameters: string): Promise<void> {
  const changed = await server.api('/api/v1/settings', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bindParameters }),
  })
  expect([changed.status, await changed.json()]).toEqual([200, { settings: { bindParameters } }])
}

/** Every file below that holds the text, in UTF-8 or UTF-16. */
async function filesWith(path: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const below = join(path, entry.name)
    if (entry.isDirectory()) found.push(...(await filesWith(below, text)))
    if (!entry.isFile()) continue
    const bytes = await readFile(below).catch(() => Buffer.alloc(0))
    if (bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))) found.push(below)
  }
  return found
}

const mark = /«redacted:[a-z_]+:[0-9a-f]{8}»/

describe('a secret that is sent to the API is stored nowhere', () => {
  test('in SQL, in the error about it, in its bind values', async () => {
    const password = secret()
    const data = await record({
      sql: `create user ann identified by '${password}'; select dblink('host=x password=${secret()}', 'select 1')`,
      dialect: 'mysql',
      error: { code: '1064', message: `syntax error at or near "${password}"` },
      bind: [secret(), 7, null, true],
    })
    expect(data['sql']).toMatch(mark)
    expect(data['error']).toMatchObject({ code: '1064', message: expect.stringMatching(mark) })
    expect(data['bind']).toEqual([
      expect.stringMatching(/redacted:bind/),
      expect.stringMatching(/redacted:bind/),
      null,
      true,
    ])
  })

  test('under keys named like secrets, in other strings, in lists', async () => {
    const data = await record({
      password: secret(),
      nested: [
        { apiKey: secret(), api_key_id: 'k1', tokenCount: 7 },
        { Authorization: `Bearer ${secret()}` },
      ],
      url: `https://ann:${secret()}@example.com/`,
      message: `connect failed: host=db password=${secret()} user=ann`,
      header: `Authorization: Basic ${secret()}`,
      json: JSON.stringify({ client_secret: secret(), name: 'ann' }),
      token_count: 12,
      credentials: { user: secret(), pass: secret() },
    })
    expect(data).toMatchObject({
      password: expect.stringMatching(mark),
      nested: [
        { apiKey: expect.stringMatching(mark), api_key_id: 'k1', tokenCount: 7 },
        { Authorization: expect.stringMatching(mark) },
      ],
      url: expect.stringMatching(/^https:\/\/ann:«redacted:url_password:[0-9a-f]{8}»@example\.com\/$/),
      json: expect.stringMatching(/^\{"client_secret":"«redacted:secret:[0-9a-f]{8}»","name":"ann"\}$/),
      token_count: 12,
    })
  })

  test('with JSON lines as well', async () => {
    const line = JSON.stringify({
      type: 'ndjson_query',
      actor,
      data: { sql: `alter login ann with password = '${secret()}'`, dialect: 'tsql' },
    })
    const sent = await server.api('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${line}\n`,
    })
    expect(sent.status).toBe(201)
    const [event] = await server.find('type:ndjson_query', 1)
    expect(JSON.stringify(event)).toMatch(mark)
  })

  test('equal secrets have the same mark, and what is masked is stored as it was sent', async () => {
    const password = secret()
    const first = await record({ sql: `alter role ann password '${password}'` })
    const second = await record({ sql: `update users set password = '${password}'` })
    const sql = String(first['sql'])
    const found = mark.exec(sql)?.[0] ?? ''
    expect(String(second['sql'])).toBe(`update users set password = '${found}'`)
    expect(await record({ sql })).toEqual({ sql })
  })
})

test('a secret that a capture reads in the log of PostgreSQL is stored nowhere', async () => {
  const path = join(folder, 'postgresql.json')
  await writeFile(path, '')
  const integration = await server.post('/api/v1/integrations', {
    kind: 'postgres_log',
    name: 'Production',
    settings: { path, bindParameters: 'full' },
  })
  expect(integration.status).toBe(201)
  const now = Date.now()
  const parameters = `parameters: $1 = '${secret()}'`
  const lines = [
    queryLine(1, 1, `create subscription s connection 'host=db password=${secret()}' publication p`, now),
    queryLine(1, 2, `select pgp_sym_encrypt('x', '${secret()}'), 'https://a:${secret()}@example.com'`, now),
    logLine(
      1,
      3,
      { message: 'duration: 1 ms  execute <unnamed>: update t set token = $1', detail: parameters },
      now,
    ),
    queryLine(1, 4, `do $$ begin execute 'alter role ann password ''${secret()}'''; end $$`, now),
    queryLine(1, 5, `select 'the last line of this log'`, now),
  ]
  await appendFile(path, lines.map((line) => `${line}\n`).join(''))
  await server.find('type:query "the last line of this log"', 1)
  const { events } = await server.get('/api/v1/events?limit=1000&q=type:query')
  expect(JSON.stringify(events).match(new RegExp(mark, 'g'))?.length).toBeGreaterThanOrEqual(5)
})

describe('the setting of bind parameters', () => {
  const sql = 'select * from customers where id = $1 and name = $2'

  test('decides what of the values is recorded, and its change is an event with both values', async () => {
    const bind = [7, 'Zoe', null, 'ghp_0123456789abcdefghij0123456789abcdef']
    expect((await record({ sql, bind }))['bind']).toEqual([
      7,
      'Zoe',
      null,
      expect.stringMatching(/^«redacted:token/),
    ])
    await setBindParameters('types')
    expect((await record({ sql, bind }))['bind']).toEqual([
      { type: 'number' },
      { type: 'text', length: 3 },
      { type: 'null' },
      { type: 'text', length: 40 },
    ])
    await setBindParameters('none')
    expect(await record({ sql, bind })).toEqual({ sql, bindRemoved: true, bindCount: 4 })
    await setBindParameters('full')
    expect((await record({ sql, bind }))['bind']).toEqual(bind)
    await setBindParameters('masked')
    const changes = await server.find('type:settings_changed', 4)
    expect(changes.at(-1)).toMatchObject({
      data: { before: { bindParameters: 'masked' }, after: { bindParameters: 'types' } },
      targets: [{ type: 'workspace', name: 'Main' }],
    })
  })

  test('refuses what is no mode', async () => {
    const refused = await server.api('/api/v1/settings', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bindParameters: 'some' }),
    })
    expect(refused.status).toBe(400)
  })
})

test('none of the secrets is in a file, an answer, a download or the log of the server', async () => {
  expect(secrets.length).toBeGreaterThan(15)
  const found = JSON.stringify(await server.get('/api/v1/events?limit=1000'))
  const csv = await (await server.api('/api/v1/events/export?format=csv')).text()
  const jsonl = await (await server.api('/api/v1/events/export?format=jsonl')).text()
  const facets = await (await server.api('/api/v1/events/facets')).text()
  for (const one of secrets) {
    expect(await filesWith(server.dataDir, one)).toEqual([])
    for (const text of [found, csv, jsonl, facets, server.log()]) expect(text.includes(one)).toBe(false)
  }
  // The parts of the engine are compressed: only a search tells that the secrets are not in them. It is recorded, so it
  // comes last.
  for (const one of secrets) {
    const { events } = await server.get(
      `/api/v1/events?q=${encodeURIComponent(`"${one}" -type:audit_log_searched`)}`,
    )
    expect(events).toEqual([])
  }
})
