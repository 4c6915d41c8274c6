import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeSigmaText, readSigmaText } from './sigma-text.ts'

/** Pieces as one text, in which `<*>` is a wildcard. */
function show(text: string): string | undefined {
  return readSigmaText(text)
    ?.map((segment) => (segment.quoted ? segment.text : `<${segment.text}>`))
    .join('')
}

// Sigma rules specification, "Escaping": each sentence of it is a line here.
test.each([
  [
    'a plain backslash not followed by a wildcard, single',
    String.raw`C:\Windows\x`,
    String.raw`C:\Windows\x`,
  ],
  ['a plain backslash not followed by a wildcard, double', String.raw`C:\\Windows`, String.raw`C:\Windows`],
  ['an escaped star', String.raw`a\*b`, 'a*b'],
  ['an escaped question mark', String.raw`a\?b`, 'a?b'],
  ['a backslash before a wildcard', String.raw`a\\*b`, String.raw`a\<*>b`],
  ['an escaped backslash and an escaped star', String.raw`a\\\*b`, String.raw`a\*b`],
  ['three backslashes', String.raw`a\\\b`, String.raw`a\\b`],
  ['four backslashes', String.raw`a\\\\b`, String.raw`a\\b`],
  ['a backslash at the end', 'a\\', 'a\\'],
  ['two backslashes at the end', 'a\\\\', 'a\\'],
  ['wildcards', '*a*b*', '<*>a<*>b<*>'],
  ['nothing', '', ''],
])('%s is read as the specification says', (_, text, shown) => {
  expect(show(text)).toBe(shown)
})

test('a wildcard for one character is told apart', () => {
  expect(readSigmaText('prog?.exe')).toBeUndefined()
  expect(readSigmaText(String.raw`a\\?`)).toBeUndefined()
})

test('every text can be escaped, and is read as itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\\', '*', '?', 'a', '"', ' ') }), (text) => {
      expect(show(escapeSigmaText(text))).toBe(text)
    }),
  )
})
