import { describe, expect, it } from 'vitest'
import { looserSearches } from './looser-searches.ts'

describe('looser searches', () => {
  it('leave out one term each', () => {
    expect(looserSearches('type:query -table:orders "drop"')).toEqual([
      { without: 'type:query', text: '-table:orders drop' },
      { without: '-table:orders', text: 'type:query drop' },
      { without: 'drop', text: 'type:query -table:orders' },
    ])
  })

  it('are none for a single term, an OR, or a text that is no search', () => {
    expect(looserSearches('type:query')).toEqual([])
    expect(looserSearches('type:query OR type:login')).toEqual([])
    expect(looserSearches('type:(')).toEqual([])
  })
})
