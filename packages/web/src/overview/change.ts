import { formatCount } from '../events/format-time.ts'

/** How a number has changed: `sign` for the eye, `words` for the tooltip and for who cannot see it. */
export type Change = { direction: 'up' | 'down' | 'same'; sign: string; words: string }

/** Up to here a change is said in per cent. */
const percentMax = 999

/** Compares a number with that of the period before, called `before` in words; undefined where that is not known. */
export function describeChange(
  { now, before }: { now: number; before?: number | undefined },
  beforeWords: string,
): Change | undefined {
  if (before === undefined) return undefined
  const counted = `${formatCount(before)} in ${beforeWords}`
  if (now === before) return { direction: 'same', sign: '=', words: `The same as in ${beforeWords}` }
  if (before === 0) return { direction: 'up', sign: '▲ new', words: `None in ${beforeWords}` }
  const direction = now > before ? 'up' : 'down'
  const percent = Math.round((100 * Math.abs(now - before)) / before)
  const arrow = direction === 'up' ? '▲' : '▼'
  // A change that rounds to nothing is one all the same.
  const size =
    percent > percentMax
      ? `× ${formatCount(Math.round(now / before))}`
      : `${percent === 0 ? '< 1' : percent} %`
  return { direction, sign: `${arrow} ${size}`, words: counted }
}
