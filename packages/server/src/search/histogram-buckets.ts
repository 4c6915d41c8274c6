import { AuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { Bucket } from '../store/event-store.ts'

export const histogramIntervals = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000, '1d': 86_400_000 } as const
export type HistogramInterval = keyof typeof histogramIntervals

/** `auto` takes the finest interval with at most so many buckets: a screen has no more columns to show them. */
const autoBucketsMax = 400

/** The interval to use for a span of time. Throws AuditError('invalid') when it would make too many buckets. */
export function intervalFor(
  asked: HistogramInterval | 'auto',
  spanMs: number,
  bucketsMax: number,
): { name: HistogramInterval; ms: number } {
  if (asked === 'auto') {
    for (const name of ['1m', '5m', '1h'] as const) {
      const ms = histogramIntervals[name]
      if (spanMs / ms <= autoBucketsMax) return { name, ms }
    }
    return { name: '1d', ms: histogramIntervals['1d'] }
  }
  const ms = histogramIntervals[asked]
  if (spanMs / ms > bucketsMax) {
    throw new AuditError('invalid', 'The histogram would have too many buckets.', {
      problems: [
        {
          path: 'interval',
          message: `gives more than ${bucketsMax} buckets for this range: take a longer one`,
        },
      ],
    })
  }
  return { name: asked, ms }
}

/**
 * Puts empty buckets between the counted ones, from the one that holds `from` to the one that holds `endMs` (or the
 * last counted one, if events of fast clocks lie behind it).
 */
export function fillBuckets(counted: Bucket[], from: string, endMs: number, intervalMs: number): Bucket[] {
  const byStart = new Map(counted.map((bucket) => [timeToMs(bucket.start), bucket]))
  const lastCounted = counted.at(-1)
  const lastMs = Math.max(endMs - 1, lastCounted ? timeToMs(lastCounted.start) : 0)
  const buckets: Bucket[] = []
  for (let ms = Math.floor(timeToMs(from) / intervalMs) * intervalMs; ms <= lastMs; ms += intervalMs) {
    const { count, failed } = byStart.get(ms) ?? { count: 0, failed: 0 }
    buckets.push({ start: `${timeFromMs(ms).slice(0, 19)}Z`, count, failed })
  }
  return buckets
}
