import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAuditError } from '../error.ts'
import { splitSearch, usedValues, findTermUse, withTerm, withTermUse } from './edit-filter.ts'
import type { Filter } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import { printFilter, printTerm } from './print-filter.ts'

const rtl = 'محمد \u202eexe.\u202c عبد'
const hostile = [
  '<script>alert(1)</script>',
  `O'Neil "the \\ boss"`,
  rtl,
  '名前 OR -x',
  'a*b',
  'OR',
  '-',
  '(',
  ')',
  '\\',
  '\\"',
  '>5',
  '1..2',
  ' \n\t ',
  'x'.repeat(300),
  '\ud800',
  'type:query',
  '«redacted:password:0a1b2c3d»',
]

/** Texts that the language takes, of terms, groups, alternatives and negations. */
const word = fc.constantFrom(
  'type:query',
  'Drop',
  '"Drop Table"',
  'name:"Ann Lee"',
  'rows:>5',
  'table:sales.*',
  'created:2026-11-01',
  'ip:10.0.0.0/8',
  'data."two words":X',
  'is:noise',
)
const { search } = fc.letrec<{ search: string; part: string }>((tie) => ({
  search: fc
    .array(tie('part'), { minLength: 1, maxLength: 4 })
    .chain((parts) => fc.constantFrom(parts.join(' '), parts.join(' OR '), parts.join('  '))),
  part: fc.oneof(
    { maxDepth: 3 },
    word,
    word.map((text) => `-${text}`),
    tie('search').map((text) => `(${text})`),
    tie('search').map((text) => `-(${text})`),
  ),
}))
const anySearch = fc.oneof(fc.constantFrom('', '  '), search)
const term = fc
  .tuple(
    fc.constantFrom('type', 'actor', 'table', 'application', 'source', 'data.region'),
    fc.oneof(fc.constantFrom(...hostile, ''), fc.string({ unit: 'binary', maxLength: 12 })),
  )
  .map(([qualifier, value]) => printTerm(qualifier, value))

function isValid(text: string): boolean {
  try {
    parseFilter(text)
    return true
  } catch (error) {
    if (isAuditError(error, 'invalid')) return false
    throw error
  }
}

function termsOf(filter: Filter): string[] {
  return (filter.kind === 'and' ? filter.terms : [filter]).map((term) => printFilter(term))
}

describe('the parts of a search', () => {
  test('are its terms, groups and negations as they stand in the text', () => {
    const text = ' type:Query  -"a b" (x OR y) -(c d) name:"Ann Lee"* '
    expect(splitSearch(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'type:Query',
      '-"a b"',
      '(x OR y)',
      '-(c d)',
      'name:"Ann Lee"*',
    ])
    expect(splitSearch(' ')).toEqual([])
    expect(splitSearch(' a OR b ')).toMatchObject([{ start: 1, end: 7 }])
  })

  test('say together what the whole says', () => {
    fc.assert(
      fc.property(anySearch, (text) => {
        const parts = splitSearch(text).flatMap(({ filter }) => termsOf(filter))
        expect(parts).toEqual(termsOf(parseFilter(text)))
      }),
    )
  })

  test('know the values of a field as they were written', () => {
    const parts = splitSearch('actor:"Ann Lee" -actor:BOB actor:a* type:x actor:"ann lee"')
    expect(usedValues(parts, 'actor')).toEqual([
      { value: 'Ann Lee', use: 'only' },
      { value: 'BOB', use: 'without' },
    ])
    for (const value of hostile) {
      const parts = splitSearch(withTermUse('x', printTerm('application', value), 'without'))
      expect(usedValues(parts, 'application')).toEqual([{ value, use: 'without' }])
    }
  })
})

describe('a term of a search', () => {
  test.each([
    ['', 'only', 'type:login'],
    ['drop "Some Table"', 'only', 'drop "Some Table" type:login'],
    ['drop', 'without', 'drop -type:login'],
    ['a OR b', 'only', '(a OR b) type:login'],
    ['type:Login  X', 'only', 'type:Login  X'],
    ['type:Login  "X y"', 'any', '"X y"'],
    ['type:Login X', 'without', 'X -type:login'],
    ['-type:login X type:login', 'any', 'X'],
    ['a -type:login', 'only', 'a type:login'],
    ['(type:login)', 'any', ''],
  ] as const)('%s, %s: %s', (text, use, expected) => {
    expect(withTermUse(text, 'type:login', use)).toBe(expected)
  })

  test('that asks for a missing value has the present one as its opposite', () => {
    expect(withTermUse('x', '-database:*', 'without')).toBe('x database:*')
    expect(withTermUse('x database:*', '-database:*', 'only')).toBe('x -database:*')
    expect(findTermUse(splitSearch('database:*'), '-database:*')).toBe('without')
  })

  test('can be put to each use and taken away, in any search and with any value', () => {
    fc.assert(
      fc.property(anySearch, term, fc.constantFrom('only', 'without'), (text, added, use) => {
        const changed = withTermUse(text, added, use)
        expect(findTermUse(splitSearch(changed), added)).toBe(use)
        expect(withTermUse(changed, added, use)).toBe(changed)
        const before = splitSearch(withTermUse(text, added, 'any'))
        const after = splitSearch(withTermUse(changed, added, 'any'))
        expect(findTermUse(after, added)).toBe('any')
        expect(after.map(({ filter }) => filter).flatMap(termsOf)).toEqual(
          before.map(({ filter }) => filter).flatMap(termsOf),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('is never lost behind what stands before it', () => {
    fc.assert(
      fc.property(anySearch, term, (text, added) => {
        const longer = withTerm(text, added)
        expect(isValid(longer)).toBe(true)
        expect(termsOf(parseFilter(longer))).toEqual([
          ...termsOf(parseFilter(text)),
          ...termsOf(parseFilter(added)),
        ])
      }),
    )
  })
})
