import { policyDecisions, type EventData, type Json, type StoredEvent } from '@aleph-audit-log/domain/event'
import { actorTypes, outcomes, statementKinds } from '@aleph-audit-log/domain/event-values'
import * as fc from 'fast-check'

/** Few values, so that random filters find something; each has hurt some search before. */
export const pool = {
  texts: [
    'Ann Lee',
    'ann@Acme.com',
    'Lee\u001fann',
    '\u001f',
    'Straße',
    'STRASSE',
    'İstanbul',
    'ΟΔΌΣ οδός',
    'ﬁnance',
    '😀 smile 😀',
    'lone \ud800 half',
    '\udc00',
    '100%',
    'a_b',
    'axb',
    '%_\\%',
    'back\\slash\\',
    `o'neil "q" \`b\``,
    'line\nbreak\r\n',
    '\ttab',
    'nul\0byte',
    '\0',
    '\\N',
    'NULL',
    'a*b',
    '*',
    ' ',
    '',
    'true',
    'False',
    '5',
    '-3',
    '1e+21',
    '{filter_0:String}',
    "'; DROP TABLE events; --",
    "') OR 1=1 --",
    '\u2028\u0085\u3000',
    'é e\u0301',
    '漢字',
    'x'.repeat(300),
  ],
  tables: [
    'prod.Sales.Orders',
    'sales.orders',
    'orders',
    'SALES.%_',
    'größe.😀',
    'a.b.c.d',
    'end.',
    "o'clock",
  ],
  flags: ['select_star', 'no_where', 'multi'],
  types: ['query', 'login', 'a.b_c', 'query_2'],
  ips: [
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '10.255.255.255',
    '11.0.0.0',
    'FE80::1',
    'fe80:0:0:0:0:0:0:1',
    'fe80::1%eth0',
    '2001:DB8::',
    'localhost',
    '10.0.0.300',
    '',
  ],
  numbers: [
    0, 1, -1, 5, 12.5, 0.1, 0.30000000000000004, 1e21, -1.5e300, 5e-324, 9007199254740991,
    1.7976931348623157e308,
  ],
  keys: ['region', 'a', 'B c', '__proto__', 'constructor', 'x.y', 'İ', '😀', 'q\'"\\', ''],
  times: [
    '2026-10-31T23:59:59.999999Z',
    '2026-11-01T00:00:00Z',
    '2026-11-01T00:00:00.000001Z',
    '2026-11-22T10:00:00.123456Z',
    '2026-11-22T10:00:00.123Z',
    '2026-11-22T10:00:00Z',
    '2026-12-07T00:00:00Z',
    '2024-02-29T12:00:00Z',
  ],
} as const

const anyText = fc.constantFrom(...pool.texts)
const maybeText = fc.option(anyText, { nil: undefined, freq: 3 })

const leaf: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: anyText },
  { weight: 2, arbitrary: fc.constantFrom(...pool.numbers) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
)

const { data } = fc.letrec<{ data: EventData; json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('json'), { maxLength: 3 }),
    tie('data'),
  ),
  data: fc
    .array(fc.tuple(fc.constantFrom(...pool.keys), tie('json')), { maxLength: 4 })
    // Parsed, so that `__proto__` is a key like any other.
    .map((entries) => {
      const members = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      return JSON.parse(`{${members.join(',')}}`) as EventData
    }),
}))

const knownData = fc.record(
  {
    sql: anyText,
    database: anyText,
    login: fc.oneof(anyText, fc.constant(7)),
    durationMs: fc.oneof(fc.constantFrom(...pool.numbers), anyText),
    rows: fc.constantFrom(...pool.numbers),
    error: fc.oneof(
      anyText,
      fc.record(
        { code: fc.oneof(anyText, fc.constantFrom(...pool.numbers)), message: anyText },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
)

const statement = fc.record({
  kind: fc.constantFrom(...statementKinds),
  parsed: fc.boolean(),
  tables: fc.array(
    fc.record({ name: fc.constantFrom(...pool.tables), access: fc.constantFrom('read', 'write') }),
    {
      maxLength: 3,
    },
  ),
  fingerprint: fc.constantFrom('9f3a5c', '9f3b', ''),
  normalized: anyText,
  flags: fc.subarray([...pool.flags]),
})

/** Everything but what tells events apart: id, position and workspace. */
const content = fc.record(
  {
    type: fc.constantFrom(...pool.types),
    occurredAt: fc.constantFrom(...pool.times),
    actor: fc.record({
      type: fc.constantFrom(...actorTypes),
      id: maybeText,
      name: maybeText,
      email: maybeText,
    }),
    outcome: fc.constantFrom(...outcomes),
    source: anyText,
    data: fc.tuple(knownData, data).map(([known, other]) => ({ ...known, ...other })),
    targets: fc.array(fc.record({ type: anyText, id: maybeText, name: maybeText }), { maxLength: 2 }),
    context: fc.record({
      ip: fc.constantFrom(...pool.ips),
      application: maybeText,
      sessionId: maybeText,
      requestId: maybeText,
    }),
    statement,
    tags: fc.array(anyText, { maxLength: 3 }),
    policy: fc.record({
      decision: fc.constantFrom(...policyDecisions),
      policies: fc.array(anyText, { maxLength: 2 }),
    }),
    attribution: fc.record({ login: maybeText, tool: maybeText, trust: fc.constant('asserted') }),
  },
  { requiredKeys: ['type', 'occurredAt', 'actor', 'outcome', 'source'] },
)

/** So many random events with ids and sequences of their own. */
export function makeRandomEvents(count: number, seed: number): StoredEvent[] {
  return fc.sample(content, { numRuns: count, seed }).map((event, i) => ({
    ...withoutUndefined(event),
    id: makeId(i),
    idFromSender: false,
    receivedAt: '2026-11-22T10:00:01.5Z',
    workspaceId: 'w1',
    contentHash: '0'.repeat(32),
    position: { node: 'n1', sequence: i + 1 },
  }))
}

export function makeId(index: number): string {
  return `0193a5c0-7b1e-7000-8000-${index.toString(16).padStart(12, '0')}`
}

/** Events come from JSON, which has no undefined; this also gives each its own objects. */
function withoutUndefined(value: object): Omit<StoredEvent, 'id' | 'idFromSender' | 'position'> {
  // The arbitrary makes what the type says, but for the undefined fields that go here.
  return JSON.parse(JSON.stringify(value)) as Omit<StoredEvent, 'id' | 'idFromSender' | 'position'>
}
