import { describe, expect, it } from 'vitest'
import { timeTicks } from './time-ticks.ts'

const at = (text: string): number => Date.parse(text)

describe('the axis of time', () => {
  it('stands at round hours and names midnight by its day', () => {
    const ticks = timeTicks(at('2026-11-21T20:10:00Z'), at('2026-11-22T05:00:00Z'), 'utc', 10)
    expect(ticks.map(({ label }) => label)).toEqual([
      '21:00',
      '22:00',
      '23:00',
      '22 Nov',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
    ])
  })

  it('stands at midnights over days, never more often than asked', () => {
    const ticks = timeTicks(at('2026-10-24T10:00:00Z'), at('2026-11-23T10:00:00Z'), 'utc', 6)
    expect(ticks.length).toBeLessThanOrEqual(6)
    for (const { ms } of ticks) expect(ms % 86_400_000).toBe(0)
  })

  it('has none where there is no time', () => {
    expect(timeTicks(5, 5, 'utc', 10)).toEqual([])
  })
})
