import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { describe, expect, it } from 'vitest'
import { judgeRuns, sayRatio } from './judge-runs.ts'

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

describe('the runs of a query', () => {
  it('are held against what is usual', () => {
    const judged = judgeRuns([run('1', '10:00:00', 'success', 320), run('2', '09:00:00', 'success')], 100)
    expect(judged.map(({ ratio }) => ratio)).toEqual([3.2, undefined])
    expect(judgeRuns([run('1', '10:00:00', 'success', 320)], undefined)[0]?.ratio).toBeUndefined()
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
    )
    expect(judged.every(({ retryOf, retriedBy }) => retryOf === undefined && retriedBy === undefined)).toBe(
      true,
    )
  })
})
