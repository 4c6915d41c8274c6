import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { sealSearch, type RestrictedSearch } from '../restricted-search.ts'

/** What a test says of an event; the rest has values that do not matter. */
type EventSketch = Partial<Omit<StoredEvent, 'position'>> & { sequence: number; node?: string }

export function makeEvent(sketch: EventSketch): StoredEvent {
  const { sequence, node = 'n1', ...rest } = sketch
  return {
    id: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
    idFromSender: true,
    type: 'query',
    occurredAt: '2026-11-20T10:00:00Z',
    receivedAt: '2026-11-20T10:00:00.500000Z',
    actor: { type: 'user', name: 'Ann Lee', email: 'ann@acme.com' },
    outcome: 'success',
    workspaceId: 'w1',
    source: 'api',
    contentHash: 'a'.repeat(32),
    position: { node, sequence },
    ...rest,
  }
}

export function search(q = '', over: Partial<RestrictedSearch> = {}): RestrictedSearch {
  return sealSearch({
    workspaceId: 'w1',
    filter: parseFilter(q),
    from: '2026-01-01T00:00:00.000000Z',
    before: '2027-01-01T00:00:00.000000Z',
    sees: 'everything',
    ...over,
  })
}

export const hostileTexts = [
  "'; DROP TABLE events; --",
  'tab\tline\nreturn\rnul\0end',
  '\\N \\t {workspace:String}',
  '<script>alert(1)</script>',
  'שלום عالم 你好 👩‍👩‍👧 ﷽',
  'lone \ud800 surrogate',
  '"quotes" and `ticks` and %_\\%',
]

export const events: StoredEvent[] = [
  ...hostileTexts.map((text, i) =>
    makeEvent({
      sequence: i + 1,
      occurredAt: `2026-11-0${i + 1}T08:00:00.00000${i}Z`,
      actor: { type: 'user', name: text, email: 'eve@acme.com' },
      data: { sql: text, [text]: { nested: [text] } },
    }),
  ),
  makeEvent({
    sequence: 20,
    occurredAt: '2026-11-10T10:00:00Z',
    data: { database: 'Prod', rows: 5, durationMs: 1.5 },
  }),
  makeEvent({
    sequence: 21,
    occurredAt: '2026-11-10T10:00:00.000001Z',
    outcome: 'failure',
    type: 'integration_created',
  }),
  makeEvent({ sequence: 22, occurredAt: '2026-11-10T10:59:59.999999Z', outcome: 'denied', source: 'int_1' }),
  makeEvent({
    sequence: 23,
    occurredAt: '2026-11-10T11:00:00Z',
    statement: {
      kind: 'read',
      parsed: true,
      tables: [
        { name: 'sales.Orders', access: 'read' },
        { name: 'sales.Orders', access: 'write' },
        { name: 'hr.people', access: 'read' },
      ],
      fingerprint: 'f00d',
      normalized: 'select ?',
      flags: ['no_where'],
    },
    attribution: { login: 'svc_bi', tool: 'metabase', trust: 'asserted' },
  }),
  makeEvent({ sequence: 24, workspaceId: 'w2', occurredAt: '2026-11-10T11:00:00Z' }),
]
