import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { expect, test } from 'vitest'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { createEvaluator } from './evaluator.ts'
import { findingsOf } from './findings.ts'
import { emptyHistory } from './history.ts'
import { judgedEventOf } from './judged-event.ts'
import { makeRule } from './testing/random-rules.ts'

const rule = makeRule(
  'r',
  { kind: 'events', filter: parseFilter('type:query') },
  { groupBy: ['email'], summary: '{person} asked from {ip}' },
)

const event = (i: number) =>
  judgedEventOf(
    makeEvent({
      sequence: i + 1,
      actor: { type: 'user', email: 'ann@acme.test' },
      context: { ip: `10.0.${i >> 8}.${i & 255}` },
    }),
  )

test('a summary says how many others there are, also of events that are not kept', async () => {
  const events = Array.from({ length: 300 }, (_, i) => event(i))
  const { hits } = await createEvaluator({ rules: [rule], history: emptyHistory }).judge(events, [])
  const [finding] = findingsOf(hits, [rule])
  expect(finding?.summaryOf(300)).toBe('ann@acme.test asked from 10.0.0.0, 10.0.0.1 and 298 more')
})

test('the summary of an alert that has grown counts whom it names already', async () => {
  const ofIp = { ...rule, groupBy: ['ip'] as const }
  const { hits } = await createEvaluator({ rules: [ofIp], history: emptyHistory }).judge([event(1)], [])
  const [finding] = findingsOf(hits, [ofIp])
  const known = { people: ['bo@acme.test', 'ann@acme.test', 'cy@acme.test', 'dee@acme.test'], tables: [] }
  expect(finding?.summaryOf(5, known)).toBe('ann@acme.test, bo@acme.test and 2 more asked from 10.0.0.1')
  const many = { people: Array.from({ length: 20 }, (_, i) => `p${i}`), tables: [] }
  expect(finding?.summaryOf(50, many)).toBe('ann@acme.test, p0 and at least 19 more asked from 10.0.0.1')
})
