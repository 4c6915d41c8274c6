import { AuditError, type ErrorCode, type Problem } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { describe, expect, test } from 'vitest'
import { sendDrafts, SendingStopped, type SendOptions } from './send-drafts.ts'

const nowMs = Date.parse('2026-11-22T10:00:00Z')

const draftAt = (n: number, occurredAt = '2026-11-22T09:00:00Z'): EventDraft => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  type: 'test',
  occurredAt,
  actor: { type: 'user', id: 'a' },
})
const drafts = (count: number): EventDraft[] => Array.from({ length: count }, (_, n) => draftAt(n))

const nOf = ({ id = '' }: EventDraft): number => Number(id.slice(-12))

type Answer = (sent: EventDraft[], request: number) => AuditError | undefined

/** A log that keeps all or none, as the API does. */
class FakeLog {
  readonly kept: number[] = []
  readonly requests: number[] = []
  readonly waits: number[] = []
  readonly #answer: Answer

  constructor(answer: Answer) {
    this.#answer = answer
  }

  options(more: Partial<SendOptions> = {}): SendOptions {
    return {
      post: async (sent) => {
        this.requests.push(sent.length)
        const error = this.#answer(sent, this.requests.length)
        if (error !== undefined) throw error
        this.kept.push(...sent.map(nOf))
      },
      signal: new AbortController().signal,
      onWaiting: (wait) => {
        if (wait !== undefined) this.waits.push(wait.ms)
      },
      now: () => nowMs,
      limits: { retryMs: { first: 1, max: 4 }, patienceMs: 1000 },
      ...more,
    }
  }
}

/** As the API: at most 100 faults are listed. */
function invalid(sent: EventDraft[], faultOf: (draft: EventDraft) => string | undefined, facts = {}) {
  const all = sent.flatMap((draft, i): Problem[] => {
    const message = faultOf(draft)
    return message === undefined ? [] : [{ path: `events[${i}].occurredAt`, message }]
  })
  if (all.length === 0) return undefined
  const problems = all.slice(0, 100)
  if (all.length > 100) problems.push({ path: '', message: `and ${all.length - 100} more faults` })
  return new AuditError('invalid', 'Not valid.', { problems, facts })
}

describe('drafts that the log refuses', () => {
  test('are taken out, and the rest is sent in one more request', async () => {
    const log = new FakeLog((sent) =>
      invalid(sent, (draft) => (nOf(draft) % 10 === 3 ? 'is bad' : undefined)),
    )
    const refused = await sendDrafts(drafts(1000), log.options())
    expect(log.requests).toEqual([1000, 900])
    expect([...refused.keys()]).toEqual(Array.from({ length: 100 }, (_, i) => i * 10 + 3))
    expect(refused.get(3)).toEqual({ problems: [{ path: 'occurredAt', message: 'is bad' }] })
    expect(log.kept).toHaveLength(900)
  })

  test('because they are too old take along what is older, so that few requests are needed', async () => {
    const all = Array.from({ length: 1000 }, (_, n) =>
      draftAt(
        n,
        n < 900 ? `2020-01-01T00:00:00.${String(999 - n).padStart(6, '0')}Z` : '2026-11-22T09:00:00Z',
      ),
    )
    const isOld = ({ occurredAt = '' }: EventDraft): string | undefined =>
      occurredAt < '2025' ? 'is too old' : undefined
    const log = new FakeLog((sent) => invalid(sent, isOld, { retentionDays: 400 }))
    const refused = await sendDrafts(all, log.options())
    expect(log.requests.length).toBeLessThan(4)
    expect(refused.size).toBe(900)
    expect(new Set([...refused.values()].map(({ retentionDays }) => retentionDays))).toEqual(new Set([400]))
    expect(log.kept).toHaveLength(100)
  })

  test('because they lie in the future are not told as too old', async () => {
    const all = [draftAt(1, '2099-01-01T00:00:00Z'), draftAt(2, '2020-01-01T00:00:00Z'), draftAt(3)]
    const log = new FakeLog((sent) =>
      invalid(sent, (draft) => (nOf(draft) < 3 ? 'is outside' : undefined), { retentionDays: 400 }),
    )
    const refused = await sendDrafts(all, log.options())
    expect(refused.get(0)).not.toHaveProperty('retentionDays')
    expect(refused.get(1)).toHaveProperty('retentionDays', 400)
    expect(log.kept).toEqual([3])
  })

  test('are found by halving where nothing says which they are', async () => {
    const log = new FakeLog((sent) =>
      sent.length > 3 || sent.some((draft) => nOf(draft) === 7)
        ? new AuditError('too_large', 'The proxy says no.')
        : undefined,
    )
    const refused = await sendDrafts(drafts(10), log.options())
    expect([...refused]).toEqual([[7, { problems: [{ path: '', message: 'The proxy says no.' }] }]])
    expect(log.kept.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9])
  })
})

describe('a log that takes nothing at the moment', () => {
  test.each(['overloaded', 'unavailable', 'storage_full', 'rate_limited'] as const)(
    '(%s) is asked again, ever less often',
    async (code) => {
      const log = new FakeLog((_, request) => (request <= 5 ? new AuditError(code, 'Later.') : undefined))
      expect((await sendDrafts(drafts(3), log.options())).size).toBe(0)
      expect(log.requests).toEqual([3, 3, 3, 3, 3, 3])
      expect(log.waits).toEqual([1, 2, 4, 4, 4])
      expect(log.kept).toEqual([0, 1, 2])
    },
  )

  test('is asked when it said, but not later than the limit', async () => {
    const asked = [0.002, 3600]
    const log = new FakeLog((_, request) => {
      const retryAfterSeconds = asked[request - 1]
      return retryAfterSeconds === undefined
        ? undefined
        : new AuditError('overloaded', 'Later.', { facts: { retryAfterSeconds } })
    })
    await sendDrafts(drafts(1), log.options())
    expect(log.waits).toEqual([2, 4])
  })

  test('for too long ends the import with its error', async () => {
    let now = nowMs
    const log = new FakeLog(() => new AuditError('unavailable', 'Away.'))
    const sending = sendDrafts(drafts(1), log.options({ now: () => (now += 300) }))
    await expect(sending).rejects.toMatchObject({ code: 'unavailable' })
    expect(log.requests.length).toBeGreaterThan(2)
  })

  test('can be interrupted in the wait', async () => {
    const interrupted = new AbortController()
    const log = new FakeLog(() => new AuditError('unavailable', 'Away.'))
    const options = log.options({
      signal: interrupted.signal,
      limits: { retryMs: { first: 60_000, max: 60_000 }, patienceMs: 1_000_000 },
      onWaiting: () => interrupted.abort(),
    })
    await expect(sendDrafts(drafts(1), options)).rejects.toBeInstanceOf(SendingStopped)
  })
})

test.each(['unauthenticated', 'forbidden', 'conflict'] satisfies ErrorCode[])(
  'an error that waiting does not mend (%s) is thrown at once',
  async (code) => {
    const log = new FakeLog(() => new AuditError(code, 'No.'))
    await expect(sendDrafts(drafts(2), log.options())).rejects.toMatchObject({ code })
    expect(log.requests).toEqual([2])
  },
)
