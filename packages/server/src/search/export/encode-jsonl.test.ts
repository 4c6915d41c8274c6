import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import { expect, test } from 'vitest'
import { encodeJsonl } from './encode-jsonl.ts'
import { collect, makeOptions, makeQuery, pagesOf } from './testing/export-events.ts'
import { hostileTexts } from './testing/hostile-text.ts'

test('a line holds an event as the API shows it, exactly', async () => {
  const events = hostileTexts.map((sql, i) => makeQuery(i, sql, { occurredAt: '2026-11-22T10:00:00.1Z' }))
  const text = (await collect(encodeJsonl(pagesOf(events, 7), makeOptions('name')))).toString('utf8')
  const lines = text.split('\n')
  expect(lines.pop()).toBe('')
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(events.map(toPublicEvent))
})

test('an export without events is empty', async () => {
  expect(await collect(encodeJsonl(pagesOf([]), makeOptions()))).toHaveLength(0)
})
