import { expect, test } from 'vitest'
import { createEvaluator } from '../../packages/server/src/detect/evaluator.ts'
import { emptyHistory } from '../../packages/server/src/detect/history.ts'
import { judgedEventOf } from '../../packages/server/src/detect/judged-event.ts'
import { readShippedRules } from '../../packages/server/src/detect/testing/judge-drafts.ts'
import { leftOnUntil, makeCompany } from './company.ts'
import { incidents } from './incident.ts'
import { toStoredEvents } from './to-stored-events.ts'

const nowMs = Date.parse('2026-11-24T12:34:56.789Z')

test('each incident of the company is told by the rule that is meant for it, and nothing else violates a policy', async () => {
  const made = makeCompany({ seed: 'test', nowMs, events: 12_000 })
  const stored = toStoredEvents(made, { workspaceId: 'w', node: 'n', leftOn: leftOnUntil(nowMs) })
  const evaluator = createEvaluator({ rules: readShippedRules(), history: emptyHistory })
  const judged = stored.map(judgedEventOf)
  const hits: Awaited<ReturnType<typeof evaluator.judge>>['hits'] = []
  for (let at = 0; at < judged.length; at += 500) {
    hits.push(...(await evaluator.judge(judged.slice(at, at + 500), [])).hits)
  }
  const told = new Set(hits.flatMap(({ rule, evidence }) => evidence.map(({ id }) => `${rule.name} ${id}`)))
  const missed = Object.entries(incidents).filter(
    ([name, { rule }]) =>
      !made.some(({ incident }, i) => incident === name && told.has(`${rule} ${stored[i]?.id}`)),
  )
  expect(missed).toEqual([])
  const violations = made.filter((_, i) => stored[i]?.policy?.decision === 'violation')
  expect(new Set(violations.map(({ incident }) => incident))).toEqual(
    new Set(['agent-reads', 'left-account', 'refused-again', 'self-grant']),
  )
}, 240_000)
