import { describe, expect, test } from 'vitest'
import { qualifiers } from './qualifiers.ts'
import { toSearchableEvent } from '../searchable-event.ts'
import type { EnrichedEvent } from '../event.ts'
import { matchesFilter } from './match-filter.ts'
import { parseFilter } from './parse-filter.ts'

const event: EnrichedEvent = {
  id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a70',
  idFromSender: false,
  type: 'query',
  occurredAt: '2026-11-22T10:00:00.123456Z',
  receivedAt: '2026-11-22T10:00:01Z',
  workspaceId: 'w1',
  source: 'Api',
  contentHash: '0'.repeat(32),
  actor: { type: 'user', id: 'U_7', name: 'Ann Lee', email: 'Ann@Acme.com' },
  outcome: 'failure',
  data: {
    sql: 'SELECT 100% FROM Sales.Orders -- "größe" \\ ΟΔΌΣ',
    database: 'Prod',
    login: 'svc_bi',
    durationMs: 12.5,
    Region: { Code: 'EMEA', tags: ['a', 'B'], size: -3, big: 1e21 },
    flag: true,
    off: false,
    nothing: null,
    empty: '',
    error: { code: '42P01', message: 'relation "x" does not exist' },
  },
  targets: [{ type: 'integration', id: 'int_1', name: 'Production warehouse' }],
  context: { ip: '203.0.113.9', application: 'psql 16', sessionId: 's1', requestId: 'r1' },
  statement: {
    kind: 'read',
    parsed: true,
    tables: [{ name: 'prod.sales.orders', access: 'read' }],
    fingerprint: '9f3a5c',
    normalized: '',
    flags: ['select_star'],
  },
  attribution: { login: 'svc_bi', tool: 'Metabase', trust: 'asserted' },
  tags: ['pii', 'person.service'],
  policy: { decision: 'violation', policies: ['PII for Finance'] },
}

/** Nothing that can be missing is there. */
const bare: EnrichedEvent = {
  id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a71',
  idFromSender: false,
  type: 'login',
  occurredAt: '2026-11-22T10:00:00Z',
  receivedAt: '2026-11-22T10:00:01Z',
  workspaceId: 'w1',
  source: 'app',
  contentHash: '0'.repeat(32),
  actor: { type: 'anonymous', id: 'x' },
  outcome: 'success',
}

function matches(text: string, subject: EnrichedEvent = event): boolean {
  return matchesFilter(parseFilter(text), toSearchableEvent(subject))
}

describe('a search finds', () => {
  test.each([
    '',
    '*',
    'actor:u_7',
    'actor:"ANN LEE"',
    'actor:ann@acme.com',
    'actor:*@acme.*',
    'name:ann*',
    'email:*ACME*',
    'id:0193A5C0-7B1E-7000-8000-2F6D4C1B9A70',
    'id:0193a5c0*',
    'type:query',
    'outcome:failure',
    'table:orders',
    'table:sales.orders',
    'table:prod.sales.orders',
    'table:sales.*',
    'kind:read',
    'kind:r*d',
    'fingerprint:9f3a*',
    'flag:select_star',
    'tag:pii',
    'tag:person.*',
    'policy:violation',
    'policy:"pii for finance"',
    'database:prod',
    'login:svc_bi',
    'tool:metabase',
    'application:"psql 16"',
    'source:api',
    'session:s1',
    'request:r1',
    'target:integration',
    'target:int_1',
    'target:production*',
    'error:42p01',
    'error:*"not exist"',
    'ip:203.0.113.9',
    'ip:::ffff:203.0.113.9',
    'ip:203.0.113.0/24',
    'ip:203.*',
    'duration:12.5',
    'duration:>12',
    'duration:<=12.5',
    'duration:12.5..13',
    'duration:*',
    'after:2026-11-22',
    'after:2026-11-22T10:00:00.123456Z',
    'before:2026-11-23',
    'created:2026-11-22',
    'created:2026-11-20..2026-11-22',
    'created:2026-11-22T10:00:00.123456Z',
    'created:<=2026-11-22T10:00:00.123456Z',
    'data.region.code:emea',
    'data.REGION.tags:b',
    'data.region.size:-3',
    'data.region.size:<0',
    'data.region.big:1e+21',
    'data.region.big:>1e20',
    'data.flag:true',
    'data.off:false',
    'data.off:f*',
    'data.empty:*',
    'data.sql:*sales.orders*',
    '100%',
    'select*orders',
    '"sales.orders --"',
    '"\\"größe\\" \\\\"',
    'GRÖSSE OR GRÖßE',
    'οδόσ OR ΟΔΌΣ',
    'ann -bob',
    'quer',
    'emea',
    '12.5',
    '(bob OR ann) -(bob OR carl)',
    '-is:noise',
  ])('%s', (text) => {
    expect(matches(text)).toBe(true)
  })
})

describe('a search does not find', () => {
  test.each([
    'actor:ann',
    'name:lee',
    'type:quer',
    'table:sales',
    'table:ales.orders',
    'ip:203.0.113.90',
    'ip:10.0.0.0/8',
    'ip:2001:db8::/32',
    'duration:>12.5',
    'rows:<1',
    'rows:>=0',
    'rows:*',
    'after:2026-11-23',
    'after:2026-11-22T10:00:00.123457Z',
    'before:2026-11-22',
    'before:2026-11-22T10:00:00.123456Z',
    'data.region:emea',
    'data.code:emea',
    'data.nothing:*',
    'data.flag:false',
    'data.sql:>1',
    'region',
    'true',
    'failure',
    '1000%',
    '"select*orders"',
    'orders*select',
    'is:noise',
    '-ann',
    'ann bob',
  ])('%s', (text) => {
    expect(matches(text)).toBe(false)
  })
})

test('a missing value matches nothing, and so does match every negation', () => {
  const own = new Set(['actor', 'id', 'type', 'outcome', 'source', 'after', 'before', 'created', 'is'])
  for (const { kind, name } of qualifiers) {
    if (own.has(name)) continue
    const term = kind === 'data' ? 'data.region' : name
    expect(matches(`${term}:*`, bare), term).toBe(false)
    expect(matches(`-${term}:*`, bare), term).toBe(true)
  }
  expect(matches('rows:<5', bare)).toBe(false)
  expect(matches('-rows:<5', bare)).toBe(true)
  expect(matches('ip:::/0', bare)).toBe(false)
})

test('every example of the manual is a valid search', () => {
  for (const { examples } of qualifiers) {
    for (const example of examples) expect(() => parseFilter(example), example).not.toThrow()
  }
})
