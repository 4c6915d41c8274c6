import { AuditError } from '@aleph-audit-log/domain/error'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { evaluatorsHere, EvaluatorThread, type EvaluatorHost } from './evaluator-thread.ts'
import type { Judged } from './evaluator.ts'
import { createStoreHistory, emptyHistory, type History } from './history.ts'
import { judgedEventOf, type JudgedEvent } from './judged-event.ts'
import { evaluatorsOverChannel } from './testing/evaluators-over-channel.ts'
import { firstDayMs, makeRule, randomDays, randomEvents, randomRules } from './testing/random-rules.ts'

const denied = makeRule('denied', { kind: 'events', filter: parseFilter('outcome:denied') })
const firstSeen = makeRule('first', {
  kind: 'first_seen',
  filter: parseFilter('type:query'),
  field: 'ip',
  learningMs: 1,
})

function deniedEvents(): JudgedEvent[] {
  return [judgedEventOf(makeEvent({ sequence: 1, outcome: 'denied', context: { ip: '192.0.2.1' } }))]
}

describe('evaluators in a thread', () => {
  it('find the same as in this thread, for random rules and the past that the event store has', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(
        randomRules,
        randomEvents(60),
        fc.array(fc.nat(60), { maxLength: 4 }),
        async (rules, events, cuts) => {
          const store = createMemoryEventStore()
          await store.appendEvents(events, { mayBeThere: false })
          const history = createStoreHistory({
            store,
            workspaceId: events[0]?.workspaceId ?? '',
            keptFrom: () => '2020-01-01T00:00:00.000000Z',
            pageEventsMax: 50,
            pageBytesMax: 1e7,
          })
          const run = async (host: EvaluatorHost): Promise<{ found: Judged[]; counts: object }> => {
            const evaluator = host.create({ rules, history })
            const found: Judged[] = []
            let at = 0
            for (const cut of [...new Set([...cuts, events.length])].sort((a, b) => a - b)) {
              const upTo = [{ node: 'n1', sequence: at }]
              found.push(await evaluator.judge(events.slice(at, cut).map(judgedEventOf), upTo))
              at = cut
            }
            const nowMicros = (firstDayMs + (randomDays + 40) * 86_400_000) * 1000
            found.push(await evaluator.tick(nowMicros, [{ node: 'n1', sequence: at }]))
            evaluator.close()
            await host.close()
            return { found, counts: { ...evaluator.counts } }
          }
          const here = await run(evaluatorsHere)
          expect(await run(evaluatorsOverChannel())).toEqual(here)
          hits += here.found.reduce((sum, one) => sum + one.hits.length, 0)
        },
      ),
      { numRuns: 300 },
    )
    expect(hits).toBeGreaterThan(60)
  })

  it('reject with what the past could not be read for', async () => {
    const fault = new AuditError('unavailable', 'The event store of the test is away.')
    const history: History = { ...emptyHistory, group: async () => Promise.reject(fault) }
    const host = evaluatorsOverChannel()
    const evaluator = host.create({ rules: [firstSeen], history })
    await expect(evaluator.judge(queries(), [])).rejects.toBe(fault)
    await host.close()
  })

  it('begin another thread when one has ended, and not before', async () => {
    const host = evaluatorsOverChannel()
    const [one, other] = [denied, denied].map((rule) => host.create({ rules: [rule], history: emptyHistory }))
    await expect(one?.judge(deniedEvents(), [])).resolves.toMatchObject({
      hits: [{ rule: { id: 'denied' } }],
    })
    expect(host.opened()).toBe(1)
    host.end(new Error('The thread of the test has ended.'))
    await expect(other?.judge(deniedEvents(), [])).rejects.toThrow('The thread of the test has ended.')
    const next = host.create({ rules: [denied], history: emptyHistory })
    await expect(next.judge(deniedEvents(), [])).resolves.toMatchObject({ hits: [{ count: 1 }] })
    expect(host.opened()).toBe(2)
    await host.close()
  })

  it('take no thread for a workspace without rules', async () => {
    const host = evaluatorsOverChannel()
    const evaluator = host.create({ rules: [], history: emptyHistory })
    await expect(evaluator.judge(deniedEvents(), [])).resolves.toEqual({ hits: [], silences: [] })
    expect(host.opened()).toBe(0)
    await host.close()
  })

  it('tell that the program of the thread is missing', async () => {
    const host = EvaluatorThread.at('/nowhere/evaluator-worker.js')
    const evaluator = host.create({ rules: [denied], history: emptyHistory })
    await expect(evaluator.judge(deniedEvents(), [])).rejects.toThrow('/nowhere/evaluator-worker.js')
    await host.close()
  })
})

function queries(): JudgedEvent[] {
  return [judgedEventOf(makeEvent({ sequence: 1, type: 'query', context: { ip: '192.0.2.1' } }))]
}
