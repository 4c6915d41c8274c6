import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { withTermUse } from '@aleph-audit-log/domain/filter/edit-filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { describe, expect, it } from 'vitest'
import { cellTerms } from './cell-terms.ts'
import { columnIds } from './column-state.ts'

const full: PublicEvent = {
  id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a70',
  type: 'query',
  occurredAt: '2026-11-22T23:30:00.123456Z',
  receivedAt: '2026-11-22T23:30:01.000000Z',
  actor: { type: 'user', name: `<script>"O'Neil"</script> (x) OR -y*`, email: '\u202eann@acme.com' },
  outcome: 'denied',
  source: 'api',
  position: { node: 'n', sequence: 1 },
  data: { sql: 'select 1', database: 'a "b" \\', durationMs: 12.5, rows: 0 },
  context: { ip: '203.0.113.9', application: 'x'.repeat(300) },
  attribution: { tool: 'metabase', trust: 'asserted' },
  tags: ['pii', 'hr'],
  policy: { decision: 'violation', policies: ['No (pii)'] },
  statement: {
    kind: 'read',
    parsed: true,
    tables: [
      { name: 'sales.orders', access: 'read' },
      { name: 'a(b)', access: 'write' },
    ],
    fingerprint: '9f3a',
    normalized: 'select ?',
    flags: [],
  },
}
const bare: PublicEvent = {
  id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a71',
  type: 'login',
  occurredAt: '2026-11-21T00:00:00.000000Z',
  receivedAt: '2026-11-21T00:00:00.000000Z',
  actor: { type: 'anonymous', id: 'nobody' },
  outcome: 'success',
  source: 'app',
  position: { node: 'n', sequence: 2 },
}

function finds(search: string, event: PublicEvent): boolean {
  const enriched = { ...event, workspaceId: 'w', contentHash: '', idFromSender: false }
  return matchesFilter(parseFilter(search), toSearchableEvent(enriched))
}

describe('the terms of a cell', () => {
  it.each(columnIds)('%s find the events that have its value, and exclude them', (id) => {
    for (const [event, other] of [
      [full, bare],
      [bare, full],
    ] as const) {
      for (const zone of ['utc', 'local'] as const) {
        const { terms } = cellTerms(id, event, zone) ?? { terms: [] }
        expect(terms).not.toEqual([])
        const only = terms.reduce((text, term) => withTermUse(text, term, 'only'), '')
        const without = terms.reduce((text, term) => withTermUse(text, term, 'without'), '')
        expect([finds(only, event), finds(only, other)], only).toEqual([true, false])
        expect([finds(without, event), finds(without, other)], without).toEqual([false, true])
      }
    }
  })

  it('are short and whole in words', () => {
    expect(cellTerms('application', full, 'utc')?.label).toHaveLength('Application '.length + 81)
    expect(cellTerms('timestamp', full, 'utc')).toMatchObject({
      terms: ['created:2026-11-22'],
      label: 'Day 2026-11-22',
    })
    expect(cellTerms('durationMs', full, 'utc')).toMatchObject({
      terms: ['duration:>=12.5'],
      label: 'Duration of 12.5 ms or more',
    })
    expect(cellTerms('database', bare, 'utc')).toMatchObject({ terms: ['-database:*'], label: 'no Database' })
  })

  it('are not there for what no search can say', () => {
    const event = { ...full, context: { ip: '10.0.0.0/99' } }
    expect(cellTerms('ip', event, 'utc')).toBeUndefined()
    expect(cellTerms('ip', { ...full, context: { ip: 'not an address' } }, 'utc')?.terms).toEqual([
      'ip:"not an address"',
    ])
  })
})
