import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { evaluatorsHere, EvaluatorThread, type EvaluatorHost } from './evaluator-thread.ts'
import type { Judged } from './evaluator.ts'
import type { Evidence } from './evidence.ts'
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

let folder: string | undefined
let programs = 0
afterAll(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true })
})

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
            return { found: found.map(withoutFeeds), counts: { ...evaluator.counts } }
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

  it('are given a past of many events in parts', async () => {
    const past = Array.from({ length: 2500 }, (_, i) => {
      const at = new Date(firstDayMs + i * 1000).toISOString()
      return judgedEventOf(makeEvent({ sequence: i + 1, outcome: 'denied', occurredAt: at, receivedAt: at }))
    })
    const at = new Date(firstDayMs + 3_600_000).toISOString()
    const event = makeEvent({ sequence: 2501, outcome: 'denied', occurredAt: at, receivedAt: at })
    const history: History = { ...emptyHistory, events: async () => ({ events: past, hasMore: false }) }
    const many = makeRule('many', {
      kind: 'correlation',
      type: 'event_count',
      rules: [{ id: 'denied', groupBy: [] }],
      timespanMs: 86_400_000,
      range: { min: 2501 },
      field: undefined,
    })
    for (const host of [evaluatorsHere, evaluatorsOverChannel()]) {
      const evaluator = host.create({ rules: [{ ...denied, isShown: false }, many], history })
      const { hits } = await evaluator.judge([judgedEventOf(event)], [{ node: 'n1', sequence: 2500 }])
      expect(hits).toMatchObject([{ rule: { id: 'many' }, count: 2501 }])
      await host.close()
    }
  })

  it('reject where the thread fails, whatever it fails with', async () => {
    const host = EvaluatorThread.at(await writeProgram('throw "The text of the test"'))
    const evaluator = host.create({ rules: [denied], history: emptyHistory })
    await expect(evaluator.judge(deniedEvents(), [])).rejects.toThrow('The text of the test')
    await host.close()
  })

  it('begin no thread of another build', async () => {
    const program = await writeProgram('import "./parts/of-then.js"')
    const host = EvaluatorThread.at(program)
    await writeFile(program, 'import "./parts/of-now.js"')
    expect(() => host.create({ rules: [denied], history: emptyHistory })).toThrow('start it again')
  })

  it('begin none when they are closed', async () => {
    const host = evaluatorsOverChannel()
    await host.close()
    expect(() => host.create({ rules: [denied], history: emptyHistory })).toThrow('have been closed')
  })

  it('tell that the program of the thread is missing', async () => {
    const host = EvaluatorThread.at('/nowhere/evaluator-worker.js')
    const evaluator = host.create({ rules: [denied], history: emptyHistory })
    await expect(evaluator.judge(deniedEvents(), [])).rejects.toThrow('/nowhere/evaluator-worker.js')
    await host.close()
  })
})

/** In this thread evidence has what windows know of it as well. */
function withoutFeeds({ hits, silences }: Judged): Judged {
  const only = ({ id, at, person, tables, isLate, values }: Evidence): Evidence => {
    return { id, at, person, tables, isLate, values }
  }
  const found = hits.map((hit) => ({ ...hit, event: only(hit.event), evidence: hit.evidence.map(only) }))
  return { hits: found, silences }
}

async function writeProgram(text: string): Promise<string> {
  folder ??= await mkdtemp(join(tmpdir(), 'evaluator-thread-'))
  const program = join(folder, `${++programs}.mjs`)
  await writeFile(program, text)
  return program
}

function queries(): JudgedEvent[] {
  return [judgedEventOf(makeEvent({ sequence: 1, type: 'query', context: { ip: '192.0.2.1' } }))]
}
