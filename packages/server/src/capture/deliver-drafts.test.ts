import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { expect, test } from 'vitest'
import { DeliveryStopped, DraftDelivery, type DeliverOptions } from './deliver-drafts.ts'
import { postgresLogLimits } from './postgres-log/log-limits.ts'
import { AuditLogForDrafts } from './postgres-log/testing/audit-log-for-drafts.ts'

const nowMs = Date.UTC(2026, 10, 22, 12)
const limits = { ...postgresLogLimits, batchEventsMax: 3, retryMs: { first: 1, max: 4 } }

function draft(n: number, occurredAt = '2026-11-22T10:00:00Z', data = {}): EventDraft {
  const id = `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`
  return { id, type: 'query', occurredAt, actor: { type: 'user', id: 'ann' }, data }
}

function toRefused(refused: EventDraft, reasons: string[]): EventDraft {
  return { ...draft(900 + Number(refused.id?.slice(-3))), type: 'log_event_refused', data: { reasons } }
}

function delivery(
  log: AuditLogForDrafts,
  options: Partial<DeliverOptions> = {},
): { delivery: DraftDelivery; said: (string | undefined)[] } {
  const said: (string | undefined)[] = []
  const onWaiting = (reason: string | undefined): void => void said.push(reason)
  const signal = new AbortController().signal
  const own = { ingest: log.ingest, toRefused, limits, now: () => nowMs, signal, onWaiting, ...options }
  return { delivery: new DraftDelivery(own, undefined), said }
}

/** Refuses drafts from before this time, as the audit log's retention does. */
function withRetention(log: AuditLogForDrafts, from: string): DeliverOptions['ingest'] & { calls: number } {
  const ingest = async (drafts: EventDraft[]): Promise<void> => {
    ingest.calls++
    const problems = drafts.flatMap(({ occurredAt = '' }, i) => {
      if (occurredAt >= from && occurredAt < '2026-11-24') return []
      const message = occurredAt < from ? 'is older than the 400 days' : 'is more than a day in the future'
      return [{ path: `events[${i}].occurredAt`, message }]
    })
    if (problems.length > 0) throw new AuditError('invalid', 'No.', { problems: problems.slice(0, 1) })
    return log.ingest(drafts)
  }
  ingest.calls = 0
  return ingest
}

test('drafts are handed over in order and in bounded batches', async () => {
  const log = new AuditLogForDrafts()
  const drafts = [1, 2, 3, 4, 5, 6, 7].map((n) => draft(n))
  expect(await delivery(log).delivery.deliver(drafts)).toEqual({ recorded: 7, refused: 0 })
  expect(log.drafts).toEqual(drafts)
})

test('a log that is overloaded, away or full is asked again until it takes the events', async () => {
  const log = new AuditLogForDrafts()
  log.faults.push(
    new AuditError('overloaded', 'Busy.'),
    new AuditError('unavailable', 'Away.'),
    new AuditError('storage_full', 'Full.'),
  )
  const { delivery: own, said } = delivery(log)
  await own.deliver([draft(1)])
  expect(log.drafts).toHaveLength(1)
  expect(said).toEqual(['Busy.', 'Away.', 'Full.', undefined])
})

test('waiting ends when it is stopped', async () => {
  const stopping = new AbortController()
  const ingest = async (): Promise<void> => {
    stopping.abort()
    throw new AuditError('overloaded', 'Busy.', { facts: { retryAfterSeconds: 3600 } })
  }
  const { delivery: own } = delivery(new AuditLogForDrafts(), { ingest, signal: stopping.signal })
  await expect(own.deliver([draft(1)])).rejects.toBeInstanceOf(DeliveryStopped)
})

test('events that are too old are left out and counted; the log is not asked about each of them', async () => {
  const log = new AuditLogForDrafts()
  const ingest = withRetention(log, '2026-01-01')
  const { delivery: own } = delivery(log, { ingest })
  const old = [1, 2, 3, 4, 5, 6].map((n) => draft(n, `2025-0${n}-01T00:00:00Z`))
  expect(await own.deliver([...old, draft(7), draft(8, '2025-03-02T00:00:00Z')])).toEqual({
    recorded: 1,
    refused: 0,
  })
  expect(log.drafts).toEqual([draft(7)])
  expect(own.tooOld).toEqual({
    count: 7,
    oldest: '2025-01-01T00:00:00.000000Z',
    newest: '2025-06-01T00:00:00.000000Z',
  })
  expect(ingest.calls).toBeLessThanOrEqual(7)
})

test('an event that is refused for another reason is replaced by one that says so', async () => {
  const log = new AuditLogForDrafts()
  const future = draft(3, '2027-01-01T00:00:00Z')
  const broken = draft(2, undefined, { number: 1e300 })
  const { delivery: own } = delivery(log, { ingest: withRetention(log, '2026-01-01') })
  expect(await own.deliver([draft(1), broken, future, draft(4)])).toEqual({ recorded: 4, refused: 2 })
  expect(log.drafts.map(({ type }) => type)).toEqual([
    'query',
    'log_event_refused',
    'log_event_refused',
    'query',
  ])
  expect(log.drafts[2]?.data).toEqual({ reasons: ['occurredAt is more than a day in the future'] })
})

test('other errors, and a log that refuses everything, are thrown', async () => {
  const refuse = async (): Promise<void> => {
    throw new AuditError('invalid', 'No.', { problems: [{ path: 'events[0].type', message: 'no' }] })
  }
  await expect(
    delivery(new AuditLogForDrafts(), { ingest: refuse }).delivery.deliver([draft(1)]),
  ).rejects.toThrow('refuses even')
  const log = new AuditLogForDrafts()
  log.faults.push(new Error('bug'))
  await expect(delivery(log).delivery.deliver([draft(1)])).rejects.toThrow('bug')
})
