import { describe, expect, it } from 'vitest'
import { carriedParams, readInsightsParams, withInsightsRange, withParams } from './insights-params.ts'

describe('the address of a page of Insights', () => {
  it('says everything on screen, and nothing that makes no sense', () => {
    const input = { range: '7d', zone: 'local', name: 'ann', sort: 'failed', runs: 'slow', a: '1', b: '2' }
    expect(readInsightsParams({ ...input, nonsense: 'x', q: 'y' })).toEqual(input)
    expect(readInsightsParams({ range: '8d', zone: 'mars', runs: 'all', name: '', a: 7 })).toEqual({})
  })

  it('takes range and zone along to other pages', () => {
    expect(carriedParams({ range: '7d', zone: 'utc', name: 'ann', sort: 'failed' })).toEqual({
      range: '7d',
      zone: 'utc',
    })
  })

  it('changes one thing at a time', () => {
    expect(withParams({ range: '7d', name: 'ann' }, { name: undefined })).toEqual({ range: '7d' })
    expect(withInsightsRange({ range: '7d', sort: 'failed' }, { kind: 'past', id: '30d' })).toEqual({
      sort: 'failed',
    })
  })
})
