import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { expect, test } from 'vitest'
import { sqlLineOf } from './event-texts.ts'

function eventWith(sql: string, tool?: string): PublicEvent {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    type: 'query',
    occurredAt: '2026-11-20T10:00:00Z',
    receivedAt: '2026-11-20T10:00:00Z',
    actor: { type: 'user', name: 'Ann Lee' },
    outcome: 'success',
    source: 'api',
    position: { node: 'n1', sequence: 1 },
    data: { sql },
    ...(tool === undefined ? {} : { attribution: { tool, trust: 'asserted' } }),
  }
}

test.each([
  ['-- Metabase:: userID: 39 queryType: native\nSELECT 1', 'SELECT 1'],
  ['/* {"app": "dbt"} */\n\n create table t as select 1 /* end */', 'create table t as select 1 /* end */'],
  ['/* one */ -- two\n/* three */select 1', 'select 1'],
  ['/* never closed select 1', '/* never closed select 1'],
  ['-- nothing else', '-- nothing else'],
  ['  \n', '  \n'],
])('a line of the log begins %j with %j where its tool is told', (sql, shown) => {
  expect(sqlLineOf(eventWith(sql, 'metabase'))).toBe(shown)
})

test('a comment of nobody known is shown', () => {
  expect(sqlLineOf(eventWith('-- mine\nselect 1'))).toBe('-- mine\nselect 1')
  expect(sqlLineOf({ ...eventWith('x'), data: {} })).toBeUndefined()
})
