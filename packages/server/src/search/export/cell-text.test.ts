import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellUnitsMax, escapeCellText, splitCellText } from './cell-text.ts'
import { hostileText, hostileTexts } from './testing/hostile-text.ts'

/** What an XML reader, and then a reader of ST_Xstring, makes of it. */
function unescape(xml: string): string {
  const markup = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }
  const text = xml.replaceAll(/&(?:amp|lt|gt);/g, (entity) => markup[entity as keyof typeof markup])
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

// oxlint-disable-next-line no-control-regex -- these are what it must not find
const unholdable = /[\x00-\x08\x0b-\x1f\ufffe\uffff]/

test('every hostile text is escaped so that it comes back as it was', () => {
  for (const text of hostileTexts) {
    expect(unescape(escapeCellText(text)), JSON.stringify(text)).toBe(text)
    expect(escapeCellText(text)).not.toMatch(unholdable)
  }
})

test('any text, short or long, is escaped so that it comes back as it was', () => {
  fc.assert(
    fc.property(hostileText, fc.nat(100), (text, padding) => {
      const padded = 'x'.repeat(padding) + text
      const escaped = escapeCellText(padded)
      expect(unescape(escaped)).toBe(padded)
      expect(escaped).not.toMatch(unholdable)
      expect(escaped).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
    }),
    { numRuns: 2000 },
  )
})

test('a text of 32,767 units is one cell, of 32,768 two', () => {
  expect(splitCellText('a'.repeat(32_767))).toEqual(['a'.repeat(32_767)])
  expect(splitCellText('a'.repeat(32_768))).toEqual(['a'.repeat(32_767), 'a'])
  expect(splitCellText('')).toEqual([''])
})

test('a surrogate pair on the boundary goes to the next cell as a whole', () => {
  const pair = '\u{1f600}'
  const [first, second] = splitCellText(`${'a'.repeat(32_766)}${pair}b`)
  expect(first).toBe('a'.repeat(32_766))
  expect(second).toBe(`${pair}b`)
  expect(splitCellText(`${'a'.repeat(32_765)}${pair}`)).toHaveLength(1)
})

test('an escape counts as the seven characters that it takes', () => {
  expect(splitCellText('\r'.repeat(4681)).map((piece) => piece.length)).toEqual([4681])
  expect(splitCellText('\r'.repeat(4682)).map((piece) => piece.length)).toEqual([4681, 1])
})

test('pieces of any long text fit their cells, split no pair and are together the text', () => {
  fc.assert(
    fc.property(
      fc.array(hostileText, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: -30, max: 30 }),
      (texts, shift) => {
        const filler = 'f'.repeat(cellUnitsMax + shift)
        const text = texts.join(filler) + filler + texts.join('')
        const pieces = splitCellText(text)
        expect(pieces.join('')).toBe(text)
        for (const piece of pieces) {
          const unitsInXml = unescape(escapeCellText(piece)).length
          expect(unitsInXml).toBe(piece.length)
          expect(escapeCellText(piece).replaceAll(/&(?:amp|lt|gt);/g, '.').length).toBeLessThanOrEqual(
            cellUnitsMax,
          )
          if (text.isWellFormed()) expect(piece.isWellFormed()).toBe(true)
        }
      },
    ),
    { numRuns: 200 },
  )
})
