import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal } from '../journal/journal.ts'
import { openQuarantine } from '../journal/quarantine.ts'
import { createMemoryEventStore } from '../store/memory/memory-event-store.ts'
import { checkLog, type CheckDependencies } from './check-log.ts'
import { inTurn } from './testing/start-applying.ts'

const nowMs = Date.parse('2026-11-22T10:00:00Z')

function payload(n: number, over: Partial<StoredEvent> = {}): Omit<StoredEvent, 'position'> {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    idFromSender: false,
    type: 'query',
    occurredAt: '2026-11-20T10:00:00Z',
    receivedAt: '2026-11-20T10:00:00.500000Z',
    actor: { type: 'user', name: 'Ann Lee' },
    outcome: 'success',
    workspaceId: 'w1',
    source: 'api',
    contentHash: 'a'.repeat(32),
    ...over,
  }
}

let dir: string
let deps: CheckDependencies
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'check-'))
  const limits = {
    segmentBytesMax: 3000,
    payloadBytesMax: 1_000_000,
    unappliedBytesMax: 10_000_000,
    appliedKeptMs: 3_600_000,
    appliedKeptBytes: 1_000_000,
  }
  deps = {
    journal: await Journal.open(dir, limits, () => nowMs),
    store: createMemoryEventStore(),
    quarantine: await openQuarantine(dir),
    node: 'n1',
    exclusively: inTurn(),
    now: () => nowMs,
    retentionDays: 400,
  }
})
afterEach(async () => {
  await deps.journal.close()
  await rm(dir, { recursive: true })
})

/** Puts events into the journal, and what `stored` makes of them into the store; all count as applied. */
async function keep(
  events: Omit<StoredEvent, 'position'>[],
  stored: (event: StoredEvent) => StoredEvent[] = (event) => [event],
): Promise<void> {
  const { journal, store } = deps
  for (const [i, event] of events.entries()) {
    await journal.append([[Buffer.from(JSON.stringify(event))]])
    const found = stored({ ...event, position: { node: 'n1', sequence: i + 1 } })
    await store.appendEvents(found, { mayBeThere: false })
  }
  await journal.markApplied(events.length, events.length)
}

const events = Array.from({ length: 30 }, (_, i) => payload(i + 1))

describe('checking the log', () => {
  it('finds nothing wrong where everything acknowledged is stored, over several segments', async () => {
    await keep(events)
    expect(await checkLog(deps)).toMatchObject({
      isSound: true,
      journal: { first: 1, last: 30, same: 30, leftOut: 0, missingCount: 0, changedCount: 0 },
      store: { events: 30 },
    })
  })

  it('finds nothing wrong in an empty log', async () => {
    expect(await checkLog(deps)).toMatchObject({ isSound: true, journal: { same: 0 }, store: { events: 0 } })
  })

  it('names what is missing, what is changed, and what stands twice', async () => {
    await keep(events, (event) => {
      const { sequence } = event.position
      if (sequence === 7) return []
      if (sequence === 9) return [{ ...event, outcome: 'failure' }]
      return sequence === 11 ? [event, event] : [event]
    })
    expect(await checkLog(deps)).toMatchObject({
      isSound: false,
      journal: { same: 28, missing: [7], missingCount: 1, changed: [9], changedCount: 1 },
      store: { repeatedEvents: 1 },
    })
  })

  it('misses no repeats, nothing in quarantine and nothing past the retention', async () => {
    const known = payload(1)
    const old = payload(3, { occurredAt: '2025-01-01T00:00:00Z' })
    await deps.quarantine.add({ sequence: 4, payload: Buffer.from('{}') }, 'refused')
    await keep([known, { ...known, idFromSender: true }, old, payload(4)], (event) =>
      event.position.sequence === 1 ? [event] : [],
    )
    expect(await checkLog(deps)).toMatchObject({
      isSound: false,
      journal: { same: 1, leftOut: 3, missingCount: 0 },
      quarantined: 1,
    })
  })

  it('looks only at what has been applied', async () => {
    await keep(events)
    await deps.journal.append([[Buffer.from(JSON.stringify(payload(31)))]])
    expect(await checkLog(deps)).toMatchObject({ isSound: true, journal: { last: 30, same: 30 } })
  })
})
