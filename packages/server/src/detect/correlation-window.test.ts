import type { CorrelationCondition } from '@aleph-audit-log/domain/detect/rule'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CorrelationWindow } from './correlation-window.ts'

type Event = { id: string; at: number; place: number; values: string[] }

const spanMs = 10
const span = spanMs * 1000

const events = fc
  .array(
    fc.record({
      at: fc.nat(60).map((one) => one * 1000),
      place: fc.nat(2),
      values: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
    }),
    { maxLength: 30 },
  )
  .map((list) => list.map((one, i): Event => ({ ...one, id: `e${String(i).padStart(2, '0')}` })))

const condition = fc
  .record({
    type: fc.constantFrom(...(['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const)),
    min: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ type, min }): CorrelationCondition => ({
    kind: 'correlation',
    type,
    rules: ['r0', 'r1', 'r2'].map((id) => ({ id, groupBy: [] })),
    timespanMs: spanMs,
    range: type.startsWith('temporal') ? {} : { min },
    field: type === 'value_count' ? 'ip' : undefined,
  }))

/** Said plainly: every event of every stretch of time that is long enough and has what is wanted. */
function foundIn(list: readonly Event[], { type, range }: CorrelationCondition): string[] {
  const min = range.min ?? 0
  const found = new Set<string>()
  for (const { at: end } of list) {
    const inside = list.filter(({ at }) => at <= end && at >= end - span)
    const values = new Set(inside.flatMap((one) => one.values))
    const hasAll = [0, 1, 2].every((place) => inside.some((one) => one.place === place))
    const inOrder = inside.some((first) =>
      inside.some((second) =>
        inside.some(
          (third) =>
            first.place === 0 &&
            second.place === 1 &&
            third.place === 2 &&
            first.at <= second.at &&
            second.at <= third.at &&
            third.at === end,
        ),
      ),
    )
    const isFound = {
      event_count: inside.length >= min,
      value_count: values.size >= min,
      temporal: hasAll,
      temporal_ordered: inOrder,
    }[type]
    if (isFound) for (const { id } of inside) found.add(id)
  }
  return [...found].sort()
}

describe('a window of a correlation', () => {
  it('tells each event once of what a plain look at all of them finds, in whatever order they came', () => {
    fc.assert(
      fc.property(
        condition,
        events.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        (wanted, [list, shuffled]) => {
          const window = new CorrelationWindow<Event>(wanted)
          const told = shuffled.flatMap((event) =>
            window.add(event, event.place, event.values).flatMap(({ fresh }) => fresh.map(({ id }) => id)),
          )
          expect(told.toSorted()).toEqual(foundIn(list, wanted))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('takes an event that two rules have found as one', () => {
    const count: CorrelationCondition = {
      kind: 'correlation',
      type: 'event_count',
      rules: [],
      timespanMs: spanMs,
      range: { min: 2 },
      field: undefined,
    }
    const window = new CorrelationWindow<Event>(count)
    const event = { id: 'e1', at: 0, place: 0, values: [] }
    expect(window.add(event, 0, [])).toEqual([])
    expect(window.add(event, 1, [])).toEqual([])
    expect(window.add({ ...event, id: 'e2' }, 1, [])).toMatchObject([
      { count: 2, fresh: [{ id: 'e1' }, { id: 'e2' }] },
    ])
  })

  it('goes on without the oldest events where they were left out', () => {
    const count = fc.sample(condition, 1)[0]
    const window = new CorrelationWindow<Event>({ ...count!, type: 'event_count', range: { min: 3 } })
    const add = (i: number) => window.add({ id: `e${i}`, at: i, place: 0, values: [] }, 0, [])
    expect([add(1), add(2)]).toEqual([[], []])
    window.dropOldest(1)
    expect(add(3)).toEqual([])
    expect(add(4)).toMatchObject([{ count: 3 }])
    expect(window.dropBefore(4)).toBe(2)
    expect(window.size).toBe(1)
  })
})
