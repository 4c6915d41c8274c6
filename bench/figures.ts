import type { Figure } from './benchmark.ts'

/** The figure of some rounds. Throws RangeError without any: nothing measured is no figure. */
export function toFigure(rounds: readonly number[]): Figure {
  const sorted = rounds.toSorted((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    least: quantile(sorted, 0),
    most: quantile(sorted, 1),
    rounds: sorted.length,
  }
}

/** The quantile (0 to 1) of numbers in ascending order, by linear interpolation. Throws RangeError without any. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new RangeError('nothing was measured')
  return below + (above - below) * (place - Math.floor(place))
}

/** A quantile of each round, as a figure over the rounds. */
export function quantileFigure(rounds: readonly (readonly number[])[], share: number): Figure {
  return toFigure(
    rounds.map((values) =>
      quantile(
        values.toSorted((a, b) => a - b),
        share,
      ),
    ),
  )
}
