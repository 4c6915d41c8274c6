import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseQueryString,
  printQueryString,
  readEventSearchParams,
  withRange,
  withText,
} from './event-search.ts'

describe('the address of the audit log', () => {
  it('gives any text back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (q) => {
        expect(parseQueryString(printQueryString({ q }))).toEqual({ q })
      }),
    )
  })

  it('stays readable', () => {
    expect(printQueryString({ q: 'actor:ann@acme.com table:sales.* "drop table"', range: '7d' })).toBe(
      '?q=actor:ann@acme.com+table:sales.*+%22drop+table%22&range=7d',
    )
    expect(printQueryString({})).toBe('')
  })

  it('keeps a text that looks like a number a text', () => {
    expect(readEventSearchParams(parseQueryString('?q=123'))).toEqual({ q: '123' })
  })

  it('leaves out what it does not know', () => {
    expect(readEventSearchParams({ q: '', zone: 'moon', range: 'x', page: '3' })).toEqual({})
  })

  it('changes one thing at a time', () => {
    const params = readEventSearchParams({ q: 'type:query', range: '7d', zone: 'local' })
    expect(withText(params, '  ')).toEqual({ range: '7d', zone: 'local' })
    expect(withRange(params, { kind: 'past', id: '30d' })).toEqual({ q: 'type:query', zone: 'local' })
  })
})
