import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { describe, expect, it } from 'vitest'
import { judgeRuns, retriesWithin, sayRatio } from './judge-runs.ts'

const run = (
  id: string,
  time: string,
  outcome: PublicEvent['outcome'],
  durationMs?: number,
  email = 'ann@acme.com',
): PublicEvent => ({
  id,
  type: 'query',
  occurredAt: `2026-11-22T${time}Z`,
  receivedAt: `2026-11-22T${time}Z`,
  actor: { type: 'user', email },
  outcome,
  data: durationMs === undefined ? {} : { durationMs },
  source: 'api',
  position: { node: 'n', sequence: 1 },
})

const all = { events: [], fromMs: Number.NEGATIVE_INFINITY }

describe('the runs of a query', () => {
  it('are held against what is usual', () => {
    const judged = judgeRuns(
      [run('1', '10:00:00', 'success', 320), run('2', '09:00:00', 'success')],
      100,
      all,
    )
    expect(judged.map(({ ratio }) => ratio)).toEqual([3.2, undefined])
    expect(judgeRuns([run('1', '10:00:00', 'success', 320)], undefined, all)[0]?.ratio).toBeUndefined()
    expect([3.2, 1.2, 0.25, 0.001, 123.4, undefined].map(sayRatio)).toEqual([
      '3.2× usual',
      undefined,
      '0.25× usual',
      '< 0.01× usual',
      '123× usual',
      undefined,
    ])
  })

  it('are retries where the same person comes again soon after a failure', () => {
    const judged = judgeRuns(
      [
        run('late', '12:00:00', 'success'),
        run('again', '10:05:00', 'success'),
        run('other', '10:04:00', 'success', 1, 'bo@acme.com'),
        run('failed', '10:03:00', 'failure', 1, 'ANN@acme.com'),
        run('first', '10:02:00', 'success'),
      ],
      1,
      all,
    )
    expect(judged.map(({ retryOf, retriedBy }) => [retryOf?.id, retriedBy?.id])).toEqual([
      [undefined, undefined],
      ['failed', undefined],
      [undefined, undefined],
      [undefined, 'again'],
      [undefined, undefined],
    ])
  })

  it('are no retries where nobody came back in time, or nothing had failed', () => {
    const judged = judgeRuns(
      [
        run('late', '10:20:00', 'success'),
        run('failed', '10:00:00', 'denied'),
        run('a', '09:59:00', 'success'),
      ],
      1,
      all,
    )
    expect(judged.every(({ retryOf, retriedBy }) => retryOf === undefined && retriedBy === undefined)).toBe(
      true,
    )
  })

  it('that failed are told with the run that succeeded, which is not in their list', () => {
    const failed = [
      run('second', '10:05:00', 'failure'),
      run('first', '10:03:00', 'failure'),
      run('before', '09:00:00', 'denied'),
    ]
    const succeeded = [run('at last', '10:08:00', 'success'), run('soon', '09:01:00', 'success')]
    const told = (fromMs: number): unknown[] =>
      judgeRuns(failed, 1, { events: succeeded, fromMs }).map(({ event, retryOf, retriedBy }) => [
        event.id,
        retryOf?.id,
        retriedBy?.id,
      ])
    expect(told(Number.NEGATIVE_INFINITY)).toEqual([
      ['second', 'first', 'at last'],
      ['first', undefined, 'second'],
      ['before', undefined, 'soon'],
    ])
    // Of older ones it is not known.
    expect(told(Date.parse('2026-11-22T10:00:00Z')).at(-1)).toEqual(['before', undefined, undefined])
    expect(judgeRuns(failed, 1, undefined).every(({ retriedBy }) => retriedBy === undefined)).toBe(true)
    expect(retriesWithin(failed)).toEqual({
      fromMs: Date.parse('2026-11-22T09:00:00Z'),
      toMs: Date.parse('2026-11-22T10:15:00Z'),
    })
    expect(retriesWithin([])).toBeUndefined()
  })
})
