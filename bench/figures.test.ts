import { expect, test } from 'vitest'
import { quantile, quantileFigure, toFigure } from './figures.ts'

test('a figure has the median, the least and the most of its rounds, in whatever order they came', () => {
  expect(toFigure([9, 1, 5])).toEqual({ median: 5, least: 1, most: 9, rounds: 3 })
  expect(toFigure([4, 2])).toEqual({ median: 3, least: 2, most: 4, rounds: 2 })
})

test('no rounds give no figure', () => {
  expect(() => toFigure([])).toThrow(RangeError)
})

test('a quantile lies between its neighbours', () => {
  const hundred = Array.from({ length: 101 }, (_, i) => i)
  expect(quantile(hundred, 0.99)).toBe(99)
  expect(quantile([0, 10], 0.25)).toBe(2.5)
})

test('the quantile of rounds is taken in each round, so that one bad round shows as spread', () => {
  expect(
    quantileFigure(
      [
        [3, 1, 2],
        [5, 5, 5],
        [30, 10, 20],
      ],
      0.5,
    ),
  ).toEqual({
    median: 5,
    least: 2,
    most: 20,
    rounds: 3,
  })
})
