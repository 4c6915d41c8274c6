import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasInexactNumbers, parseExactJson } from './parse-exact-json.ts'

test('a number that JavaScript cannot hold becomes a text with its digits', () => {
  const json =
    '{"ns": 1763805600123456789, "list": [-9007199254740993, 1.00000000000000000001], "e": 1234567890123456789e2}'
  expect(parseExactJson(json)).toEqual({
    ns: '1763805600123456789',
    list: ['-9007199254740993', '1.00000000000000000001'],
    e: '1234567890123456789e2',
  })
  expect(hasInexactNumbers(json)).toBe(true)
})

test('texts that look like such numbers, and quotes inside texts, stay as they are', () => {
  const value = { 'a"1763805600123456789': '\\"1763805600123456789\\\\', b: '1763805600123456789', c: 1 }
  expect(parseExactJson(JSON.stringify(value))).toEqual(value)
  expect(hasInexactNumbers(JSON.stringify(value))).toBe(false)
})

test('whatever JavaScript itself writes is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const json = JSON.stringify(value, (_, item: unknown) =>
        typeof item === 'number' && Number.isInteger(item) && !Number.isSafeInteger(item) ? 1 : item,
      )
      expect(parseExactJson(json)).toEqual(JSON.parse(json))
    }),
    { numRuns: 300 },
  )
})

test('any integer comes back with its digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (integer) => {
      expect(String(parseExactJson(`[${integer}]`))).toBe(String(integer))
    }),
  )
})

test('what is no JSON is refused', () => {
  for (const text of ['', '{', '{"a": 1763805600123456789', "{'a': 1}", '1763805600123456789 x']) {
    expect(() => parseExactJson(text), text).toThrow(SyntaxError)
  }
})
