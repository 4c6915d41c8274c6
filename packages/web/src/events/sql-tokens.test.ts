import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSql } from './sql-tokens.ts'

function kinds(sql: string): [string, string][] {
  return splitSql(sql)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => [kind, text])
}

describe('the pieces of SQL', () => {
  it('are the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sql) => {
        expect(
          splitSql(sql)
            .map(({ text }) => text)
            .join(''),
        ).toBe(sql)
      }),
    )
  })

  it('tell keywords, strings, numbers and comments apart', () => {
    expect(kinds("select a1, 'it''s' from t -- end\nwhere x > 1.5e3")).toEqual([
      ['keyword', 'select'],
      ['string', "'it''s'"],
      ['keyword', 'from'],
      ['comment', '-- end'],
      ['keyword', 'where'],
      ['number', '1.5e3'],
    ])
  })

  it('leave quoted names and what is inside strings alone', () => {
    expect(kinds('"select" `from`')).toEqual([])
    expect(kinds("$tag$ select 1 $tag$ 'where")).toEqual([
      ['string', '$tag$ select 1 $tag$'],
      ['string', "'where"],
    ])
  })

  it('come quickly for hostile text', () => {
    const before = performance.now()
    for (const piece of ["'", '/*', '$a$', '"', '--', '((', "''", '`']) splitSql(piece.repeat(50_000))
    expect(performance.now() - before).toBeLessThan(3_000)
  })
})
