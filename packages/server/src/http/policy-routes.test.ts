import type { JudgedPast, PolicyActivity } from '@aleph-audit-log/domain/api/policies'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWithExceljs } from '../search/export/testing/read-workbook.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
const piiText =
  'forbid(principal, action in Action::"read", resource in Tag::"PII") unless { principal in Group::"Finance" };'

async function send(path: string, body: unknown, method = 'POST'): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const answer = await server.api(path, { method, headers, body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} ${text}`)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

async function sendQuery(sql: string, email: string, more: object = {}): Promise<void> {
  const data = { sql, dialect: 'postgres', database: 'prod' }
  await send('/api/v1/events', { type: 'query', actor: { type: 'user', email }, data, ...more })
}

const policyOf = async (marker: string): Promise<unknown> =>
  (await server.find(`type:query ${marker}`, 1))[0]?.['policy']

let policyId: string
beforeAll(async () => {
  server = await startTestServer()
  await send('/api/v1/people', { name: 'Ann Lee', emails: ['ann@acme.test'], groups: ['Finance'] })
  await send('/api/v1/people', { name: 'Bob Day', emails: ['bob@acme.test'], groups: ['Sales'] })
  await send('/api/v1/table-tags', { pattern: 'prod.hr.*', tags: ['PII'] })
  await send('/api/v1/table-tags', { pattern: 'prod.shop.customers', column: 'iban', tags: ['pii'] })
  // Before there is a policy.
  await sendQuery('select before_ann from hr.pay', 'ann@acme.test')
  await sendQuery('select before_bob from hr.pay', 'bob@acme.test')
  await sendQuery('select before_iban, iban from shop.customers', 'bob@acme.test')
  await sendQuery('select before_city, city from shop.customers', 'bob@acme.test')
  await server.find('type:query before_*', 4)
})
afterAll(async () => server?.remove())

test('an effect is shown on the past before a policy is saved, which changes nothing', async () => {
  const judged = (await send('/api/v1/policies/judge', { text: piiText })) as unknown as JudgedPast
  expect(judged).toMatchObject({
    judged: 4,
    queries: 2,
    people: [{ name: 'bob@acme.test', count: 2 }],
    peopleTotal: 1,
    tables: [
      { name: 'hr.pay', count: 1 },
      { name: 'shop.customers', count: 1 },
    ],
  })
  expect(judged.byDay.reduce((sum, day) => sum + day.queries, 0)).toBe(2)
  expect(judged.examples.map(({ sql = '' }) => sql).sort()).toEqual([
    'select before_bob from hr.pay',
    'select before_iban, iban from shop.customers',
  ])
  expect((await server.get('/api/v1/policies'))['policies']).toEqual([])
  expect(await policyOf('before_bob')).toBeUndefined()
  // It tells what people did: who asked, and what, is in the log.
  const [tried] = await server.find('type:policy_tried', 1)
  expect(tried).toMatchObject({ data: { text: piiText, from: judged.from, to: judged.to } })
})

test('a policy judges what comes in from then on, and what it found is found', async () => {
  const made = await send('/api/v1/policies', {
    name: 'PII for finance',
    text: piiText,
    note: 'Agreed in May',
  })
  policyId = (made['policy'] as { id: string }).id
  await sendQuery('select after_ann from hr.pay', 'ann@acme.test')
  await sendQuery('select after_bob from hr.pay', 'bob@acme.test')
  await sendQuery('select after_iban, iban from shop.customers', 'bob@acme.test')
  await sendQuery('select after_star.* from shop.customers after_star', 'bob@acme.test')
  await sendQuery('select after_city, city from shop.customers', 'bob@acme.test')
  await sendQuery("copy (select after_copy from hr.pay) to '/tmp/x'", 'bob@acme.test')
  await sendQuery("update hr.pay set x = 'after_update'", 'bob@acme.test')
  expect(await policyOf('after_ann')).toEqual({ decision: 'allowed', policies: [] })
  const violation = { decision: 'violation', policies: ['PII for finance'] }
  for (const marker of ['after_bob', 'after_iban', 'after_star', 'after_copy'])
    expect([marker, await policyOf(marker)]).toEqual([marker, violation])
  expect(await policyOf('after_city')).toEqual({ decision: 'allowed', policies: [] })
  expect(await policyOf('after_update')).toEqual({ decision: 'allowed', policies: [] })
  expect((await server.find('policy:violation', 4)).length).toBe(4)
  expect((await server.find('policy:"pii for finance" tag:pii', 4)).length).toBe(4)
  expect((await server.find('type:policy_created', 1))[0]).toMatchObject({
    data: { name: 'PII for finance', text: piiText, enabled: true, version: 1, note: 'Agreed in May' },
  })
})

test('what is judged of the past is what was judged when it came in', async () => {
  const judged = (await send('/api/v1/policies/judge', { text: piiText })) as unknown as JudgedPast
  const violations = await server.find('policy:violation', 4)
  expect(judged.queries - 2).toBe(violations.length)
  expect(judged.judged).toBe(11)
})

test('an exception holds for its person until it is revoked, and is told in each event', async () => {
  const until = new Date(Date.now() + 86_400_000).toISOString()
  const wanted = {
    policyId,
    subject: { kind: 'person', name: 'Bob@acme.test' },
    until,
    reason: 'Audit',
    approver: 'Eve',
  }
  const { exception } = await send('/api/v1/policies/exceptions', wanted)
  await sendQuery('select excepted_one from hr.pay', 'bob@acme.test')
  await sendQuery('select excepted_two from hr.pay', 'carl@acme.test')
  const past = { occurredAt: new Date(Date.now() - 86_400_000).toISOString() }
  await sendQuery('select excepted_three from hr.pay', 'bob@acme.test', past)
  expect(await policyOf('excepted_one')).toEqual({ decision: 'excepted', policies: ['PII for finance'] })
  expect(await policyOf('excepted_two')).toMatchObject({ decision: 'violation' })
  expect(await policyOf('excepted_three')).toMatchObject({ decision: 'violation' })
  await server.api(`/api/v1/policies/exceptions/${(exception as { id: string }).id}`, { method: 'DELETE' })
  await sendQuery('select excepted_four from hr.pay', 'bob@acme.test')
  expect(await policyOf('excepted_four')).toMatchObject({ decision: 'violation' })
  await server.find('type:policy_exception_granted', 1)
  await server.find('type:policy_exception_revoked', 1)
  const listed = (await server.get('/api/v1/policies/exceptions'))['exceptions']
  expect(listed).toMatchObject([{ state: 'revoked', reason: 'Audit', approver: 'Eve' }])
})

test('versions are kept; who looked at an older one does not overwrite a newer', async () => {
  const path = `/api/v1/policies/${policyId}`
  await send(path, { enabled: false, version: 1, note: 'Pause' }, 'PATCH')
  await sendQuery('select paused_one from hr.pay', 'bob@acme.test')
  expect(await policyOf('paused_one')).toBeUndefined()
  await expect(send(path, { enabled: true, version: 1 }, 'PATCH')).rejects.toThrow('409')
  await send(path, { enabled: true, version: 2 }, 'PATCH')
  const { versions } = await server.get(`${path}/versions`)
  expect(versions).toMatchObject([
    { version: 3, change: 'changed', enabled: true },
    { version: 2, change: 'changed', enabled: false, note: 'Pause' },
    { version: 1, change: 'created', note: 'Agreed in May' },
  ])
  await expect(send('/api/v1/policies', { name: 'pii FOR finance', text: piiText })).rejects.toThrow('409')
  await expect(send('/api/v1/policies', { name: 'Violation', text: piiText })).rejects.toThrow('400')
  await expect(send('/api/v1/policies', { name: 'x', text: 'forbid(' })).rejects.toThrow('line 1, column 8')
})

test('what was never switched on is not said to be kept', async () => {
  const off = { name: 'Off', text: piiText, enabled: false }
  const { policy } = await send('/api/v1/policies', off)
  const brief = { name: 'Brief', text: 'forbid(principal, action, resource in Tag::"nowhere");' }
  const made = await send('/api/v1/policies', brief)
  const briefPath = `/api/v1/policies/${(made['policy'] as { id: string }).id}`
  await server.api(briefPath, { method: 'DELETE' })
  const { policies } = (await server.get('/api/v1/policies/activity')) as unknown as PolicyActivity
  expect(policies.map(({ name, judged }) => [name, judged > 0])).toEqual([
    ['Off', false],
    ['PII for finance', true],
    ['Brief', true],
  ])
  expect(policies[0]?.byDay).toEqual([])
  await server.api(`/api/v1/policies/${(policy as { id: string }).id}`, { method: 'DELETE' })
})

test('activity and the report of the month tell kept, violated and excepted, by whom and why', async () => {
  const { policies } = (await server.get('/api/v1/policies/activity')) as unknown as PolicyActivity
  expect(policies).toMatchObject([
    {
      name: 'PII for finance',
      violations: 7,
      excepted: 1,
      peopleTotal: 2,
      people: [{ name: 'bob@acme.test', count: 6 }, { count: 1 }],
    },
    { name: 'Brief', violations: 0, excepted: 0 },
  ])
  const month = new Date().toISOString().slice(0, 7)
  const answer = await server.api(`/api/v1/policies/report?month=${month}`)
  expect(answer.headers.get('content-disposition')).toContain('policies')
  const book = await readWithExceljs(Buffer.from(await answer.arrayBuffer()))
  const text = JSON.stringify([...book])
  for (const part of [
    'PII for finance',
    'Audit',
    'Eve',
    'Revoked',
    'bob@acme.test',
    'Pause',
    'About this report',
  ])
    expect(text).toContain(part)
  await server.find('type:audit_log_exported data.report:policies', 1)
})

test('tags of files replace those of the last file, and hostile files are refused whole', async () => {
  const csv = 'table,column,tags\nprod.fin.ledger,,Finance; secret\n"odd ""name"" é",iban,pii'
  expect(await send('/api/v1/table-tags/import', { origin: 'csv', content: csv, dryRun: true })).toEqual({
    rules: 2,
    added: 2,
    removed: 0,
  })
  expect(await send('/api/v1/table-tags/import', { origin: 'csv', content: csv })).toEqual({
    rules: 2,
    added: 2,
    removed: 0,
  })
  const manifest = JSON.stringify({
    nodes: {
      'model.shop.a': {
        resource_type: 'model',
        relation_name: '"prod"."mart"."orders"',
        tags: ['nightly'],
        config: { meta: { tags: 'pii' } },
        columns: { email: { name: 'email', meta: { tags: ['contact'] } }, id: { name: 'id' } },
      },
      'test.shop.b': { resource_type: 'test', relation_name: null, tags: ['nightly'] },
    },
    sources: {
      'source.shop.c': {
        resource_type: 'source',
        database: 'prod',
        schema: 'raw',
        identifier: 'c',
        meta: { tags: ['raw'] },
      },
    },
  })
  expect(await send('/api/v1/table-tags/import', { origin: 'dbt', content: manifest })).toMatchObject({
    rules: 3,
    added: 3,
  })
  expect(
    await send('/api/v1/table-tags/import', {
      origin: 'csv',
      content: 'table,tags\nprod.fin.ledger,finance',
    }),
  ).toEqual({ rules: 1, added: 1, removed: 2 })
  const { rules } = await server.get('/api/v1/table-tags')
  expect(rules).toContainEqual({
    pattern: 'prod.mart.orders',
    column: 'email',
    tags: ['contact'],
    origin: 'dbt',
  })
  expect(rules).toContainEqual({ pattern: 'prod.mart.orders', tags: ['nightly', 'pii'], origin: 'dbt' })
  for (const [origin, content, fault] of [
    ['csv', 'table,tags\nx,person.left', 'line 2'],
    ['csv', 'table,tags\nx,"bad', 'line 2'],
    ['csv', 'name,tags\nx,y', 'line 1'],
    ['csv', 'table,tags\nx,<script>', 'line 2'],
    ['dbt', '{"nodes":', 'is not JSON'],
    ['dbt', '[]', 'no manifest'],
    [
      'dbt',
      '{"nodes":{"__proto__":{"resource_type":"model","relation_name":"a","tags":["a\\u0000b"]}}}',
      '__proto__',
    ],
  ])
    await expect(send('/api/v1/table-tags/import', { origin, content })).rejects.toThrow(fault)
  await server.find('type:table_tags_changed', 5)
})
