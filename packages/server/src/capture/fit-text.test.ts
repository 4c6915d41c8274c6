import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitText } from './fit-text.ts'

test('a text that fits is left alone; of another the longest beginning is kept, never half a character', () => {
  const unit = fc.constantFrom('a', 'é', '漢', '😀', '"', '\n', '\u0001')
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 300 }), fc.integer({ min: 20, max: 400 }), (characters, max) => {
      const text = characters.join('')
      const json = (part: string): number => Buffer.byteLength(JSON.stringify(part))
      const { text: kept, cutBytes } = fitText(text, max)
      expect(json(kept)).toBeLessThanOrEqual(max)
      expect(text.startsWith(kept)).toBe(true)
      expect(kept.isWellFormed()).toBe(true)
      expect(Buffer.byteLength(kept) + cutBytes).toBe(Buffer.byteLength(text))
      if (kept !== text) {
        const next = String.fromCodePoint(text.codePointAt(kept.length) ?? 0)
        expect(json(kept + next)).toBeGreaterThan(max)
      }
    }),
  )
})
