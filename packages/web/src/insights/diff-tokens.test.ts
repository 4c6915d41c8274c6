import { describe, expect, it } from 'vitest'
import { splitSql } from '../events/sql-tokens.ts'
import { diffTokens } from './diff-tokens.ts'

const differing = (a: string, b: string): [string[], string[]] => {
  const diff = diffTokens(splitSql(a), splitSql(b))
  const marked = (tokens: typeof diff.a): string[] =>
    tokens.filter(({ differs }) => differs).map(({ text }) => text)
  return [marked(diff.a), marked(diff.b)]
}

describe('two texts of one query', () => {
  it('differ in their literals', () => {
    expect(
      differing(
        "select * from t where id = 7 and name = 'ann'",
        "select * from t where id = 12 and name = 'bo'",
      ),
    ).toEqual([
      ['7', "'ann'"],
      ['12', "'bo'"],
    ])
  })

  it('do not differ in white space and the case of keywords', () => {
    expect(differing('SELECT a\nFROM t', 'select  a from t')).toEqual([[], []])
  })

  it('may have lists of different lengths', () => {
    const [a, b] = differing('select 1 where x in (1, 2)', 'select 1 where x in (1, 3, 2)')
    expect(a).toEqual([])
    expect(b.join('')).toContain('3')
  })

  it('are whole after the comparison, however long', () => {
    const long = Array.from({ length: 3000 }, (_, i) => `'${i}'`).join(' ')
    const { a, b } = diffTokens(splitSql(`a ${long}`), splitSql(`b ${long.replaceAll('7', '8')}`))
    expect(a.map(({ text }) => text).join('')).toBe(`a ${long}`)
    expect(b.map(({ text }) => text).join('')).toBe(`b ${long.replaceAll('7', '8')}`)
  })
})
