import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barAt, joinBars, layoutHistogram } from './histogram-layout.ts'

const start = Date.UTC(2026, 10, 1)
const hourMs = 3_600_000

function buckets(counts: [count: number, failed: number][]) {
  return counts.map(([count, failed], index) => ({
    start: new Date(start + index * hourMs).toISOString(),
    count,
    failed,
  }))
}

const someCounts = fc.array(
  fc.nat(10_000).chain((count) => fc.nat(count).map((failed): [number, number] => [count, failed])),
  { minLength: 2, maxLength: 800 },
)

describe('the histogram', () => {
  it('has no bars where there are no buckets or no room', () => {
    expect(layoutHistogram([], { width: 500, height: 50 }, start).bars).toEqual([])
    expect(layoutHistogram(buckets([[1, 0]]), { width: 0, height: 50 }, start + hourMs).bars).toEqual([])
  })

  it('loses no event and no time, however narrow it is', () => {
    fc.assert(
      fc.property(someCounts, fc.integer({ min: 50, max: 2000 }), (counts, width) => {
        const { bars, fromMs, toMs } = layoutHistogram(buckets(counts), { width, height: 56 }, start)
        expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(
          counts.reduce((sum, [count]) => sum + count, 0),
        )
        expect(bars.reduce((sum, bar) => sum + bar.failed, 0)).toBe(
          counts.reduce((sum, [, failed]) => sum + failed, 0),
        )
        expect([fromMs, toMs]).toEqual([start, start + counts.length * hourMs])
        for (const [index, bar] of bars.entries()) {
          expect(bar.toMs).toBe(bars[index + 1]?.fromMs ?? toMs)
          expect(bar.x + bar.width).toBeLessThanOrEqual(width + 0.001)
          expect(bar.goodHeight + bar.failedHeight).toBeLessThanOrEqual(56.001)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('shows a single failure among thousands', () => {
    const { bars } = layoutHistogram(
      buckets([
        [10_000, 1],
        [1, 0],
      ]),
      { width: 100, height: 56 },
      start,
    )
    expect(bars[0]?.failedHeight).toBe(2)
    expect(bars[1]?.goodHeight).toBe(2)
  })

  it('ends a lone bucket where the range ends', () => {
    const { bars } = layoutHistogram(buckets([[3, 0]]), { width: 100, height: 56 }, start + hourMs)
    expect(bars).toMatchObject([{ fromMs: start, toMs: start + hourMs, count: 3 }])
  })

  it('finds the bar under a place, and the nearest one beside them', () => {
    const { bars } = layoutHistogram(
      buckets([
        [1, 0],
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
      { width: 400, height: 56 },
      start,
    )
    expect([-5, 0, 99, 100, 250, 399, 900].map((x) => barAt(bars, x))).toEqual([0, 0, 0, 1, 2, 3, 3])
  })

  it('joins bars in either direction', () => {
    const { bars } = layoutHistogram(
      buckets([
        [1, 0],
        [5, 2],
        [7, 1],
      ]),
      { width: 300, height: 56 },
      start,
    )
    expect(joinBars(bars, 2, 1)).toMatchObject({
      fromMs: start + hourMs,
      toMs: start + 3 * hourMs,
      count: 12,
      failed: 3,
    })
    expect(joinBars(bars, 0, 9)).toBeUndefined()
  })
})
