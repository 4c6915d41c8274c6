import { timeToMs } from '@aleph-audit-log/domain/time'
import type { Bucket } from '../api/events.ts'

/** A column of the histogram: one bucket, or several where they would be too narrow to see. Pixels. */
export type Bar = {
  fromMs: number
  toMs: number
  count: number
  failed: number
  x: number
  width: number
  /** Height of the events that succeeded; the failed ones stand on top of it. */
  goodHeight: number
  failedHeight: number
}

export type HistogramLayout = { bars: Bar[]; countMax: number; fromMs: number; toMs: number }

const barWidthMin = 4
const gap = 1
/** A bar of one event among thousands must still be seen. */
const heightMin = 2

/**
 * Lays out the server's buckets (ascending, gapless, of one length) in a box of `width` x `height` pixels.
 * `endMs` ends the last bucket where there is only one and its length is unknown.
 */
export function layoutHistogram(
  buckets: readonly Bucket[],
  box: { width: number; height: number },
  endMs: number,
): HistogramLayout {
  const starts = buckets.map((bucket) => timeToMs(bucket.start))
  const first = starts[0]
  const last = starts.at(-1)
  if (first === undefined || last === undefined || box.width <= 0) {
    return { bars: [], countMax: 0, fromMs: endMs, toMs: endMs }
  }
  const second = starts[1]
  const lengthMs = second === undefined ? Math.max(endMs - first, 60_000) : second - first
  const toMs = last + lengthMs
  const perBar = Math.max(1, Math.ceil((buckets.length * barWidthMin) / box.width))
  const groups: Omit<Bar, 'x' | 'width' | 'goodHeight' | 'failedHeight'>[] = []
  for (let index = 0; index < buckets.length; index += perBar) {
    const members = buckets.slice(index, index + perBar)
    groups.push({
      fromMs: starts[index] ?? first,
      toMs: starts[index + perBar] ?? toMs,
      count: sum(members.map((bucket) => bucket.count)),
      failed: sum(members.map((bucket) => bucket.failed)),
    })
  }
  const countMax = groups.reduce((max, group) => Math.max(max, group.count), 0)
  const scale = box.width / (toMs - first)
  const bars = groups.map((group) => {
    const x = (group.fromMs - first) * scale
    const width = (group.toMs - group.fromMs) * scale
    return { ...group, x, width: Math.max(1, width - gap), ...heights(group, countMax, box.height) }
  })
  return { bars, countMax, fromMs: first, toMs }
}

function heights(
  { count, failed }: { count: number; failed: number },
  countMax: number,
  height: number,
): { goodHeight: number; failedHeight: number } {
  if (count === 0) return { goodHeight: 0, failedHeight: 0 }
  const whole = Math.max(heightMin, (count / countMax) * height)
  const failedHeight = failed === 0 ? 0 : Math.min(whole, Math.max(heightMin, (failed / count) * whole))
  return { goodHeight: whole - failedHeight, failedHeight }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The bar under a place; places left and right of all bars take the nearest one. -1 if there are none. */
export function barAt(bars: readonly Bar[], x: number): number {
  if (bars.length === 0) return -1
  const found = bars.findLastIndex((bar) => bar.x <= x)
  return Math.max(0, found)
}

/** Two bars and all between them as one, in either order; undefined if one of them does not exist. */
export function joinBars(bars: readonly Bar[], one: number, other: number): Bar | undefined {
  const first = bars[Math.min(one, other)]
  const last = bars[Math.max(one, other)]
  if (first === undefined || last === undefined) return undefined
  const members = bars.slice(Math.min(one, other), Math.max(one, other) + 1)
  return {
    ...first,
    toMs: last.toMs,
    width: last.x + last.width - first.x,
    count: sum(members.map((bar) => bar.count)),
    failed: sum(members.map((bar) => bar.failed)),
  }
}
