import { expect, test } from 'vitest'
import type { EnrichedEvent } from '../event.ts'
import { toSearchableEvent } from '../searchable-event.ts'
import { eventFieldValues } from './event-fields.ts'
import type { EventField } from './rule.ts'

const event: EnrichedEvent = {
  id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a70',
  idFromSender: false,
  type: 'query',
  occurredAt: '2026-11-22T10:00:00.123456Z',
  receivedAt: '2026-11-22T10:00:01Z',
  workspaceId: 'w1',
  source: 'api',
  contentHash: '0'.repeat(32),
  actor: { type: 'user', id: 'U_7', name: 'Ann Lee', email: 'Ann@Acme.com' },
  outcome: 'success',
  data: { Region: 'EMEA', empty: '', on: true, off: false, n: 7, list: [{ a: 'x' }, { a: 'Y' }, { a: 'x' }] },
  targets: [{ type: 'table', id: 't1', name: 'Orders' }],
  context: { ip: '203.0.113.9', application: 'psql', sessionId: 's1' },
  statement: {
    kind: 'read',
    parsed: true,
    tables: [
      { name: 'prod.Sales.orders', access: 'read' },
      { name: 'people', access: 'read' },
    ],
    fingerprint: '9f3a5c',
    normalized: '',
    flags: ['select_star'],
  },
}

function valuesOf(field: EventField, changed: Partial<EnrichedEvent> = {}): string[] {
  return eventFieldValues(field, toSearchableEvent({ ...event, ...changed }))
}

test('a person is their e-mail, else their id, else their name', () => {
  expect(valuesOf('person')).toEqual(['ann@acme.com'])
  expect(valuesOf('person', { actor: { type: 'user', id: 'U_7', name: 'Ann' } })).toEqual(['u_7'])
  expect(valuesOf('person', { actor: { type: 'user', name: 'Ann' } })).toEqual(['ann'])
})

test('a table has its full name alone, whatever shorter names it is found by', () => {
  expect(valuesOf('table')).toEqual(['prod.sales.orders', 'people'])
})

test.each([
  ['203.0.113.9', '203.0.113.0/24'],
  ['::ffff:10.1.255.3', '10.1.255.0/24'],
  ['2001:db8:1:2::9', '2001:db8:1::/48'],
  ['2001:db8::9', '2001:db8::/48'],
  ['2001:0:1:9::', '2001:0:1::/48'],
  ['::1', '::/48'],
])('the network of %s is %s', (ip, network) => {
  expect(valuesOf('network', { context: { ip } })).toEqual([network])
})

test('what is missing, empty or no address has no value', () => {
  expect(valuesOf('tool')).toEqual([])
  expect(valuesOf('network', { context: { ip: 'localhost' } })).toEqual([])
  expect(valuesOf('ip', { context: {} })).toEqual([])
  expect(valuesOf({ path: 'empty' })).toEqual([])
  expect(valuesOf({ path: 'nothing' })).toEqual([])
})

test('a path of data has its texts, numbers and truth values, each once', () => {
  expect(valuesOf({ path: 'region' })).toEqual(['emea'])
  expect(valuesOf({ path: 'list.a' })).toEqual(['x', 'y'])
  expect(valuesOf({ path: 'n' })).toEqual(['7'])
  expect(valuesOf({ path: 'on' })).toEqual(['true'])
  expect(valuesOf({ path: 'off' })).toEqual(['false'])
})

test('every other field has what a search finds it by', () => {
  const fields: EventField[] = [
    'actor_id',
    'name',
    'email',
    'type',
    'outcome',
    'source',
    'application',
    'session',
  ]
  expect(fields.flatMap((field) => valuesOf(field))).toEqual([
    'u_7',
    'ann lee',
    'ann@acme.com',
    'query',
    'success',
    'api',
    'psql',
    's1',
  ])
  expect(valuesOf('kind')).toEqual(['read'])
  expect(valuesOf('fingerprint')).toEqual(['9f3a5c'])
  expect(valuesOf('flag')).toEqual(['select_star'])
  expect(valuesOf('target')).toEqual(['table', 't1', 'orders'])
  expect(valuesOf('tag', { tags: ['PII', 'person.left'] })).toEqual(['pii', 'person.left'])
  const policy = { decision: 'violation' as const, policies: ['PII', 'By night'] }
  expect(valuesOf('policy', { policy })).toEqual(['pii', 'by night'])
  expect(valuesOf('policy', { policy: { decision: 'allowed', policies: [] } })).toEqual([])
})
