import type { EventDraft as DomainEventDraft } from '@aleph-audit-log/domain/event'
import { readEvent } from '@aleph-audit-log/domain/event'
import { toCanonicalTime } from '@aleph-audit-log/domain/time'
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import { AuditLog, DeliveryError, type AuditLogOptions, type EventDraft } from './audit-log.ts'
import { startMisbehavingLog, type MisbehavingLog } from './testing/misbehaving-log.ts'

let log: MisbehavingLog
let errors: DeliveryError[]
beforeEach(async () => {
  log = await startMisbehavingLog()
  errors = []
})
afterEach(async () => {
  await log.close()
})

function open(options: Partial<AuditLogOptions> = {}): AuditLog {
  return new AuditLog({
    url: log.url,
    apiKey: 'key-of-the-test',
    onError: (error) => errors.push(error),
    retryFirstMs: 1,
    retryMaxMs: 4,
    ...options,
  })
}

function draft(number: number, more: Partial<EventDraft> = {}): EventDraft {
  return { type: 'report.shared', actor: { type: 'user', id: 'u_7' }, data: { number }, ...more }
}

/** What a promise rejects with; fails the test if it does not reject with an error of ours. */
async function failureOf(promise: Promise<void>): Promise<DeliveryError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DeliveryError))
    throw new Error(`no DeliveryError but ${String(error)}`, { cause: error })
  return error
}

const numbers = (events: readonly EventDraft[]): unknown[] => events.map((event) => event.data?.['number'])

/** The same type without the seams of how it was put together. */
type Plain<T> = { [K in keyof T]: T[K] }

test('the draft has the type that the log reads', () => {
  expectTypeOf<EventDraft>().toEqualTypeOf<Plain<DomainEventDraft>>()
})

describe('an event that is recorded', () => {
  test('arrives with the key, an id and the microsecond of the call, in a form that the log takes', async () => {
    const auditLog = open()
    const before = toCanonicalTime(new Date().toISOString()) ?? ''
    await auditLog.record(draft(1))
    const after = toCanonicalTime(new Date(Date.now() + 1).toISOString()) ?? ''
    await auditLog.flush()
    const [event] = log.stored
    expect(log.authorizations).toEqual(['Bearer key-of-the-test'])
    expect(event?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(event?.occurredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    const times = [before, event?.occurredAt ?? 'none', after]
    expect(times.toSorted()).toEqual(times)
    const receivedAt = '2026-11-22T10:00:00.000000Z'
    expect(readEvent(event, { receivedAt, createId: () => 'unused' })).toMatchObject({ idFromSender: true })
  })

  test('keeps an id, a time and data that it has, as they were when it was recorded', async () => {
    const auditLog = open()
    const id = '0193f1b0-0000-7000-8000-000000000001'
    const event = draft(1, { id, occurredAt: '2026-11-22T10:00:00+02:00' })
    await auditLog.record(event)
    event.data = { number: 2 }
    await auditLog.flush()
    expect(log.stored).toEqual([{ ...draft(1), id, occurredAt: '2026-11-22T10:00:00+02:00' }])
  })

  test('has a time that is not before that of the event recorded before it', async () => {
    const auditLog = open()
    for (let number = 0; number < 3000; number++) await auditLog.record(draft(number))
    await auditLog.flush()
    const times = log.stored.map((event) => event.occurredAt ?? 'none')
    expect(times).toEqual(times.toSorted())
    expect(new Set(log.stored.map((event) => event.id)).size).toBe(3000)
  })

  test('goes with all others of its turn in one request, and in order', async () => {
    const auditLog = open()
    for (let number = 0; number < 2500; number++) void auditLog.record(draft(number))
    await auditLog.flush()
    expect(log.requests).toEqual([1000, 1000, 500])
    expect(numbers(log.stored)).toEqual(Array.from({ length: 2500 }, (_, number) => number))
  })

  test('goes in a smaller request where events are large', async () => {
    const auditLog = open({ batchBytesMax: 100_000 })
    for (let number = 0; number < 5; number++)
      void auditLog.record(draft(number, { data: { text: 'x'.repeat(40_000) } }))
    await auditLog.flush()
    expect(log.requests).toEqual([2, 2, 1])
  })
})

describe('a log in trouble', () => {
  test.each([
    { name: 'is overloaded', plan: { kind: 'answer', status: 503 } as const },
    { name: 'limits the rate', plan: { kind: 'answer', status: 429 } as const },
    { name: 'has a full disk', plan: { kind: 'answer', status: 507 } as const },
    { name: 'stands behind a broken proxy', plan: { kind: 'answer', status: 502, body: '<html>' } as const },
    { name: 'is replaced by a sign-in page', plan: { kind: 'answer', status: 200, body: '<html>' } as const },
    {
      name: 'tells of another number',
      plan: { kind: 'answer', status: 201, body: { accepted: 1 } } as const,
    },
    { name: 'hangs up', plan: { kind: 'hang up' } as const },
    { name: 'hangs up after storing', plan: { kind: 'hang up after storing' } as const },
    { name: 'never answers', plan: { kind: 'never answer' } as const },
  ])('that $name is asked again, and stores every event once', async ({ plan }) => {
    const auditLog = open({ requestTimeoutMs: 200 })
    log.plan.push(plan, plan)
    for (let number = 0; number < 3; number++) void auditLog.record(draft(number))
    await auditLog.flush()
    expect(log.requests).toEqual([3, 3, 3])
    expect(numbers(log.stored)).toEqual([0, 1, 2])
    expect(errors).toEqual([])
  })

  test('is left alone for as long as it asks', async () => {
    const auditLog = open()
    log.plan.push({ kind: 'answer', status: 503, retryAfter: '1' })
    void auditLog.record(draft(1))
    await auditLog.flush()
    const [first = 0, second = 0] = log.requestTimes
    // Timers are exact to a millisecond.
    expect(second - first).toBeGreaterThanOrEqual(999)
  })

  test('is given up after the time allowed, and the events are handed over', async () => {
    const auditLog = open({ giveUpAfterMs: 30 })
    log.plan.push(...Array.from({ length: 1000 }, () => ({ kind: 'answer', status: 503 }) as const))
    void auditLog.record(draft(1))
    const error = await failureOf(auditLog.flush())
    expect(error.code).toBe('undelivered')
    expect(numbers(error.events)).toEqual([1])
    expect(errors.map(({ code, status }) => ({ code, status }))).toEqual([{ code: 'gave_up', status: 503 }])
    expect(log.requests.length).toBeGreaterThan(1)
    log.plan.length = 0
    for (const event of error.events) void auditLog.record(event)
    await auditLog.flush()
    expect(log.stored).toEqual(error.events)
  })

  test('that nobody can reach is named with the reason', async () => {
    const auditLog = open({ giveUpAfterMs: 30 })
    await log.close()
    void auditLog.record(draft(1))
    const error = await failureOf(auditLog.flush())
    expect(error.message).toContain('ECONNREFUSED')
  })
})

describe('events that the log refuses', () => {
  test.each([
    { how: 'named', status: 400, requests: 2 } as const,
    { how: 'unnamed', status: 400, requests: 14 } as const,
    { how: 'unnamed', status: 413, requests: 14 } as const,
  ])('are found ($how, $status), and only they fail', async ({ how, status, requests }) => {
    const auditLog = open()
    log.refuse = { isGuilty: (event) => [3, 61].includes(Number(event.data?.['number'])), how, status }
    for (let number = 0; number < 64; number++) void auditLog.record(draft(number))
    const error = await failureOf(auditLog.flush())
    expect(numbers(error.events)).toEqual([3, 61])
    expect(numbers(errors.flatMap((each) => each.events))).toEqual([3, 61])
    expect(errors[0]).toMatchObject({ code: 'refused', status })
    if (how === 'named') expect(errors[0]?.message).toContain('data is not wanted here')
    expect(numbers(log.stored)).toEqual(
      Array.from({ length: 64 }, (_, n) => n).filter((n) => n !== 3 && n !== 61),
    )
    expect(log.requests.length).toBeLessThanOrEqual(requests * 2)
  })

  test.each([401, 403, 404])('as a whole (%i) fail at once, without a repeat', async (status) => {
    const auditLog = open()
    log.plan.push({ kind: 'answer', status, body: { title: 'No', detail: 'This key is not known.' } })
    void auditLog.record(draft(1))
    void auditLog.record(draft(2))
    const error = await failureOf(auditLog.flush())
    expect(numbers(error.events)).toEqual([1, 2])
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ code: 'refused', status })
    expect(log.requests).toEqual([2])
    await auditLog.record(draft(3))
    await auditLog.flush()
    expect(numbers(log.stored)).toEqual([3])
  })

  test('in a redirect are not sent on to another place', async () => {
    const auditLog = open()
    log.plan.push({ kind: 'answer', status: 307 })
    void auditLog.record(draft(1))
    expect((await failureOf(auditLog.flush())).errors[0]).toMatchObject({ code: 'refused', status: 307 })
  })

  test('before a flush are told by it, and only once', async () => {
    const auditLog = open()
    log.plan.push({ kind: 'answer', status: 403 })
    void auditLog.record(draft(1))
    await log.received(1)
    await expect.poll(() => errors.length).toBe(1)
    expect(numbers((await failureOf(auditLog.flush())).events)).toEqual([1])
    await auditLog.flush()
  })

  test('can be told from outside: a fault of the handler does not end the sending', async () => {
    const seen: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (fault) => seen.push(fault))
    try {
      const fault = new Error('a fault of the handler')
      const auditLog = open({
        onError: () => {
          throw fault
        },
      })
      log.plan.push({ kind: 'answer', status: 403 })
      void auditLog.record(draft(1))
      await failureOf(auditLog.flush())
      await auditLog.record(draft(2))
      await auditLog.flush()
      expect(numbers(log.stored)).toEqual([2])
      expect(seen).toEqual([fault])
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })
})

describe('a draft that cannot be an event', () => {
  const cycle: Record<string, unknown> = {}
  cycle['again'] = cycle
  test.each([
    { name: 'a type in capitals', event: { ...draft(1), type: 'Report' }, says: 'type must match' },
    { name: 'no actor', event: { type: 'query' }, says: 'actor needs a type' },
    {
      name: 'an actor without a name',
      event: { type: 'query', actor: { type: 'user' } },
      says: 'id, a name or an email',
    },
    { name: 'a cycle', event: { ...draft(1), data: cycle }, says: 'circular' },
    { name: 'a BigInt', event: { ...draft(1), data: { number: 1n } }, says: 'BigInt' },
    {
      name: 'too many bytes',
      event: { ...draft(1), data: { text: 'x'.repeat(524_288) } },
      says: '524288 are allowed',
    },
  ])('with $name is rejected by the call and told to the handler', async ({ event, says }) => {
    const auditLog = open()
    // A caller without types can pass anything.
    const error = await failureOf(auditLog.record(event as EventDraft))
    expect(error.code).toBe('invalid_event')
    expect(error.message).toContain(says)
    expect(errors).toEqual([error])
    await auditLog.flush()
    expect(log.requests).toEqual([])
  })
})

describe('a full queue', () => {
  test('makes callers wait until there is room', async () => {
    const auditLog = open({ queueEventsMax: 2 })
    log.plan.push({ kind: 'wait' })
    const settled: number[] = []
    const calls = [0, 1, 2, 3, 4].map((number) =>
      auditLog.record(draft(number)).then(() => settled.push(number)),
    )
    await log.received(1)
    expect(settled).toEqual([0, 1])
    log.release()
    await Promise.all(calls)
    await auditLog.flush()
    expect(numbers(log.stored)).toEqual([0, 1, 2, 3, 4])
    expect(log.requests).toEqual([2, 2, 1])
  })

  test('is full by its bytes, too', async () => {
    const auditLog = open({ queueBytesMax: 1000 })
    log.plan.push({ kind: 'wait' })
    let isQueued = false
    void auditLog.record(draft(1, { data: { text: 'x'.repeat(2000) } }))
    const call = auditLog.record(draft(2)).then(() => (isQueued = true))
    await log.received(1)
    expect(isQueued).toBe(false)
    log.release()
    await call
    await auditLog.flush()
    expect(log.requests).toEqual([1, 1])
  })

  test('rejects where the application wants that', async () => {
    const auditLog = open({ queueEventsMax: 1, onFull: 'reject' })
    void auditLog.record(draft(1))
    const error = await failureOf(auditLog.record(draft(2)))
    expect(error.code).toBe('queue_full')
    expect(numbers(error.events)).toEqual([2])
    await auditLog.flush()
    expect(numbers(log.stored)).toEqual([1])
  })

  test('lets only so many wait', async () => {
    const auditLog = open({ queueEventsMax: 1, waitingEventsMax: 1 })
    void auditLog.record(draft(1))
    void auditLog.record(draft(2))
    expect((await failureOf(auditLog.record(draft(3)))).code).toBe('queue_full')
    await auditLog.flush()
    expect(numbers(log.stored)).toEqual([1, 2])
  })
})

describe('flush and close', () => {
  test('flush waits for what was recorded before it, not for what comes after', async () => {
    const auditLog = open()
    log.plan.push({ kind: 'answer', status: 503 }, { kind: 'wait' })
    void auditLog.record(draft(1))
    await log.received(1)
    const flushed = auditLog.flush()
    void auditLog.record(draft(2))
    log.plan.push({ kind: 'wait' })
    await log.received(2)
    log.release()
    await flushed
    expect(numbers(log.stored)).toEqual([1])
    await log.received(3)
    log.release()
    await auditLog.flush()
    expect(numbers(log.stored)).toEqual([1, 2])
  })

  test('two at once are both told of the events they wait for', async () => {
    const auditLog = open()
    log.plan.push({ kind: 'answer', status: 403 })
    void auditLog.record(draft(1))
    const failures = await Promise.all([failureOf(auditLog.flush()), failureOf(auditLog.flush())])
    expect(failures.map((failure) => numbers(failure.events))).toEqual([[1], [1]])
  })

  test('close delivers what is queued and takes nothing more', async () => {
    const auditLog = open()
    void auditLog.record(draft(1))
    const closed = auditLog.close()
    expect((await failureOf(auditLog.record(draft(2)))).code).toBe('closed')
    await closed
    expect(numbers(log.stored)).toEqual([1])
    expect(auditLog.close()).toBe(closed)
  })

  test('close hands over what it could not deliver in its time, from the request, the queue and the line before it', async () => {
    const auditLog = open({ queueEventsMax: 2, batchEventsMax: 1 })
    log.plan.push({ kind: 'never answer' })
    for (let number = 0; number < 4; number++) void auditLog.record(draft(number))
    await log.received(1)
    const error = await failureOf(auditLog.close({ timeoutMs: 20 }))
    expect(new Set(numbers(error.events))).toEqual(new Set([0, 1, 2, 3]))
    expect(error.events).toHaveLength(4)
    expect(new Set(errors.map((each) => each.code))).toEqual(new Set(['closed']))
  })
})

describe('options', () => {
  test.each([
    { name: 'no address', options: { url: 'audit.example.com' }, says: 'url must be' },
    { name: 'another protocol', options: { url: 'ftp://audit.example.com' }, says: 'url must be' },
    {
      name: 'a password in the address',
      options: { url: 'https://a:b@audit.example.com' },
      says: 'without a user',
    },
    { name: 'an empty key', options: { apiKey: '' }, says: 'apiKey must be' },
    { name: 'a key with a line break', options: { apiKey: 'a\nb' }, says: 'apiKey must be' },
    { name: 'a batch that the log refuses', options: { batchEventsMax: 1001 }, says: 'at most 1000' },
    { name: 'a queue for nothing', options: { queueEventsMax: 0 }, says: 'queueEventsMax must be' },
    { name: 'an option with a slip of the pen', options: { queueMax: 5 }, says: 'queueMax is not an option' },
  ])('with $name are refused at once', ({ options, says }) => {
    expect(() => open(options)).toThrow(says)
  })

  test('may hold an address below a path', async () => {
    const auditLog = open({ url: `${log.url}/audit/` })
    await auditLog.record(draft(1))
    await auditLog.flush()
    expect(log.stored).toHaveLength(1)
  })
})
