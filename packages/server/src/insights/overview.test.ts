import { EventEmitter } from 'node:events'
import { overviewQuery, type Overview } from '@aleph-audit-log/domain/api/overview'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorViewer } from '../access/viewer.ts'
import { DownloadSlots } from '../http/download-slots.ts'
import { sendUsage } from '../http/insights-download.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { makeUsageEvents } from '../store/testing/usage-suite.ts'
import { startInstallation, type Installation } from '../testing/installation.ts'
import { encodeUsageCsv, encodeUsageXlsx } from './encode-usage.ts'
import { Insights } from './insights.ts'

let installation: Installation
const headersOf: Record<string, Record<string, string>> = {}
const hourMs = 3_600_000
// So long ago that nothing of what the test itself does lies in the period.
const endMs = Date.now() - 2 * hourMs
const at = (hoursBefore: number): string => new Date(endMs - hoursBefore * hourMs).toISOString()
const period = { from: at(24), to: at(0) }
const query = (name: string, sql: string, hoursBefore: number, more: object = {}): object => ({
  type: 'query',
  occurredAt: at(hoursBefore),
  actor: { type: 'user', name, email: `${name.toLowerCase()}@acme.test` },
  data: { sql, dialect: 'postgres', durationMs: 10 },
  ...more,
})

beforeAll(async () => {
  installation = await startInstallation()
  const { workspaceId, addPerson, addKey, server } = installation
  for (const role of ['admin', 'auditor', 'analyst', 'member'] as const) {
    headersOf[role] = (await addPerson({ workspaceId, role, email: `${role}@acme.test` })).headers
  }
  headersOf['key'] = (await addKey(workspaceId, ['events:read'])).headers
  const slow = { data: { sql: 'select * from sales.big', dialect: 'postgres', durationMs: 9000 } }
  const events = [
    query('Ann', 'select 1 from hr.pay', 60),
    query('Ann', 'select 1 from hr.pay', 40),
    query('Ann', 'select 1 from hr.pay', 30, { outcome: 'failure' }),
    ...[20, 10, 5].map((hours) => query('Ann', 'select 1 from hr.pay', hours)),
    query('Bo', 'delete from hr.pay', 4, { outcome: 'denied' }),
    query('Bo', 'select * from sales.big', 3, slow),
    query('Member', 'selekt x', 2, { outcome: 'failure' }),
    query('Bo', 'begin', 1),
    { type: 'deployment', occurredAt: at(6), actor: { type: 'service', name: 'CI' } },
  ]
  await server.post('/api/v1/events', { events })
  await server.find('-source:app', events.length)
})
afterAll(async () => installation?.remove())

async function read(who: string, asked: Record<string, string> = period): Promise<Overview> {
  const path = `/api/v1/overview?${new URLSearchParams(asked).toString()}`
  const answer = await fetch(`${installation.server.url}${path}`, { headers: headersOf[who] ?? {} })
  // The test knows what it has asked for.
  const body = (await answer.json()) as Overview
  expect([answer.status, body]).toEqual([200, body])
  return body
}

test('numbers are those of the period and of the one before it, without what machines send', async () => {
  const overview = await read('admin')
  expect(overview).toMatchObject({
    from: period.from.replace('Z', '000Z'),
    to: period.to.replace('Z', '000Z'),
    hasEvents: true,
    events: { now: 7, before: 2 },
    failed: { now: 1, before: 1 },
    denied: { now: 1, before: 0 },
    people: { now: 4, before: 1 },
    tables: { now: 2, before: 1 },
    newTables: { total: 1, rows: [{ table: 'sales.big', count: 1 }] },
    interval: '1h',
  })
  expect(overview.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(7)
  expect(overview.activePeople.map(({ person, count }) => [person.id, count])).toEqual([
    ['ann@acme.test', 3],
    ['bo@acme.test', 2],
    ['ci', 1],
    ['member@acme.test', 1],
  ])
  expect(overview.activeTables).toEqual([
    { table: 'hr.pay', count: 4, reads: 3, writes: 1 },
    { table: 'sales.big', count: 1, reads: 1, writes: 0 },
  ])
  expect(overview.slowest[0]).toMatchObject({ count: 1, kind: 'read' })
  expect(overview.slowest[0]?.normalized).toMatch(/sales\.big/)
  expect(overview.failing.map(({ failed }) => failed)).toEqual([1])
})

test('each number is exactly what a search of the log finds', async () => {
  const overview = await read('auditor')
  const found = async (q: string): Promise<number> => {
    const more = `&from=${overview.from}&to=${overview.to}`
    const path = `/api/v1/events?limit=1000&q=${encodeURIComponent(`${q} ${overviewQuery}`)}${more}`
    return ((await installation.server.get(path))['events'] as unknown[]).length
  }
  expect(await found('')).toBe(overview.events.now)
  expect(await found('outcome:failure')).toBe(overview.failed.now)
  expect(await found('outcome:denied')).toBe(overview.denied.now)
  for (const { table, count } of overview.activeTables) expect(await found(`table:${table}`)).toBe(count)
  for (const { person, count } of overview.activePeople) expect(await found(`actor:${person.id}`)).toBe(count)
  for (const { fingerprint, count, failed } of [...overview.slowest, ...overview.failing]) {
    expect(await found(`fingerprint:${fingerprint}`)).toBe(count)
    expect(await found(`fingerprint:${fingerprint} outcome:failure`)).toBe(failed)
  }
})

test('people see what their role lets them see', async () => {
  const analyst = await read('analyst')
  expect([analyst.events.now, analyst.people.now, analyst.newTables?.total]).toEqual([6, 3, 1])
  const member = await read('member')
  expect([member.events.now, member.people.now, member.newTables]).toEqual([1, 1, undefined])
  for (const who of ['analyst', 'member', 'key']) {
    const { sources, storage } = await read(who)
    expect([who, sources, storage]).toEqual([who, undefined, undefined])
  }
  for (const who of ['admin', 'auditor']) {
    const { sources, storage } = await read(who)
    expect(sources).toEqual([
      { id: 'api', name: 'API', kind: 'api', events: 7 },
      { id: 'app', name: 'Aleph Audit Log', kind: 'app', events: 0 },
    ])
    expect(storage?.problems).toEqual([])
    expect(storage?.journalBytes).toBeGreaterThan(0)
    expect(storage?.freeBytes).toBeGreaterThan(0)
  }
})

test('without times it is the past day, and what is too long is said', async () => {
  const { from, to, interval } = await read('admin', {})
  expect([Date.parse(to) - Date.parse(from), interval]).toEqual([24 * hourMs, '1h'])
  expect((await read('admin', { from: at(24 * 30), to: at(0) })).interval).toBe('1d')
  const tooLong = await installation.server.api(`/api/v1/overview?from=${at(24 * 100)}`)
  expect(tooLong.status).toBe(400)
  expect(await tooLong.json()).toMatchObject({ errors: [{ path: 'from' }] })
  // The log is not so old that it could be compared with the 30 days before.
  const long = await read('admin', { from: at(24 * 30), to: at(0) })
  expect(long.events).toEqual({ now: 10 })
  // Nothing is kept of that time.
  expect((await read('admin', { from: '2020-01-01', to: '2020-02-01' })).events).toEqual({ now: 0 })
})

test('reading it stands in the log', async () => {
  await installation.server.find('type:insights_viewed data.page:overview email:member@acme.test', 1)
})

test('the default range of insights is whole days, however the clock goes on meanwhile', async () => {
  let nowMs = Date.parse('2026-11-22T23:59:59.999Z')
  const store = createMemoryEventStore()
  const insights = new Insights({ store, now: () => nowMs++, retentionDays: 365, windowDays: 30 })
  const asked = insights.resolve({})
  expect(asked.from).toBe('2026-10-23T00:00:00.000000Z')
  // What is counted belongs to the moment at which it was asked for.
  const { days } = await insights.people(operatorViewer('w1'), asked, { sort: 'count', limit: 1 }, {})
  expect([days.length, days[0], days.at(-1)]).toEqual([31, '2026-10-23', '2026-11-22'])
})

test('each search of a page is recorded, and the same one once a minute', async () => {
  const headers = headersOf['analyst'] ?? {}
  const asked = ['q=type:query', 'q=type:query', 'q=is:noise', 'q=type:query&from=2026-11-01']
  for (const query of asked) {
    const answer = await fetch(`${installation.server.url}/api/v1/insights/people?${query}`, { headers })
    expect(answer.status).toBe(200)
  }
  await installation.server.find('type:insights_viewed data.page:people email:analyst@acme.test', 3)
})

test('a time zone may be spelled in any case', async () => {
  const path = '/api/v1/insights/activity?zone='
  const expected = await installation.server.get(`${path}Europe/Berlin`)
  for (const zone of ['europe/berlin', 'EUROPE/BERLIN']) {
    expect(await installation.server.get(`${path}${zone}`)).toEqual(expected)
  }
  for (const zone of ['utc', 'asia/calcutta', 'Europe/Kyiv', 'etc/gmt+5', 'us/eastern']) {
    expect((await installation.server.api(`${path}${encodeURIComponent(zone)}`)).status).toBe(200)
  }
  expect((await installation.server.api(`${path}Mars/Base`)).status).toBe(400)
})

test('a file has no more rows by days than may be held at once', async () => {
  const store = createMemoryEventStore()
  await store.appendEvents(makeUsageEvents(300, 5), { mayBeThere: false })
  const now = (): number => Date.parse('2026-12-11T12:00:00Z')
  const insights = new Insights({ store, now, retentionDays: 365, windowDays: 30 })
  const list = async (from: string): Promise<number[]> => {
    const asked = insights.resolve({ from, q: '' })
    const request = { sort: 'count', limit: 20_000, cellsMax: 122 } as const
    const { rows, total, days } = await insights.people(operatorViewer('w1'), asked, request, {})
    expect(total).toBeGreaterThan(0)
    return [days.length, rows.length === total ? 0 : rows.length]
  }
  expect(await list('2026-10-12')).toEqual([61, 2])
  expect(await list('2026-12-11')).toEqual([1, 0])
})

test('a list that is longer than its file may be is refused', async () => {
  const refused = async (): Promise<never> => {
    throw new Error('Nothing of it is written or recorded')
  }
  const deps = { record: refused, workspaceName: refused, now: Date.now, rowsMax: 9, cellsMax: 9 }
  const nobody = {} as FastifyRequest & FastifyReply
  const asked = new Insights({
    store: createMemoryEventStore(),
    now: Date.now,
    retentionDays: 1,
    windowDays: 1,
  }).resolve({})
  const answer = { rows: [], total: 3, days: ['2026-11-22'] }
  const what = {
    list: 'people',
    answer,
    viewer: operatorViewer('w1'),
    asked,
    text: {},
    format: 'csv',
    csvSafe: false,
  } as const
  await expect(sendUsage(nobody, nobody, deps, what)).rejects.toMatchObject({ code: 'too_large' })
})

test('others have their turn while a file is written', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => [{ text: `row ${i}` }, { number: i }])
  const sheet = { name: 'People', titles: ['Name', 'Events'], widths: [10, 10], rows }
  const about = { workspaceName: 'w', searchText: '', exportedBy: 'me', exportedAt: '2026-11-22T00:00:00Z' }
  for (const encode of [() => encodeUsageCsv(sheet, false), () => encodeUsageXlsx(sheet, about)]) {
    let turns = 0
    let isDone = false
    const count = (): void => {
      turns++
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const pieces: Uint8Array[] = []
    for await (const piece of encode()) pieces.push(piece)
    isDone = true
    expect(turns).toBeGreaterThanOrEqual(9)
    if (Buffer.concat(pieces).includes('Name,Events')) {
      const lines = Buffer.concat(pieces).toString('utf8').trimEnd().split('\r\n')
      expect([lines.length, lines[0], lines.at(-1)]).toEqual([2001, '\ufeffName,Events', 'row 1999,1999'])
    }
  }
})

test('so many files are made at once, of lists and of events', async () => {
  const replies = Array.from({ length: 3 }, () => ({
    raw: Object.assign(new EventEmitter(), { destroyed: false }),
  }))
  const slots = new DownloadSlots(2)
  const take = (i: number): void => slots.take(replies[i] as unknown as FastifyReply)
  take(0)
  take(1)
  expect(() => take(2)).toThrow('2 exports are running already')
  replies[0]?.raw.emit('close')
  take(2)
  Object.assign(replies[0]?.raw ?? {}, { destroyed: true })
  expect(() => take(0)).toThrow('The client went away')
  // The places are given back when an answer has gone.
  for (let i = 0; i < 6; i++) {
    const path = '/api/v1/insights/people?format=csv&from=2026-11-01&to=2026-11-02'
    const answer = await installation.server.api(path)
    expect([answer.status, (await answer.text()).slice(0, 10)]).toEqual([200, 'Name,Email'])
  }
})

test('a list as CSV is marked for spreadsheets where that is asked for', async () => {
  const actor = { type: 'user', id: 'formula', name: '=HYPERLINK("http://attacker.test")' }
  const sent = await installation.server.post('/api/v1/events', {
    type: 'query',
    actor,
    data: { sql: 'select 1' },
  })
  expect(sent.status).toBe(201)
  await installation.server.find('type:query name:*HYPERLINK*', 1)
  const read = async (more: string): Promise<string> =>
    (await installation.server.api(`/api/v1/insights/people?format=csv&q=name:*HYPERLINK*${more}`)).text()
  expect(await read('')).toContain('\n"=HYPERLINK(""http://attacker.test"")"')
  expect(await read('&csv_safe=1')).toContain(`\n"'=HYPERLINK(""http://attacker.test"")"`)
})
