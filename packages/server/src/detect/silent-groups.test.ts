import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { expect, test } from 'vitest'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { detectionLimits } from './detection-limits.ts'
import { createEvaluator } from './evaluator.ts'
import { emptyHistory } from './history.ts'
import { judgedEventOf, type JudgedEvent } from './judged-event.ts'
import { makeRule } from './testing/random-rules.ts'
import { dayMicros } from './times.ts'

const firstMs = Date.parse('2026-11-02T10:00:00Z')
const dayMs = 86_400_000

function told(sequence: number, database: string, atMs: number): JudgedEvent {
  const at = new Date(atMs).toISOString()
  return judgedEventOf(makeEvent({ sequence, occurredAt: at, receivedAt: at, data: { database } }))
}

test('ever new names of groups keep nobody from noticing that one has fallen silent', async () => {
  const rule = makeRule(
    'silent',
    { kind: 'silent', filter: parseFilter('type:query'), silentMs: 2 * dayMs, daysMin: 3 },
    { groupBy: ['database'] },
  )
  const evaluator = createEvaluator({ rules: [rule], history: emptyHistory })
  const { silentGroupsMax } = detectionLimits
  for (let day = 0; day < 3; day++) {
    const made = Array.from({ length: day === 0 ? silentGroupsMax : 2000 }, (_, i) =>
      told(day * silentGroupsMax + i, `made-up-${day}-${i}`, firstMs + day * dayMs),
    )
    await evaluator.judge([...made, told(100_000 + day, 'sales', firstMs + day * dayMs + 1000)], [])
  }
  const { hits } = await evaluator.tick((firstMs + 5 * dayMs) * 1000, [])
  expect(hits.map(({ group, lastAt }) => ({ group, day: Math.floor(lastAt / dayMicros) }))).toEqual([
    { group: ['sales'], day: Math.floor((firstMs + 2 * dayMs) / dayMs) },
  ])
  expect(evaluator.counts.cut).toBeGreaterThan(0)
})
