import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryOutbox } from './memory-outbox.ts'
import { outboxLimits, type OutboxLimits, type OutboxOptions } from './outbox.ts'
import { SpoolOutbox } from './spool-outbox.ts'

const now = (): number => Date.UTC(2026, 10, 22, 12)

function draft(n: number, over: Partial<EventDraft> = {}): EventDraft {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  return { id, type: 'query', actor: { type: 'user', id: 'ann' }, data: { sql: `select ${n}` }, ...over }
}

/** An audit log that takes events, or fails with what is told. */
class AuditLog {
  events: EventDraft[] = []
  fault: Error | undefined
  asked = 0

  readonly ingest = async (drafts: EventDraft[]): Promise<void> => {
    this.asked++
    if (this.fault) throw this.fault
    for (const event of drafts) {
      // As the log does with a known id.
      if (!this.events.some(({ id }) => id !== undefined && id === event.id)) this.events.push(event)
    }
  }

  get ids(): number[] {
    return this.events.map(({ id }) => Number(id?.slice(-12) ?? -1))
  }
}

let log: AuditLog
let errors: unknown[]
let limits: OutboxLimits
beforeEach(() => {
  log = new AuditLog()
  errors = []
  limits = { ...outboxLimits, retryMs: { first: 1, max: 2 } }
})

function options(over: Partial<OutboxOptions> = {}): OutboxOptions {
  return {
    ingest: log.ingest,
    toRefused: (refused, reasons) =>
      draft(9000, { type: 'refused', data: { id: refused.id ?? '', reasons } }),
    toLost: (lost) => draft(8000, { type: 'lost', data: lost }),
    limits,
    now,
    onError: (error) => errors.push(error),
    ...over,
  }
}

describe('events that wait in memory', () => {
  it('are handed over in order, and nobody waits for them', async () => {
    const outbox = new MemoryOutbox(options())
    for (let n = 1; n <= 1200; n++) outbox.add(draft(n))
    expect(outbox.waitForRoom()).toBeUndefined()
    await outbox.close()
    expect(log.ids).toEqual(Array.from({ length: 1200 }, (_, i) => i + 1))
    expect(outbox.status()).toEqual({
      eventsRecorded: 1200,
      eventsWaiting: 0,
      eventsLost: 0,
      lastEventAt: '2026-11-22T12:00:00.000000Z',
    })
  })

  it('are counted where they find no room, and an event tells of it when the log is there again', async () => {
    log.fault = new AuditError('unavailable', 'Away.')
    limits = { ...limits, queueEventsMax: 3 }
    const outbox = new MemoryOutbox(options())
    for (let n = 1; n <= 10; n++) outbox.add(draft(n))
    await vi.waitFor(() => expect(outbox.status().message).toBe('Away.'))
    expect(outbox.status()).toMatchObject({ eventsWaiting: 3, eventsLost: 7 })
    log.fault = undefined
    await vi.waitFor(() => expect(log.ids).toEqual([1, 2, 3, 8000]))
    const at = '2026-11-22T12:00:00.000000Z'
    expect(log.events.at(-1)?.data).toEqual({ count: 7, from: at, to: at })
    outbox.add(draft(11))
    await outbox.close()
    expect(log.ids).toEqual([1, 2, 3, 8000, 11])
    expect(outbox.status()).not.toHaveProperty('message')
  })

  it('are tried again also after a fault that nobody expected, and told at the end if they are left', async () => {
    log.fault = new TypeError('a bug')
    limits = { ...limits, closeMs: 20 }
    const outbox = new MemoryOutbox(options())
    outbox.add(draft(1))
    await vi.waitFor(() => expect(log.asked).toBeGreaterThan(2))
    await outbox.close()
    expect(errors.at(-1)).toMatchObject({ message: expect.stringContaining('1 events') })
  })

  it('promise nothing before it happens', async () => {
    const outbox = new MemoryOutbox(options())
    await expect(outbox.addIntents()).rejects.toMatchObject({ code: 'unavailable' })
    await outbox.close()
  })
})

describe('events that wait on the disk', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spool-'))
  })
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true })
  })

  const open = async (over: Partial<OutboxOptions> = {}): Promise<SpoolOutbox> =>
    SpoolOutbox.open({
      ...options(over),
      dir: join(dir, 'spool'),
      mask: (event) => JSON.parse(JSON.stringify(event).replaceAll('hunter2', 'masked')) as EventDraft,
    })

  it('are handed over, and their room on the disk is given back', async () => {
    limits = { ...limits, spool: { ...limits.spool, segmentBytesMax: 10_000 } }
    const outbox = await open()
    for (let n = 1; n <= 1000; n++) outbox.add(draft(n))
    await vi.waitFor(() => expect(outbox.status()).toMatchObject({ eventsRecorded: 1000, eventsWaiting: 0 }))
    await outbox.close()
    expect(log.ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
    expect((await readdir(join(dir, 'spool'))).filter((name) => /\d{5}/.test(name)).length).toBeLessThan(4)
  })

  it('come after a restart, once, when the log was away, and without their secrets', async () => {
    log.fault = new AuditError('unavailable', 'Away.')
    limits = { ...limits, closeMs: 50 }
    const outbox = await open()
    outbox.add(draft(1, { data: { sql: "alter role ann password 'hunter2'" } }))
    outbox.add(draft(2))
    await outbox.close()
    const files = await readdir(join(dir, 'spool'))
    for (const name of files) {
      expect((await readFile(join(dir, 'spool', name))).includes('hunter2')).toBe(false)
    }
    log.fault = undefined
    const next = await open()
    await vi.waitFor(() => expect(log.ids).toEqual([1, 2]))
    expect(JSON.stringify(log.events)).toContain('masked')
    await next.close()
    expect(errors).toEqual([])
  })

  it('are none of intents that were settled, and unknown ones of those that were not when the process ended', async () => {
    const outbox = await open()
    await outbox.addIntents([draft(1), draft(2)])
    await outbox.addIntents([draft(3)])
    outbox.add(draft(12))
    outbox.settle([draft(2).id ?? ''])
    await vi.waitFor(() => expect(log.ids).toEqual([12]))
    // An intent is no event as long as its statement runs.
    await outbox.close()
    expect(log.ids).toEqual([12])
    const next = await open()
    await vi.waitFor(() => expect(log.ids).toEqual([12, 1, 3]))
    await next.addIntents([draft(4)])
    next.add(draft(14))
    next.settle([draft(4).id ?? ''])
    await vi.waitFor(() => expect(log.ids).toEqual([12, 1, 3, 14]))
    await next.close()
    const last = await open()
    await last.close()
    expect(log.events).toHaveLength(4)
  })

  it('give back the room of what was read as soon as the intents before it are settled', async () => {
    limits = { ...limits, spool: { ...limits.spool, segmentBytesMax: 1000 } }
    const outbox = await open()
    await outbox.addIntents([draft(1)])
    for (let n = 100; n < 200; n++) {
      outbox.add(draft(n))
      await Promise.resolve()
    }
    await vi.waitFor(() => expect(log.events).toHaveLength(100))
    outbox.settle([draft(1).id ?? ''])
    for (let n = 200; n < 210; n++) outbox.add(draft(n))
    await vi.waitFor(() => expect(log.events).toHaveLength(110))
    await outbox.close()
    const segments = (await readdir(join(dir, 'spool'))).filter((name) => /\d{5}/.test(name))
    expect(segments.length).toBeLessThan(4)
  })

  it('do not pile up behind a statement that runs for long, which is known after a restart all the same', async () => {
    limits = { ...limits, spool: { ...limits.spool, segmentBytesMax: 1000, unappliedBytesMax: 10_000 } }
    const outbox = await open()
    await outbox.addIntents([draft(1), draft(2)])
    for (let n = 100; n < 400; n++) {
      outbox.add(draft(n))
      if (n === 250) outbox.settle([draft(2).id ?? ''])
      await vi.waitFor(() => expect(outbox.status().eventsWaiting).toBeLessThan(20), { interval: 1 })
    }
    await vi.waitFor(() => expect(log.events).toHaveLength(300))
    const segments = (await readdir(join(dir, 'spool'))).filter((name) => /\d{5}/.test(name))
    expect(segments.length).toBeLessThan(12)
    await outbox.close()
    const next = await open()
    await vi.waitFor(() => expect(log.ids.at(-1)).toBe(1))
    expect(log.ids.filter((id) => id < 100)).toEqual([1])
    await next.close()
  })

  it('are written together with the next intent, and also when none comes', async () => {
    limits = { ...limits, toldMs: 60_000 }
    const outbox = await open()
    await outbox.addIntents([draft(1)])
    outbox.add(draft(2))
    outbox.settle([draft(1).id ?? ''])
    await outbox.addIntents([draft(3)])
    await vi.waitFor(() => expect(log.ids).toEqual([2]))
    outbox.settle([draft(3).id ?? ''])
    await outbox.close()
    limits = { ...limits, toldMs: 1 }
    const next = await open()
    next.add(draft(4))
    await vi.waitFor(() => expect(log.ids).toEqual([2, 4]))
    await next.close()
  })

  it('make sessions wait when they cannot be written, and intents fail', async () => {
    limits = { ...limits, unwrittenBytesMax: 200, groupBytesMax: 1, toldBytesMax: 1 }
    limits = {
      ...limits,
      spool: { ...limits.spool, segmentBytesMax: 100, unappliedBytesMax: 1000 },
    }
    log.fault = new AuditError('unavailable', 'Away.')
    const outbox = await open()
    for (let n = 1; n <= 30; n++) {
      outbox.add(draft(n))
      await Promise.resolve()
    }
    await vi.waitFor(() => expect(outbox.status().message).toContain('limit'))
    const room = outbox.waitForRoom()
    expect(room).toBeInstanceOf(Promise)
    await expect(outbox.addIntents([draft(99)])).rejects.toMatchObject({ code: 'overloaded' })
    log.fault = undefined
    await room
    await vi.waitFor(() => expect(log.events).toHaveLength(30))
    expect(outbox.waitForRoom()).toBeUndefined()
    await outbox.addIntents([draft(99)])
    await outbox.close()
  })
})
