import type { AccessReportLine } from '@aleph-audit-log/domain/api/access-review'
import { expect, test } from 'vitest'
import { countDecided, entryOf, lineKey, readDrafts, toSignOffRequest, withEntry } from './review-draft.ts'

const none = { values: [], total: 0 }
const line = (table: string, person: string, count = 1): AccessReportLine => ({
  table,
  person: { id: person },
  count,
  reads: count,
  writes: 0,
  failed: 0,
  denied: 0,
  firstAt: '2026-11-01T00:00:00.000000Z',
  lastAt: '2026-11-02T00:00:00.000000Z',
  tools: none,
  logins: none,
  applications: none,
})
const question = { tables: 'hr.*', from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }

test('a review can be signed when each line has a decision', () => {
  const lines = [line('hr.pay', 'ann'), line('hr.pay', 'bo')]
  const report = { ...question, patterns: ['hr.*'], tables: ['hr.pay'], hash: 'h', lines }
  let draft = withEntry({}, lines[0]!, { decision: 'keep', remark: ' fine ' })
  draft = withEntry(draft, lines[1]!, { remark: 'asked' })
  expect(countDecided(draft, report)).toBe(1)
  expect(toSignOffRequest(draft, question, report, '')).toBeUndefined()
  draft = withEntry(draft, lines[1]!, { decision: 'revoke' })
  expect(toSignOffRequest(draft, question, report, ' Q4 ')).toEqual({
    ...question,
    hash: 'h',
    remark: 'Q4',
    lines: [
      { table: 'hr.pay', person: 'ann', decision: 'keep', remark: 'fine' },
      { table: 'hr.pay', person: 'bo', decision: 'revoke', remark: 'asked' },
    ],
  })
})

test('what was counted otherwise since is to be decided anew, and keeps its remark', () => {
  const draft = withEntry({}, line('hr.pay', 'ann', 3), { decision: 'keep', remark: 'fine' })
  expect(entryOf(draft, line('hr.pay', 'ann', 3))).toEqual({ decision: 'keep', remark: 'fine' })
  expect(entryOf(draft, line('hr.pay', 'ann', 4))).toEqual({ remark: 'fine' })
})

test('what stands in the browser is taken only as far as it is ours', () => {
  const draft = withEntry({}, line('hr.pay', '__proto__'), { decision: 'ask' })
  expect(readDrafts(JSON.stringify([['r', draft]]))).toEqual([['r', draft]])
  for (const text of ['', '{', 'null', '{}', '[1]', '[["r"]]', '[[1,{}]]'])
    expect(readDrafts(text), text).toEqual([])
  const key = lineKey(line('hr.pay', 'ann'))
  expect(readDrafts(JSON.stringify([['r', { [key]: { seen: 's', decision: 'all' }, x: 1 }]]))).toEqual([
    ['r', { [key]: { seen: 's' } }],
  ])
})
