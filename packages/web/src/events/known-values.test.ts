import { describe, expect, it } from 'vitest'
import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { findKnownValues } from './known-values.ts'

function event(email: string, tables: string[]): PublicEvent {
  return {
    id: crypto.randomUUID(),
    type: 'query',
    occurredAt: '2026-11-22T10:00:00Z',
    receivedAt: '2026-11-22T10:00:00Z',
    actor: { type: 'user', email },
    outcome: 'success',
    source: 'api',
    position: { node: 'n', sequence: 1 },
    statement: {
      kind: 'read',
      parsed: true,
      tables: tables.map((name) => ({ name, access: 'read' as const })),
      fingerprint: '',
      normalized: '',
      flags: [],
    },
  }
}

describe('known values', () => {
  it('are those of the loaded events, the most frequent first', () => {
    const events = [event('b@x', ['t1']), event('a@x', ['t1', 't2']), event('a@x', [])]
    expect(findKnownValues(events, 'email')).toEqual(['a@x', 'b@x'])
    expect(findKnownValues(events, 'table')).toEqual(['t1', 't2'])
    expect(findKnownValues(events, 'duration')).toEqual([])
  })
})
