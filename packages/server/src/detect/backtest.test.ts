import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openClickHouseEventStore } from '../store/clickhouse/clickhouse-event-store.ts'
import { openEmbeddedEngine } from '../store/clickhouse/embedded-engine.ts'
import type { EventStore } from '../store/event-store.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { backtest } from './backtest.ts'
import { createEvaluator } from './evaluator.ts'
import { findingsOf } from './findings.ts'
import type { Hit } from './hit.ts'
import { createStoreHistory, type History } from './history.ts'
import { judgedEventOf } from './judged-event.ts'
import { firstDayMs, randomDays, randomEvents, randomRules } from './testing/random-rules.ts'

const dayMs = 86_400_000
const beforeMs = firstDayMs + randomDays * dayMs
const fromMs = beforeMs - 30 * dayMs

function historyOf(store: EventStore, workspaceId: string): History {
  const keptFrom = (): string => '2020-01-01T00:00:00.000000Z'
  return createStoreHistory({ store, workspaceId, keptFrom, pageEventsMax: 50, pageBytesMax: 1e7 })
}

/** Judges the events as they come, in batches that end at these places; a server is started anew at every other one. */
async function stream(
  rules: readonly Rule[],
  events: readonly StoredEvent[],
  history: History,
  cuts: readonly number[],
): Promise<Hit[]> {
  const hits: Hit[] = []
  let evaluator = createEvaluator({ rules, history })
  const told: Awaited<ReturnType<typeof evaluator.judge>>['silences'] = []
  let at = 0
  for (const [i, cut] of [...new Set([...cuts, events.length])].sort((a, b) => a - b).entries()) {
    const upTo = [{ node: 'n1', sequence: at }]
    const batch = events.slice(at, cut).map(judgedEventOf)
    // The clock goes on until the server ends.
    const looked = await evaluator.tick(batch[0]?.at ?? 0, upTo)
    if (i % 2 === 1) evaluator = createEvaluator({ rules, history, told: [...told, ...looked.silences] })
    const judged = await evaluator.judge(batch, upTo)
    hits.push(...looked.hits, ...judged.hits)
    told.push(...looked.silences, ...judged.silences)
    at = cut
  }
  const last = await evaluator.tick(beforeMs * 1000, [{ node: 'n1', sequence: events.length }])
  return [...hits, ...last.hits]
}

const comparable = (
  alerts: readonly { group: unknown; firstEventAt: string; lastEventAt: string; eventCount: number }[],
): string[] =>
  alerts
    .map(({ group, firstEventAt, lastEventAt, eventCount }) =>
      JSON.stringify([group, firstEventAt, lastEventAt, eventCount]),
    )
    .sort()

/** So that a shrunken example can be put here again. */
let workspaces = 0

async function expectAgreement(store: EventStore, runs: number): Promise<{ alerts: number }> {
  let alerts = 0
  await fc.assert(
    fc.asyncProperty(
      randomRules,
      randomEvents(120),
      fc.array(fc.nat(120), { maxLength: 6 }),
      async (rules, events, cuts) => {
        const workspaceId = `w${++workspaces}`
        const stored = events.map((event, i) => ({
          ...event,
          workspaceId,
          id: `00000000-0000-4000-8000-${String(workspaces * 1000 + i).padStart(12, '0')}`,
        }))
        await store.appendEvents(stored, { mayBeThere: false })
        const history = historyOf(store, workspaceId)
        const places = cuts.filter((cut) => cut > 0 && cut < stored.length)
        const hits = await stream(rules, stored, history, places)
        const expected = findingsOf(
          hits.filter(({ lastAt }) => lastAt >= fromMs * 1000),
          rules,
        )
        const rule = rules.at(-1)
        if (rule === undefined) throw new Error('no rule')
        const found = await backtest(history, { rule, rules, from: fromMs * 1000, before: beforeMs * 1000 })
        expect(found.truncated).toBe(false)
        expect(found.total).toBe(expected.length)
        expect(comparable(found.alerts)).toEqual(comparable(expected).slice(0, 100))
        alerts += expected.length
      },
    ),
    { numRuns: runs },
  )
  return { alerts }
}

describe('a backtest finds what the rules would have found of the same events', () => {
  it('in memory, for random rules, however they came in batches and servers were started anew', async () => {
    const { alerts } = await expectAgreement(createMemoryEventStore(), 450)
    expect(alerts).toBeGreaterThan(100)
  })

  it('in the embedded ClickHouse', { timeout: 120_000 }, async () => {
    const path = await mkdtemp(join(tmpdir(), 'backtest-'))
    const store = await openClickHouseEventStore(
      await openEmbeddedEngine({
        path,
        memoryBytesMax: 700_000_000,
        queryMemoryBytesMax: 400_000_000,
        queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
      }),
    )
    const { alerts } = await expectAgreement(store, 25)
    expect(alerts).toBeGreaterThan(0)
    await store.close()
    await rm(path, { recursive: true, force: true })
  })
})
