import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { array, assert, boolean, constant, nat, oneof, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isInSight,
  liveLimits,
  mergeRows,
  noLiveRows,
  receiveRows,
  showRows,
  type LiveRows,
  type LoadedRows,
} from './live-rows.ts'

function event(n: number, time: number): PublicEvent {
  return {
    id: `event-${n}`,
    type: 'query',
    occurredAt: new Date(Date.UTC(2026, 0, 1) + time * 1000).toISOString(),
    receivedAt: '2026-01-01T00:00:00Z',
    actor: { type: 'user', name: 'Ann' },
    outcome: 'success',
    source: 'api',
    position: { node: 'n1', sequence: n },
  }
}
const idsOf = (events: readonly PublicEvent[]): string[] => events.map(({ id }) => id)
const newestFirst = (a: PublicEvent, b: PublicEvent): number => (a.occurredAt < b.occurredAt ? 1 : -1)

const loaded: LoadedRows = { events: [event(3, 30), event(2, 20), event(1, 10)], hasMore: true }

describe('rows that come in', () => {
  it('wait until they are shown, and then stand at their places by time', () => {
    const came = [event(4, 40), event(5, 25), event(6, 41)]
    const rows = receiveRows(noLiveRows, came)
    expect(mergeRows(rows.shown, loaded)).toBe(loaded.events)
    expect(idsOf(rows.waiting)).toEqual(idsOf(came))
    const shown = showRows(rows, loaded)
    expect(shown.waiting).toEqual([])
    expect(idsOf(mergeRows(shown.shown, loaded))).toEqual([
      'event-6',
      'event-4',
      'event-3',
      'event-5',
      'event-2',
      'event-1',
    ])
  })

  it('that are older than the last loaded row come with the older rows, and not twice', () => {
    const late = event(9, 5)
    const shown = showRows(receiveRows(noLiveRows, [late]), loaded)
    expect(isInSight(late, loaded)).toBe(false)
    expect(mergeRows(shown.shown, loaded)).toEqual(loaded.events)
    const all = { events: [...loaded.events, late, event(0, 0)], hasMore: false }
    expect(mergeRows(shown.shown, all)).toEqual(all.events)
    const without = { events: loaded.events, hasMore: false }
    expect(idsOf(mergeRows(shown.shown, without)).at(-1)).toBe('event-9')
  })

  it('are counted once, however often they come', () => {
    let rows = receiveRows(noLiveRows, [event(4, 40), event(4, 40)])
    rows = receiveRows(rows, [event(4, 40), event(5, 50)])
    rows = receiveRows(showRows(rows, loaded), [event(5, 50)])
    expect([rows.waiting, idsOf(rows.shown)]).toEqual([[], ['event-5', 'event-4']])
    // What the search had found already.
    rows = showRows(receiveRows(rows, [event(3, 30)]), loaded)
    expect(idsOf(mergeRows(rows.shown, loaded)).filter((id) => id === 'event-3')).toHaveLength(1)
  })

  it('are not kept without limit: when too many wait, only asking anew shows them', () => {
    const many = Array.from({ length: liveLimits.waitingMax + 1 }, (_, i) => event(i, i))
    const rows = receiveRows(noLiveRows, many)
    expect([rows.tooMany, rows.waiting]).toEqual([true, []])
    expect(receiveRows(rows, [event(-1, 1)])).toBe(rows)
  })

  it('cut a list that becomes too long, with all of one time on the same side', () => {
    const came = Array.from({ length: liveLimits.rowsMax + 500 }, (_, i) => event(i + 10, 100 + (i >> 3)))
    const rows = showRows(receiveRows(noLiveRows, came), loaded)
    expect(rows.cutAt).toBeDefined()
    const below: LoadedRows = { events: [], hasMore: true, cutAt: rows.cutAt }
    const list = mergeRows(rows.shown, below)
    expect(list.length).toBeGreaterThanOrEqual(liveLimits.rowsMax)
    expect(list.length).toBeLessThan(liveLimits.rowsMax + 8)
    expect(list.every(({ occurredAt }) => occurredAt >= String(rows.cutAt).slice(0, 19))).toBe(true)
    // What is asked for below it is the rest.
    const rest = [...came, ...loaded.events].filter((one) => !list.includes(one)).sort(newestFirst)
    expect(rest.every(({ occurredAt }) => occurredAt < String(rows.cutAt))).toBe(true)
    const older = { events: rest, hasMore: false, cutAt: rows.cutAt }
    expect(idsOf(mergeRows(rows.shown, older)).sort()).toEqual(idsOf([...came, ...loaded.events]).sort())
  })
})

it('whatever comes, waits and is loaded, the list is what a search would find, each event once', () => {
  const step = oneof(
    record({ kind: constant('come' as const), times: array(nat(60), { maxLength: 6 }), again: boolean() }),
    record({ kind: constant('show' as const) }),
    record({ kind: constant('load' as const), count: nat(5) }),
  )
  assert(
    property(array(nat(60), { maxLength: 20 }), array(step, { maxLength: 20 }), (before, steps) => {
      let n = 0
      // What a search would find, newest first; equal times in the order of the store.
      const stored = before.map((time) => event(n++, time)).sort(newestFirst)
      const came: PublicEvent[] = []
      let pages: LoadedRows = { events: stored.slice(0, 3), hasMore: stored.length > 3 }
      let rows: LiveRows = noLiveRows
      for (const next of steps) {
        if (next.kind === 'come') {
          const events = next.times.map((time) => event(n++, time))
          came.push(...events)
          rows = receiveRows(rows, next.again ? [...came] : events)
        } else if (next.kind === 'show') rows = showRows(rows, pages)
        else {
          // A page holds what lies below the last row, also what came since.
          const last = pages.events.at(-1)
          const below = [...stored, ...came]
            .sort(newestFirst)
            .filter((one) => !pages.events.includes(one))
            .filter((one) => last === undefined || one.occurredAt < last.occurredAt)
          if (!pages.hasMore) continue
          const events = [...pages.events, ...below.slice(0, next.count)]
          pages = { events, hasMore: below.length > next.count }
        }
      }
      rows = showRows(rows, pages)
      const list = mergeRows(rows.shown, pages)
      expect(new Set(idsOf(list)).size).toBe(list.length)
      expect(list.map(({ occurredAt }) => occurredAt)).toEqual(
        list.map(({ occurredAt }) => occurredAt).sort((a, b) => (a < b ? 1 : -1)),
      )
      const oldest = pages.events.at(-1)?.occurredAt ?? ''
      const missing = came.filter(
        (one) => !list.includes(one) && (!pages.hasMore || one.occurredAt >= oldest),
      )
      expect(pages.events.length === 0 && pages.hasMore ? [] : missing).toEqual([])
    }),
  )
})
