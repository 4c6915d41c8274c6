import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { describe, expect, it } from 'vitest'
import { hourTerm, sayHour, stepOf, sumActivity } from './heat-cells.ts'

const ms = (time: string): number => timeToMs(`${time}Z`)

describe('the hours of a week', () => {
  it('are searched for one by one, because the search language knows no weekdays', () => {
    // 2026-11-02 is a Monday.
    const bounds = {
      fromMs: ms('2026-11-01T00:00:00'),
      toMs: ms('2026-11-15T00:00:00'),
      zone: 'utc',
    } as const
    const term = hourTerm(0, 9, bounds) ?? ''
    expect(term).toBe(
      '(created:2026-11-02T09:00:00Z..2026-11-02T09:59:59.999999Z OR created:2026-11-09T09:00:00Z..2026-11-09T09:59:59.999999Z)',
    )
    expect(parseFilter(`type:query ${term}`)).toMatchObject({ kind: 'and' })
  })

  it('are cut where the range begins and ends', () => {
    const bounds = {
      fromMs: ms('2026-11-02T09:30:00'),
      toMs: ms('2026-11-09T09:15:00'),
      zone: 'utc',
    } as const
    expect(hourTerm(0, 9, bounds)).toBe(
      '(created:2026-11-02T09:30:00Z..2026-11-02T09:59:59.999999Z OR created:2026-11-09T09:00:00Z..2026-11-09T09:14:59.999999Z)',
    )
    expect(hourTerm(0, 8, bounds)).toBe('created:2026-11-09T08:00:00Z..2026-11-09T08:59:59.999999Z')
    expect(hourTerm(2, 9, { ...bounds, toMs: ms('2026-11-03T00:00:00') })).toBeUndefined()
  })

  it('lead nowhere where they are too many to be read', () => {
    const bounds = {
      fromMs: ms('2026-01-01T00:00:00'),
      toMs: ms('2026-11-15T00:00:00'),
      zone: 'utc',
    } as const
    expect(hourTerm(0, 9, bounds)).toBeUndefined()
  })

  it('have a shade that tells a few from none, and a name', () => {
    expect([0, 1, 40, 400, 999, 1000].map((count) => stepOf(count, 1000))).toEqual([0, 1, 1, 3, 5, 5])
    expect(stepOf(0, 0)).toBe(0)
    expect(sayHour(1, 9)).toBe('Tuesday 9:00 – 10:00')
  })

  it('are summed up: the busiest, weekends, nights', () => {
    const cells = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
    cells[1]![9] = 7
    cells[5]![10] = 2
    cells[6]![23] = 3
    expect(sumActivity(cells)).toEqual({
      all: 12,
      busiest: { weekday: 1, hour: 9, count: 7 },
      weekend: 5,
      night: 3,
    })
  })
})
