import { splitSearch } from '@aleph-audit-log/domain/filter/edit-filter'
import { describe, expect, it } from 'vitest'
import { facetRows, firstRows } from './facet-rows.ts'

const script = '<script>"x"</script>'
const facet = {
  values: [
    { value: 'Ann Lee', count: 9 },
    { value: script, count: 4 },
    { value: 'محمد', count: 1 },
  ],
  other: 0,
}

describe('the values of a field beside the search', () => {
  it('are marked where the search names them, whatever its case', () => {
    const parts = splitSearch('type:query actor:"ANN lee"')
    expect(facetRows('actor', facet, parts).map(({ use }) => use)).toEqual(['only', 'any', 'any'])
  })

  it('begin with those that the search names and that are not found', () => {
    const parts = splitSearch(String.raw`-actor:"Eve \"E\"" actor:Bob`)
    expect(facetRows('actor', facet, parts).slice(0, 3)).toEqual([
      { value: 'Eve "E"', term: String.raw`actor:"Eve \"E\""`, count: undefined, use: 'without' },
      { value: 'Bob', term: 'actor:Bob', count: 0, use: 'only' },
      { value: 'Ann Lee', term: 'actor:"Ann Lee"', count: 9, use: 'any' },
    ])
  })

  it('are there before their numbers are', () => {
    expect(facetRows('actor', undefined, splitSearch('actor:Bob'))).toEqual([
      { value: 'Bob', term: 'actor:Bob', count: undefined, use: 'only' },
    ])
  })

  it('of another field are not marked', () => {
    expect(facetRows('actor', facet, splitSearch('name:"Ann Lee"'))[0]?.use).toBe('any')
  })

  it('stay in sight when they are named, however rare they are', () => {
    const rows = facetRows('actor', facet, splitSearch('actor:محمد'))
    expect(firstRows(rows, 1).map(({ value }) => value)).toEqual(['Ann Lee', 'محمد'])
    expect(firstRows(rows, 5)).toEqual(rows)
  })
})
