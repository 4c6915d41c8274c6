import type { AccessReport, SignOff, SignOffList } from '@aleph-audit-log/domain/api/access-review'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startInstallation, type Installation } from '../../testing/installation.ts'
import { readWithExceljs } from '../export/testing/read-workbook.ts'

let installation: Installation
let admin: Record<string, string>
let auditor: Record<string, string>
const path = '/api/v1/insights/access'
const hostile = '=cmd|"/c calc"!A1 <b>&amp;'
const nowMs = Date.now()
const at = (minutesAgo: number): string => new Date(nowMs - minutesAgo * 60_000).toISOString()
const query = (name: string, sql: string, minutesAgo: number, more: object = {}): object => ({
  type: 'query',
  occurredAt: at(minutesAgo),
  actor: { type: 'user', name, email: `${name.split(' ')[0]?.toLowerCase()}@acme.test` },
  data: { sql, dialect: 'postgres', login: 'svc_bi' },
  context: { application: 'psql' },
  ...more,
})

beforeAll(async () => {
  installation = await startInstallation()
  const { workspaceId, addPerson, server } = installation
  admin = (await addPerson({ workspaceId, role: 'admin', email: 'ada@acme.test', name: 'Ada Ray' })).headers
  auditor = (await addPerson({ workspaceId, role: 'auditor', email: 'odd@acme.test', name: 'Odd' })).headers
  const events = [
    query('Ann Lee', 'select * from finance.pay', 60),
    query('Ann Lee', 'insert into finance.pay select * from finance.pay', 50),
    query('Bo Ray', 'delete from finance.pay', 40, { outcome: 'denied' }),
    query('Bo Ray', 'select * from hr.people', 30),
    query(hostile, 'select * from finance.rates', 20, { actor: { type: 'user', name: hostile } }),
    query('Ann Lee', 'select 1', 10),
  ]
  await server.post('/api/v1/events', { events })
  await server.find('type:query', 6)
})
afterAll(async () => installation?.remove())

async function call(
  headers: Record<string, string>,
  method: string,
  where: string,
  body?: object,
): Promise<{ status: number; bytes: Buffer; text: string }> {
  const answer = await fetch(`${installation.server.url}${where}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, bytes, text: bytes.toString() }
}

const asked = (tables: string, over: object = {}): string =>
  `${path}?${new URLSearchParams({ tables, to: at(0), ...over }).toString()}`
const report = async (tables: string, over: object = {}): Promise<AccessReport> =>
  // The test knows what it has asked for, here and below.
  JSON.parse((await call(admin, 'GET', asked(tables, over))).text) as AccessReport
const listed = async (): Promise<SignOffList> =>
  JSON.parse((await call(admin, 'GET', `${path}/sign-offs`)).text) as SignOffList

function signing({ patterns, from, to, hash, lines }: AccessReport, more: object = {}): object {
  return {
    tables: patterns.join(','),
    from,
    to,
    hash,
    lines: lines.map(({ table, person }) => ({ table, person: person.id, decision: 'keep' })),
    ...more,
  }
}

test('a report counts each table and person once, and no other tables of the same query', async () => {
  const { lines, tables, patterns } = await report('finance.*')
  expect([tables, patterns]).toEqual([['finance.pay', 'finance.rates'], ['finance.*']])
  expect(
    lines.map(({ table, person, count, reads, writes, denied }) => [
      table,
      person.id,
      count,
      reads,
      writes,
      denied,
    ]),
  ).toEqual([
    ['finance.pay', 'ann@acme.test', 2, 2, 1, 0],
    ['finance.pay', 'bo@acme.test', 1, 0, 1, 1],
    ['finance.rates', hostile.toLowerCase(), 1, 1, 0, 0],
  ])
  expect((await report('People')).tables).toEqual(['hr.people'])
  expect((await report('"no such"')).lines).toEqual([])
  expect((await report('*', { to: at(45) })).lines).toHaveLength(1)
})

test('what cannot be asked is said with its path', async () => {
  for (const tables of ['', ' , ', '"open', Array.from({ length: 101 }, (_, i) => `t${i}`).join()]) {
    const answer = await call(admin, 'GET', asked(tables))
    expect([tables, answer.status]).toEqual([tables, 400])
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ path: 'tables' }] })
  }
})

test('a review is signed as it was seen, with a decision for each line, and stays as it was signed', async () => {
  const seen = await report('finance.pay')
  const complete = signing(seen)
  const post = async (body: object, headers = auditor) => call(headers, 'POST', `${path}/sign-offs`, body)
  const [first, second] = seen.lines.map(({ table, person }) => ({
    table,
    person: person.id,
    decision: 'revoke',
    remark: ` ${hostile} `,
  }))
  for (const lines of [[], [first], [first, first, second], [first, second, { ...first, person: 'x' }]]) {
    expect((await post({ ...complete, lines })).status).toBe(400)
  }
  expect((await post({ ...complete, hash: 'other' })).status).toBe(409)
  expect((await post({ ...complete, to: at(45) })).status).toBe(409)
  expect(await listed()).toEqual({
    signOffs: [],
    total: 0,
  })

  const made = await post({ ...complete, lines: [first, second], remark: 'Third quarter' })
  expect(made.status).toBe(201)
  const { signOff } = JSON.parse(made.text) as { signOff: SignOff }
  expect(signOff).toMatchObject({
    patterns: ['finance.pay'],
    hash: seen.hash,
    reviewer: { name: 'Odd', email: 'odd@acme.test' },
    lines: [
      { table: 'finance.pay', count: 2, decision: 'revoke', remark: hostile },
      { person: { id: 'bo@acme.test' }, denied: 1 },
    ],
  })
  const later = query('Bo Ray', 'select * from finance.pay', 5)
  await installation.server.post('/api/v1/events', { events: [later, query('Cy', 'table finance.pay', 4)] })
  await installation.server.find('table:finance.pay', 5)
  expect(JSON.parse((await call(admin, 'GET', `${path}/sign-offs/${signOff.id}`)).text)).toEqual({ signOff })
  expect((await listed()).signOffs).toMatchObject([
    { id: signOff.id, lines: 2, revoked: 2, kept: 0, remark: 'Third quarter' },
  ])
  const [event] = await installation.server.find('type:access_review_signed_off', 1)
  expect(event).toMatchObject({
    actor: { email: 'odd@acme.test' },
    targets: [{ type: 'access_review', id: signOff.id }],
    data: { tables: ['finance.pay'], lines: 2, revoked: 2, hash: seen.hash },
  })
  const { lines } = await report('finance.*')
  expect(lines.map(({ person, previous }) => [person.id, previous?.decision, previous?.reviewer])).toEqual([
    ['ann@acme.test', 'revoke', 'Odd'],
    ['bo@acme.test', 'revoke', 'Odd'],
    ['cy@acme.test', undefined, 'Odd'],
    [hostile.toLowerCase(), undefined, undefined],
  ])
})

test('report and signed review are Excel workbooks that say what they are, and their download is recorded', async () => {
  const unsigned = await readWithExceljs(
    (await call(admin, 'GET', asked('finance.*', { format: 'xlsx' }))).bytes,
  )
  expect(unsigned.get('Access review')?.map((row) => row.slice(0, 5))).toEqual([
    ['Table', 'Name', 'Email', 'Access', 'Count'],
    ['finance.pay', 'Ann Lee', 'ann@acme.test', 'Read, write', 2],
    ['finance.pay', 'Bo Ray', 'bo@acme.test', 'Read, write', 2],
    ['finance.pay', 'Cy', 'cy@acme.test', 'Read', 1],
    ['finance.rates', hostile, undefined, 'Read', 1],
  ])
  expect(unsigned.get('About this review')).toContainEqual(['Status', 'Not signed off'])
  const [summary] = (await listed()).signOffs
  const download = await call(admin, 'GET', `${path}/sign-offs/${summary?.id}?format=xlsx`)
  const signed = await readWithExceljs(download.bytes)
  expect(signed.get('Access review')?.[1]).toEqual([
    'finance.pay',
    'Ann Lee',
    'ann@acme.test',
    'Read, write',
    2,
    new Date(at(60)),
    new Date(at(50)),
    'Tool: psql; Login: svc_bi; Application: psql',
    'Revoke',
    hostile,
  ])
  const about = signed.get('About this review')
  expect(about).toContainEqual(['Reviewer', 'Odd <odd@acme.test>'])
  expect(about).toContainEqual(['Downloaded by', 'Ada Ray <ada@acme.test>'])
  expect(about).toContainEqual(['SHA-256 of what was counted', summary?.hash])
  await vi.waitFor(async () => {
    expect(
      await installation.server.find('type:audit_log_exported data.report:access_review', 2),
    ).toHaveLength(2)
  })
})

test('tables to choose from are those of the log', async () => {
  expect(JSON.parse((await call(auditor, 'GET', `${path}/tables`)).text)).toEqual({
    tables: ['finance.pay', 'finance.rates', 'hr.people'],
    isComplete: true,
  })
})
