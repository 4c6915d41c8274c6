import { expect, it } from 'vitest'
import { joinBins } from './duration-bins.ts'

it('joins fine bins to a few at their own edges, and loses no run', () => {
  const bins = Array.from({ length: 60 }, (_, i) => ({ fromMs: 1.1 ** i, toMs: 1.1 ** (i + 1), count: i }))
  const joined = joinBins(bins, 8)
  expect(joined.length).toBeLessThanOrEqual(9)
  expect(joined.length).toBeGreaterThan(4)
  expect(joined.reduce((sum, { count }) => sum + count, 0)).toBe((59 * 60) / 2)
  expect(joined[0]?.fromMs).toBe(1)
  expect(joined.at(-1)?.toMs).toBe(1.1 ** 60)
  for (const [index, bin] of joined.slice(1).entries()) expect(bin.fromMs).toBe(joined[index]?.toMs)
  expect(joinBins([], 8)).toEqual([])
  expect(joinBins(bins.slice(0, 3), 8)).toEqual(bins.slice(0, 3))
  // What took no time at all has no logarithm.
  expect(joinBins([{ fromMs: 0, toMs: 1, count: 5 }, ...bins], 8)[0]).toEqual({
    fromMs: 0,
    toMs: 1,
    count: 5,
  })
})
