import { describe, expect, it } from 'vitest'
import { layoutSparkline, sayTrend } from './spark-layout.ts'
import { formatShare } from './format-share.ts'

describe('a trend', () => {
  it('is a bar for each day that has any, the highest as high as the box', () => {
    expect(layoutSparkline([0, 2, 4], { width: 30, height: 21 })).toBe('M10 10h9v10H10zM20 0h9v20H20z')
    expect(layoutSparkline([], { width: 30, height: 21 })).toBe('')
    expect(layoutSparkline([0, 0], { width: 30, height: 21 })).toBe('')
  })

  it('joins days where they would be too narrow', () => {
    const bars = layoutSparkline(
      Array.from({ length: 400 }, () => 1),
      { width: 96, height: 22 },
    )
    expect(bars.match(/M/g)?.length).toBeLessThanOrEqual(32)
  })

  it('is told in words', () => {
    expect(sayTrend([0, 34, 2], ['2026-11-20', '2026-11-21', '2026-11-22'])).toBe(
      'On 2 of 3 days; most on 21 Nov 2026 (34)',
    )
    expect(sayTrend([0], ['2026-11-20'])).toBe('On none of these days')
  })
})

describe('a share', () => {
  it('is never nothing of something', () => {
    expect(
      [
        [0, 10],
        [1, 100_000],
        [1, 300],
        [1, 3],
        [5, 5],
        [0, 0],
      ].map(([part = 0, whole = 0]) => formatShare(part, whole)),
    ).toEqual(['0 %', '< 0.1 %', '0.3 %', '33 %', '100 %', '0 %'])
  })
})
