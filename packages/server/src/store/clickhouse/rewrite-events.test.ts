import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTurns } from '../../settings/run-in-turn.ts'
import type { ChangeEvent, EventStore, RewriteOptions, RewriteProgress } from '../event-store.ts'
import { makeEvent, search } from '../testing/sketch-events.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { openEmbeddedEngine } from './embedded-engine.ts'
import type { Engine } from './engine.ts'

let dir: string
let engine: Engine
let store: EventStore
let exclusively: RewriteOptions['exclusively']
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rewrite-'))
  engine = await openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
  })
  store = await openClickHouseEventStore(engine)
  const runInTurn = createTurns()
  exclusively = async (work) => runInTurn('event store', work)
  await append(10, 12_009)
})
afterEach(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

/** Events of two weeks, in turn. */
async function append(first: number, last: number): Promise<void> {
  const events = Array.from({ length: last - first + 1 }, (_, i) => {
    const sequence = first + i
    const day = sequence % 2 === 0 ? '2026-11-04' : '2026-11-11'
    return makeEvent({ sequence, occurredAt: `${day}T10:00:00Z`, data: { sql: 'select 1' } })
  })
  await exclusively(async () => store.appendEvents(events, { mayBeThere: false }))
}

const understood: ChangeEvent = (event) => ({
  ...event,
  statement: {
    kind: 'read',
    parsed: true,
    tables: [{ name: 'sales.orders', access: 'read' }],
    fingerprint: 'f00d',
    normalized: 'select ?',
    flags: [],
  },
})

type Rewriting = { progress: RewriteProgress[]; stop: () => void; done: Promise<void> }

function rewrite(change: (event: StoredEvent, rewriting: Rewriting) => StoredEvent | undefined): Rewriting {
  const stopping = new AbortController()
  const progress: RewriteProgress[] = []
  const rewriting: Rewriting = {
    progress,
    stop: () => stopping.abort(),
    done: Promise.resolve(),
  }
  rewriting.done = store.rewriteEvents((event) => change(event, rewriting), {
    exclusively,
    signal: stopping.signal,
    onProgress: (now) => progress.push(now),
  })
  return rewriting
}

const sound = {
  repeatedEvents: 0,
  tableWeeksAstray: 0,
  projectionWeeksAstray: 0,
  seenAstray: 0,
  brokenParts: 0,
}

async function tablesLeft(): Promise<string[]> {
  return engine.queryLines(
    'long',
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%rewrite%'`,
  )
}

describe('putting other events in the place of stored ones', () => {
  it('reaches those that are appended meanwhile as well, once', async () => {
    const appending: Promise<void>[] = []
    let seen = 0
    await rewrite((event) => {
      if (seen++ % 5000 === 0) appending.push(append(13_001 + seen, 13_100 + seen))
      return understood(event)
    }).done
    await Promise.all(appending)
    // What came after the last week was exchanged has its turn now.
    await rewrite(understood).done
    const count = 12_000 + appending.length * 100
    expect(await store.findFaults()).toEqual({ ...sound, events: count })
    expect(await store.countEvents(search('table:orders'))).toBe(count)
    expect(appending.length).toBeGreaterThan(1)
    expect(await tablesLeft()).toEqual([])
  })

  it('leaves a week alone in which nothing changes', async () => {
    const parts = async (): Promise<string[]> =>
      engine.queryLines(
        'long',
        `SELECT name
         FROM system.parts
         WHERE table = 'events'
           AND active
           AND partition = '2026-11-02'
           AND database = currentDatabase()`,
      )
    const before = await parts()
    const { progress, done } = rewrite((event) =>
      event.occurredAt.startsWith('2026-11-04') ? undefined : understood(event),
    )
    await done
    expect(progress.at(-1)).toEqual({ weeks: 2, weeksDone: 2, events: 12_000, changed: 6000 })
    expect(await parts()).toEqual(before)
    expect(before.length).toBeGreaterThan(0)
    expect(await store.findFaults()).toEqual({ ...sound, events: 12_000 })
  })

  it('loses nothing when it is stopped or fails in the middle of a week, and can be begun anew', async () => {
    let seen = 0
    const stopped = rewrite((event, { stop }) => {
      if (++seen === 7000) stop()
      return understood(event)
    })
    await expect(stopped.done).rejects.toMatchObject({ code: 'unavailable' })
    expect(stopped.progress.at(-1)).toMatchObject({ weeksDone: 1, changed: 6000 })
    await expect(
      rewrite(() => {
        throw new TypeError('no')
      }).done,
    ).rejects.toThrow('no')
    expect(await tablesLeft()).toEqual([])
    expect(await store.findFaults()).toEqual({ ...sound, events: 12_000 })
    expect(await store.countEvents(search('table:orders'))).toBe(6000)
    await rewrite(understood).done
    expect(await store.countEvents(search('table:orders'))).toBe(12_000)
  })

  it('begins a week anew when older events come in between, and does not bring back a week that was dropped', async () => {
    let seen = 0
    const meanwhile: Promise<unknown>[] = []
    await rewrite((event) => {
      seen++
      if (seen === 1) {
        const older = makeEvent({ sequence: 3, id: '00000000-0000-4000-8000-00000000beef', type: 'older' })
        const occurredAt = '2026-11-11T09:00:00Z'
        meanwhile.push(
          exclusively(async () => store.appendEvents([{ ...older, occurredAt }], { mayBeThere: false })),
          exclusively(async () => store.dropWeeksBefore('2026-11-09T00:00:00.000000Z', 4)),
        )
      }
      return understood(event)
    }).done
    await Promise.all(meanwhile)
    expect(await store.findFaults()).toEqual({ ...sound, events: 6001 })
    expect(await store.countEvents(search('table:orders'))).toBe(6001)
    expect(await store.countEvents(search('type:older table:orders'))).toBe(1)
  })

  it('takes away what one that was killed had left', async () => {
    await engine.command('long', 'CREATE TABLE events_rewrite AS events')
    await engine.command('long', 'INSERT INTO events_rewrite SELECT * FROM events')
    await rewrite(understood).done
    expect(await store.findFaults()).toEqual({ ...sound, events: 12_000 })
    expect(await tablesLeft()).toEqual([])
  })
})
