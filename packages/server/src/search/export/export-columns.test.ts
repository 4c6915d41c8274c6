import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportColumnIds, parseColumns, textOf } from './export-columns.ts'
import { makeEvent, makeQuery } from './testing/export-events.ts'

/** What an event shows in each of these columns. */
function show(event: StoredEvent, columns?: string): Record<string, unknown> {
  return Object.fromEntries(
    parseColumns(columns).map((column) => [column.id, column.read(event, toPublicEvent)]),
  )
}

function detailsOf(event: StoredEvent, columns?: string): unknown {
  const details = parseColumns(columns).find((column) => column.id === 'details')
  return JSON.parse(textOf(details?.read(event, toPublicEvent)) ?? '')
}

test('the manual has a row for each column, in their order', () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../../../docs/downloads.md'), 'utf8')
  const rows = manual.split('\n').flatMap((line) => /^\| `(\w+)` \| ([^|]+) \|/.exec(line)?.slice(1, 3) ?? [])
  const columns = parseColumns(exportColumnIds.join(','))
  expect(rows).toEqual(columns.flatMap(({ id, title }) => [id, title]))
})

test('the default columns are those of the contract, in its order', () => {
  expect(parseColumns(undefined).map((column) => column.title)).toEqual([
    'Name',
    'Email',
    'Timestamp (UTC)',
    'Type',
    'Data',
    'Outcome',
    'Error',
    'Source',
    'IP',
    'Application',
    'Database',
    'Duration (ms)',
    'Rows',
    'Tables',
    'Details',
    'Event id',
  ])
})

test('columns are chosen by name, in the order asked for', () => {
  expect(parseColumns('id, data,timestamp').map((column) => column.id)).toEqual(['id', 'data', 'timestamp'])
  expect(parseColumns(exportColumnIds.join(',')).length).toBe(exportColumnIds.length)
})

test.each([
  ['nonsense', 'has no column "nonsense"'],
  ['', 'has no column ""'],
  ['name,', 'has no column ""'],
  ['Name', 'has no column "Name"'],
  ['toString', 'has no column "toString"'],
  ['name,data,name', 'names name twice'],
])('columns=%j is refused with what is known', (text, fault) => {
  expect(() => parseColumns(text)).toThrow(AuditError)
  try {
    parseColumns(text)
  } catch (error) {
    const { code, problems } = error as AuditError
    expect(code).toBe('invalid')
    expect(problems[0]?.path).toBe('columns')
    expect(problems[0]?.message).toContain(fault)
    for (const id of exportColumnIds) expect(problems[0]?.message).toContain(id)
  }
})

test('an event shows its parts in their columns', () => {
  const event = makeEvent(7, {
    outcome: 'failure',
    actor: { type: 'user', id: 'u_7', name: 'Ann Lee', email: 'ann@acme.example' },
    data: {
      sql: 'select 1',
      database: 'prod',
      dialect: 'postgres',
      durationMs: 12.5,
      rows: 3,
      error: { code: '42P01', message: 'no such table' },
    },
    targets: [
      { type: 'integration', id: 'int_1', name: 'Warehouse' },
      { type: 'role', id: 'r_1' },
      { type: 'all' },
    ],
    context: {
      ip: '203.0.113.9',
      application: 'psql',
      userAgent: 'psql/17',
      sessionId: 's1',
      requestId: 'r1',
    },
    statement: {
      kind: 'read',
      parsed: true,
      tables: [
        { name: 'sales.orders', access: 'read' },
        { name: 'crm.customers', access: 'read' },
      ],
      fingerprint: '9f3a',
      normalized: 'select ?',
      flags: [],
    },
    attribution: { login: 'svc_bi', tool: 'metabase', trust: 'asserted' },
  })
  expect(show(event, exportColumnIds.filter((id) => id !== 'details').join(','))).toEqual({
    name: { text: 'Ann Lee' },
    email: { text: 'ann@acme.example' },
    timestamp: { time: '2026-11-22T10:00:00.123456Z' },
    type: { text: 'query' },
    data: { text: 'select 1' },
    outcome: { text: 'failure' },
    error: { text: '42P01: no such table' },
    source: { text: 'api' },
    ip: { text: '203.0.113.9' },
    application: { text: 'psql' },
    database: { text: 'prod' },
    durationMs: { number: 12.5 },
    rows: { number: 3 },
    tables: { text: 'sales.orders, crm.customers' },
    id: { text: event.id },
    receivedAt: { time: '2026-11-22T10:00:00.200000Z' },
    actorType: { text: 'user' },
    actorId: { text: 'u_7' },
    login: { text: 'svc_bi' },
    tool: { text: 'metabase' },
    kind: { text: 'read' },
    fingerprint: { text: '9f3a' },
    dialect: { text: 'postgres' },
    targets: { text: 'Warehouse, r_1, all' },
    userAgent: { text: 'psql/17' },
    sessionId: { text: 's1' },
    requestId: { text: 'r1' },
  })
})

test('what an event does not have is empty', () => {
  const bare = show(
    makeEvent(1, { actor: { type: 'system', id: 'x' } }),
    'name,data,error,ip,rows,tables,targets,kind,login',
  )
  expect(Object.values(bare)).toEqual(Array.from({ length: 9 }, () => undefined))
})

test('known keys with other JSON than expected are shown all the same', () => {
  const data = { database: ['a'], durationMs: '12', rows: true, error: { hint: 'x' }, login: 5 }
  expect(show(makeEvent(1, { data }), 'database,durationMs,rows,error,login')).toEqual({
    database: { text: '["a"]' },
    durationMs: { text: '12' },
    rows: { text: 'true' },
    error: { text: '{"hint":"x"}' },
    login: { number: 5 },
  })
  expect(show(makeEvent(1, { data: { error: 'plain' } }), 'error')).toEqual({ error: { text: 'plain' } })
  expect(show(makeEvent(1, { data: { error: null } }), 'error')).toEqual({ error: undefined })
})

test.each([{ sql: 5 }, { sql: '' }, { sql: null }, { other: 'x' }, {}])(
  'without SQL Data is the JSON of data: %j',
  (data) => {
    expect(show(makeEvent(1, { data }), 'data')).toEqual({ data: { json: JSON.stringify(data) } })
  },
)

test('Details is the event as the API shows it without what Data holds', () => {
  const query = makeQuery(1, 'select 1', { data: { sql: 'select 1', rows: 1 } })
  expect(detailsOf(query)).toEqual({ ...toPublicEvent(query), data: { rows: 1 } })
  const other = makeEvent(2, { data: { region: 'emea' } })
  const { data: _, ...rest } = toPublicEvent(other)
  expect(detailsOf(other)).toEqual(rest)
})

test('without a Data column Details is the whole event', () => {
  const query = makeQuery(1, 'select 1')
  expect(detailsOf(query, 'name,details')).toEqual(toPublicEvent(query))
})

test('SQL with a lone surrogate, which no file can hold, stays in Details as well', () => {
  const query = makeQuery(1, 'select \ud800')
  expect(detailsOf(query)).toEqual(toPublicEvent(query))
})

test('Data and Details together are the whole event, whatever its data', () => {
  const key = fc.oneof(fc.constantFrom('sql', 'rows', '__proto__', 'database'), fc.string())
  const data = fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true })
  fc.assert(
    fc.property(fc.option(data, { nil: undefined }), (drawn) => {
      // As an event's data comes: parsed from JSON.
      const parsed = drawn === undefined ? undefined : JSON.parse(JSON.stringify(drawn))
      const event = makeEvent(1, parsed === undefined ? {} : { data: parsed })
      const { data: shown } = show(event, 'data')
      const details = detailsOf(event) as { data?: object }
      const cell = shown as { text?: string; json?: string } | undefined
      const whole =
        cell?.text !== undefined
          ? { ...details, data: { ...details.data, sql: cell.text } }
          : { ...details, ...(cell?.json === undefined ? {} : { data: JSON.parse(cell.json) }) }
      expect(whole).toEqual(JSON.parse(JSON.stringify(toPublicEvent(event))))
    }),
    { numRuns: 500 },
  )
})

test('what policies decided and the tags of an event have columns of their own', () => {
  const event = makeQuery(1, 'select 1', {
    tags: ['pii', 'hr'],
    policy: { decision: 'violation', policies: ['PII for finance', 'No exports'] },
  })
  expect(show(event, 'policy,tags')).toEqual({
    policy: { text: 'violation: PII for finance, No exports' },
    tags: { text: 'pii, hr' },
  })
  expect(show(makeQuery(2, 'select 1'), 'policy,tags')).toEqual({ policy: undefined, tags: undefined })
  const kept = makeQuery(3, 'select 1', { policy: { decision: 'allowed', policies: [] } })
  expect(show(kept, 'policy')).toEqual({ policy: { text: 'allowed' } })
})
