import type { DurationCounts } from './usage-store.ts'

/**
 * How long something took is counted in buckets of its logarithm: bucket `b` holds 2^(b/4) ms up to 2^((b+1)/4) ms, and
 * the lowest one everything shorter, too. A quantile is interpolated between the ends of its bucket, which differ by a
 * fifth.
 */
const bucketsPerDoubling = 4
const bucketMin = -40

/** The bucket of a duration in milliseconds. */
export function durationBucket(ms: number): number {
  return ms > 2 ** (bucketMin / bucketsPerDoubling)
    ? Math.max(bucketMin, Math.floor(Math.log2(ms) * bucketsPerDoubling))
    : bucketMin
}

/** Where a bucket begins, in milliseconds. */
export function bucketStart(bucket: number): number {
  return 2 ** (bucket / bucketsPerDoubling)
}

/** The buckets, shortest first. */
export function sortBuckets(durations: DurationCounts): { bucket: number; count: number }[] {
  return Object.entries(durations)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket)
}

/** A quantile in milliseconds; undefined where nothing has a duration. */
export function quantileOf(durations: DurationCounts, level: number): number | undefined {
  const buckets = sortBuckets(durations)
  const rank = level * buckets.reduce((sum, { count }) => sum + count, 0)
  let below = 0
  for (const { bucket, count } of buckets) {
    if (below + count >= rank) return 2 ** ((bucket + (rank - below) / count) / bucketsPerDoubling)
    below += count
  }
  return undefined
}

/** What one execution adds to a sum of durations or rows: senders may write any number, and sums must stay numbers. */
export function toSummand(value: number): number {
  return Math.min(Math.max(value, 0), 1e15)
}
