import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinTablePatterns, patternOfTable, splitTablePatterns, tableMatcher } from './table-patterns.ts'

test('a list is split at its commas, and says each pattern once', () => {
  expect(splitTablePatterns(' finance.*, hr.people,,finance.* ')).toEqual(['finance.*', 'hr.people'])
  expect(splitTablePatterns('')).toEqual([])
  expect(splitTablePatterns('"a, b","say \\"hi\\"", c')).toEqual(['"a, b"', '"say \\"hi\\""', 'c'])
})

test('a quote that is not closed, or stands within a name, is no list', () => {
  for (const text of ['"a', 'a"b', '"a"b']) expect(splitTablePatterns(text), text).toBeUndefined()
})

test('a pattern means what table: means in a search', () => {
  const isMeant = tableMatcher(['finance.*', 'People', '"a*b"'])
  const names = [
    'finance.payments',
    'prod.Finance.x',
    'hr.people',
    'hr.peoples',
    'finances.x',
    'a*b',
    'axb',
    '',
  ]
  expect(names.filter(isMeant)).toEqual(['finance.payments', 'prod.Finance.x', 'hr.people', 'a*b'])
})

test('any names can be listed and mean themselves', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', '.', ',', '"', '*', '\\', ' ', '\n', 'ß', '😀'),
    minLength: 1,
  })
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 5 }), (names) => {
      const patterns = names.map(patternOfTable)
      expect(splitTablePatterns(joinTablePatterns(patterns))).toEqual([...new Set(patterns)])
      for (const one of names) expect(tableMatcher([patternOfTable(one)])(one)).toBe(true)
    }),
  )
})
