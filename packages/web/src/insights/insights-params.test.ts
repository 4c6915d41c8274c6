import { describe, expect, it } from 'vitest'
import {
  carriedParams,
  countedTimes,
  eventsParams,
  readInsightsParams,
  withInsightsRange,
  withParams,
} from './insights-params.ts'
import { asTerm } from './usage-search.ts'

describe('the address of a page of Insights', () => {
  it('says everything on screen, and nothing that makes no sense', () => {
    const input = { range: '7d', zone: 'local', name: 'ann', sort: 'failed', runs: 'slow', a: '1', b: '2' }
    expect(readInsightsParams({ ...input, nonsense: 'x', q: 'y' })).toEqual(input)
    expect(readInsightsParams({ range: '8d', zone: 'mars', runs: 'all', name: '', a: 7 })).toEqual({})
  })

  it('narrows a list to a search, but not to one that is none', () => {
    expect(readInsightsParams({ of: 'table:"a b" OR name:x' })).toEqual({ of: 'table:"a b" OR name:x' })
    expect(readInsightsParams({ of: 'name:(' })).toEqual({})
    expect(['a b', 'a OR b', '-a', '(a OR b) c'].map(asTerm)).toEqual(['a b', '(a OR b)', '-a', '(a OR b) c'])
  })

  it('takes range and zone along to other pages', () => {
    expect(carriedParams({ range: '7d', zone: 'utc', name: 'ann', sort: 'failed' })).toEqual({
      range: '7d',
      zone: 'utc',
    })
  })

  it('counts whole days where some days are asked for, and leads to just these events', () => {
    const nowMs = Date.parse('2026-11-30T10:20:30Z')
    expect(countedTimes({ kind: 'past', id: '30d' }, nowMs)).toEqual({ from: '2026-10-31T00:00:00.000000Z' })
    expect(countedTimes({ kind: 'past', id: '7d' }, nowMs)).toEqual({ from: '2026-11-23T00:00:00.000000Z' })
    expect(countedTimes({ kind: 'past', id: '24h' }, nowMs)).toEqual({ from: '2026-11-29T10:20:30.000000Z' })
    const between = { from: '2026-11-01T10:00:00.000000Z', to: '2026-11-02T10:00:00.000000Z' }
    expect(countedTimes({ kind: 'between', ...between }, nowMs)).toEqual(between)
    expect(eventsParams({ zone: 'utc', sort: 'failed' }, nowMs)).toEqual({
      zone: 'utc',
      from: '2026-10-31T00:00:00Z',
    })
    expect(eventsParams({ range: '24h' }, nowMs)).toEqual({ range: '24h' })
    expect(eventsParams(between, nowMs)).toEqual(between)
  })

  it('changes one thing at a time', () => {
    expect(withParams({ range: '7d', name: 'ann' }, { name: undefined })).toEqual({ range: '7d' })
    expect(withInsightsRange({ range: '7d', sort: 'failed' }, { kind: 'past', id: '30d' })).toEqual({
      sort: 'failed',
    })
  })
})
