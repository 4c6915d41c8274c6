import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasHidden, splitVisible } from './visible-characters.ts'

describe('hostile text', () => {
  it('shows what would reorder or hide by its name', () => {
    expect(splitVisible('evil\u202etxt.exe')).toEqual([
      { kind: 'text', text: 'evil' },
      { kind: 'sign', text: 'RLO', name: 'U+202E' },
      { kind: 'text', text: 'txt.exe' },
    ])
    for (const sign of [
      '\u0000',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u200b',
      '\u2066',
      '\ufeff',
      '\u2028',
      '\ud800',
      '\u3164',
    ]) {
      expect(splitVisible(`a${sign}b`).map(({ kind }) => kind)).toEqual(['text', 'sign', 'text'])
    }
  })

  it('leaves every script, emoji and white space alone', () => {
    for (const text of [
      '山田 太郎',
      'فاطمة',
      'דנה',
      'क्षि',
      '👩‍💻',
      '❤️',
      'می‌خواهم',
      'line\n\ttab\r',
      'é',
      '',
    ]) {
      expect(hasHidden(text)).toBe(false)
      expect(splitVisible(text)).toEqual(text === '' ? [] : [{ kind: 'text', text }])
    }
  })

  it('never lets a control or a bidi mark through, and loses nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const pieces = splitVisible(text)
        for (const piece of pieces) if (piece.kind === 'text') expect(hasHidden(piece.text)).toBe(false)
        expect(pieces.some(({ kind }) => kind === 'sign')).toBe(hasHidden(text))
      }),
    )
  })
})
