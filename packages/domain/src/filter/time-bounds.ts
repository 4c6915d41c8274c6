import type { Filter, TimeRange } from './filter.ts'

/** Whether a time qualifier stands anywhere in the filter: it then replaces the default range. */
export function hasTimeTerm(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.terms.some(hasTimeTerm)
  if (filter.kind === 'not') return hasTimeTerm(filter.term)
  return filter.kind === 'time'
}

/**
 * A range that surely holds every event that matches, as far as time terms that all of them must meet tell it: what an
 * event store need not look outside of. It is empty (`before` not after `from`) where nothing can match.
 */
export function timeBounds(filter: Filter): TimeRange {
  if (filter.kind === 'time') return filter.range
  if (filter.kind !== 'and' && filter.kind !== 'or') return {}
  const bounds = filter.terms.map(timeBounds)
  const from = bounds.flatMap((range) => range.from ?? []).sort()
  const before = bounds.flatMap((range) => range.before ?? []).sort()
  if (filter.kind === 'and') return toRange(from.at(-1), before[0])
  // One branch without a bound lets everything in on that side.
  return toRange(
    from.length === bounds.length ? from[0] : undefined,
    before.length === bounds.length ? before.at(-1) : undefined,
  )
}

function toRange(from: string | undefined, before: string | undefined): TimeRange {
  return { ...(from === undefined ? {} : { from }), ...(before === undefined ? {} : { before }) }
}
