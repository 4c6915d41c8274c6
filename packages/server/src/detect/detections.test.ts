import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import type { EventDraft, StoredEvent } from '@aleph-audit-log/domain/event'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { openSettings, type Settings } from '../settings/open-settings.ts'
import { settingsEngines, type SettingsPlace } from '../settings/testing/settings-engines.ts'
import { RecentEvents } from '../search/recent-events.ts'
import type { EventStore } from '../store/event-store.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { makeEvent } from '../store/testing/sketch-events.ts'
import { Detections } from './detections.ts'
import { evaluatorsOverChannel } from './testing/evaluators-over-channel.ts'
import { evaluatorsHere, type EvaluatorHost } from './evaluator-thread.ts'
import { makeRule } from './testing/random-rules.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const startMs = Date.parse('2026-11-20T10:00:00Z')

const rules = [
  makeRule('failed', { kind: 'events', filter: parseFilter('outcome:failure') }, { isShown: false }),
  makeRule(
    'spray',
    {
      kind: 'correlation',
      type: 'event_count',
      rules: [{ id: 'failed', groupBy: ['person'] }],
      timespanMs: 600_000,
      range: { min: 3 },
      field: undefined,
    },
    { groupBy: ['person'], summary: '{person} {count}' },
  ),
  makeRule(
    'new',
    { kind: 'first_seen', filter: parseFilter('ip:*'), field: 'ip', learningMs: 60_000 },
    {
      groupBy: ['person'],
      summary: '{person} {value} {count}',
    },
  ),
  makeRule('denied', { kind: 'events', filter: parseFilter('outcome:denied') }, { groupBy: ['person'] }),
]

/** Some events of two workspaces; at the same place always the same. */
function makeEvents(count: number): StoredEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const at = new Date(startMs + i * 20_000).toISOString()
    const hash = (i * 2654435761) >>> 7
    return makeEvent({
      sequence: i + 1,
      workspaceId: hash % 5 === 0 ? 'w2' : 'w1',
      occurredAt: at,
      receivedAt: at,
      actor: { type: 'user', email: `p${hash % 3}@acme.test` },
      outcome: (['success', 'failure', 'failure', 'denied', 'success'] as const)[hash % 5] ?? 'success',
      context: { ip: `10.0.${hash % 4}.1` },
    })
  })
}

/** An installation: settings, an event store and a log that remembers what it was told; servers come and go. */
class World {
  readonly store: EventStore = createMemoryEventStore()
  readonly told = new Map<string, string>()
  applied = 0
  rules = rules
  readonly #recents = new Set<RecentEvents>()
  readonly settings: Settings
  evaluators: Pick<EvaluatorHost, 'create'> = evaluatorsHere
  /** Called before each step that writes; throws where the test wants a fault. */
  fault: (step: string) => void = () => undefined

  constructor(settings: Settings) {
    this.settings = settings
  }

  async apply(events: readonly StoredEvent[]): Promise<void> {
    const applied = events.at(-1)?.position.sequence ?? this.applied
    // What is too much to be kept is read from the store.
    const size = { records: applied % 20 === 0 ? 1000 : events.length, bytes: 100 * events.length }
    const followed = [...this.#recents].map((recent) => recent.begin(size))
    await this.store.appendEvents(events, {
      mayBeThere: false,
      onEvent: (event, searchable) => {
        for (const { add } of followed) add?.(event, searchable)
      },
    })
    this.applied = applied
    for (const { confirm } of followed) confirm(applied)
  }

  server(settings = this.settings): {
    detections: Detections
    recent: RecentEvents
    close: () => Promise<void>
  } {
    const recent = new RecentEvents({
      node: 'n1',
      appliedSequence: () => this.applied,
      readAllPositions: undefined,
      readAllBehind: async (range) => this.store.readAllBehind(range, { limit: 50, bytesMax: 1e7 }),
      limits: { recentEventsMax: 20, recentBytesMax: 1e6, batchJsonMax: 20, othersMs: 10 },
      onError: (error) => {
        throw error
      },
    })
    this.#recents.add(recent)
    const detections = new Detections({
      settings,
      store: this.store,
      newEvents: recent,
      ruleSet: {
        of: () => ({ rules: this.rules, entries: [], version: 1 }),
        before: () => this.rules,
        refresh: async () => undefined,
        findProblems: () => [],
      },
      evaluators: this.evaluators,
      record: async (drafts, workspaceId) => {
        this.fault('record')
        for (const draft of drafts) this.#tell(draft, workspaceId)
        this.fault('recorded')
      },
      onAlerts: () => undefined,
      leaseName: 'detections',
      keptFrom: () => '2020-01-01T00:00:00.000000Z',
      isSettled: () => true,
      now: () => nowMs,
      log: createLog(() => undefined),
      limits: {
        batchEventsMax: 7,
        batchBytesMax: 1e6,
        batchPositionsMax: 9,
        lookMs: 5,
        positionsMs: 0,
        retryMs: { first: 1, max: 5 },
        behindEventsMax: 1000,
        gatherMs: 1,
      },
    })
    return { detections, recent, close: async () => detections.close() }
  }

  /** The log keeps an event of a known id once; other content under it is an event of its own. */
  #tell(draft: EventDraft, workspaceId: string): void {
    const content = JSON.stringify([workspaceId, draft])
    const id = draft.id ?? ''
    expect(this.told.get(id) ?? content).toBe(content)
    this.told.set(id, content)
  }

  async alerts(): Promise<unknown[]> {
    const rows = await this.settings.db.selectFrom('alerts').selectAll().orderBy('id').execute()
    return rows.map(({ opened_at: _opened, updated_at: _updated, ...row }) => row)
  }

  async position(): Promise<number> {
    const row = await this.settings.db.selectFrom('detection_positions').selectAll().executeTakeFirst()
    return Number(row?.sequence ?? -1)
  }

  async untilJudged(): Promise<void> {
    await vi.waitFor(async () => expect(await this.position()).toBe(this.applied), {
      timeout: 20_000,
      interval: 5,
    })
  }
}

for (const engine of settingsEngines) {
  describe(`detections (${engine.name})`, () => {
    let place: SettingsPlace
    const opened: Settings[] = []
    const open = async (): Promise<Settings> => {
      const settings = await openSettings({ ...place.where, now: () => nowMs })
      opened.push(settings)
      return settings
    }
    const makeWorld = async (): Promise<World> => {
      place = await engine.createPlace()
      const settings = await open()
      for (const id of ['w1', 'w2']) {
        await settings.db.insertInto('workspaces').values({ id, name: id, created_at: '' }).execute()
      }
      return new World(settings)
    }
    const removeWorld = async (): Promise<void> => {
      for (const settings of opened.splice(0)) await settings.close()
      await place.remove()
    }
    let world: World
    beforeEach(async () => {
      world = await makeWorld()
    })
    afterEach(removeWorld)
    afterAll(async () => engine.stop())

    /** What is there when nothing went wrong. */
    const expected = async (events: StoredEvent[]): Promise<{ alerts: unknown[]; told: string[] }> => {
      const { detections, close } = world.server()
      await detections.open()
      await world.apply(events)
      detections.start()
      await world.untilJudged()
      await close()
      const found = { alerts: await world.alerts(), told: [...world.told.keys()].sort() }
      await removeWorld()
      world = await makeWorld()
      return found
    }

    it(
      'open every alert once, and tell each, whichever step fails and wherever a server ends',
      { timeout: 60_000 },
      async () => {
        const events = makeEvents(60)
        const whole = await expected(events)
        expect(whole.alerts.length).toBeGreaterThan(5)
        expect(whole.told).toHaveLength(whole.alerts.length)
        const evaluators = evaluatorsOverChannel()
        world.evaluators = evaluators
        let server = world.server()
        await server.detections.open()
        // Every second time that something is written it fails, before or after it was told.
        let steps = 0
        world.fault = (step) => {
          steps++
          if (steps % 5 === (step === 'record' ? 1 : 4)) throw new Error(`The fault of the test at ${step}.`)
        }
        server.detections.start()
        for (let at = 0; at < events.length; at += 10) {
          await world.apply(events.slice(at, at + 10))
          if (at % 30 === 20) evaluators.end(new Error('The thread of the test has ended.'))
          if (at % 20 === 10) {
            await server.close()
            server = world.server()
            server.detections.start()
          }
          await world.untilJudged()
        }
        await server.close()
        await evaluators.close()
        expect(steps).toBeGreaterThan(8)
        expect(evaluators.opened()).toBeGreaterThan(1)
        expect(await world.alerts()).toEqual(whole.alerts)
        expect([...world.told.keys()].sort()).toEqual(whole.told)
      },
    )

    it('tell once that somebody fell silent, whatever their name is', async () => {
      const filter = parseFilter('type:*')
      const condition = { kind: 'silent' as const, filter, silentMs: 3_600_000, daysMin: 1 }
      world.rules = [makeRule('quiet', condition, { groupBy: ['person'], summary: '{person} is silent' })]
      const name = `nul \0 ${Array.from({ length: 1000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')}`
      const at = new Date(startMs).toISOString()
      const actor = { type: 'user' as const, name }
      const event = makeEvent({ sequence: 1, workspaceId: 'w1', occurredAt: at, receivedAt: at, actor })
      for (const isFirst of [true, false]) {
        const { detections, close } = world.server()
        await detections.open()
        if (isFirst) await world.apply([event])
        detections.start()
        await vi.waitFor(async () => expect(await world.alerts()).toHaveLength(1), { timeout: 10_000 })
        await close()
      }
      expect(await world.alerts()).toMatchObject([{ event_count: 1 }])
      const kept = await world.settings.db.selectFrom('detection_windows').selectAll().execute()
      expect(kept).toHaveLength(1)
    })

    it('begin where the log stands at the very first start, and go on from there', async () => {
      const events = makeEvents(30)
      await world.apply(events.slice(0, 20))
      const server = world.server()
      await server.detections.open()
      server.detections.start()
      await vi.waitFor(async () => expect(await world.position()).toBe(20))
      expect(await world.alerts()).toEqual([])
      await world.apply(events.slice(20))
      await world.untilJudged()
      await server.close()
      const first = events[20]?.occurredAt ?? ''
      const rows = await world.settings.db.selectFrom('alerts').select('last_event_at').execute()
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row.last_event_at >= first).toBe(true)
    })

    it('write nothing where another server has judged the same events meanwhile', async () => {
      const events = makeEvents(40)
      const whole = await expected(events)
      const [one, other] = [
        world.server(),
        world.server(engine.name === 'PostgreSQL' ? await open() : undefined),
      ]
      await one.detections.open()
      await world.apply(events)
      // On SQLite both have the lease, as a server would that has lost it without noticing.
      one.detections.start()
      other.detections.start()
      await world.untilJudged()
      await one.close()
      await other.close()
      expect(await world.alerts()).toEqual(whole.alerts)
      expect([...world.told.keys()].sort()).toEqual(whole.told)
    })
  })
}
