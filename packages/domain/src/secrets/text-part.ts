import type { Token } from './read-tokens.ts'

/**
 * A text, or what stands inside of a string of it as the database reads it: without doubled quotes and backslashes.
 * Knows where each of its characters stands in the whole text.
 */
export class TextPart {
  readonly text: string
  readonly #base: number
  /** Where each character begins in the whole text, and where the last one ends; absent where nothing was escaped. */
  readonly #places: Int32Array | undefined

  constructor(text: string, base = 0, places?: Int32Array) {
    this.text = text
    this.#base = base
    this.#places = places
  }

  /** The place in the whole text. */
  toWhole(at: number): number {
    return this.#places?.[at] ?? this.#base + at
  }

  /** The beginning of this part. */
  head(length: number): TextPart {
    return new TextPart(this.text.slice(0, length), this.#base, this.#places)
  }

  /** What a string, name or comment holds. */
  inside(token: Token): TextPart {
    const { contentStart, contentEnd } = token
    const raw = this.text.slice(contentStart, contentEnd)
    const mayEscape = token.kind === 'string' || token.kind === 'name'
    const hasDoubled = mayEscape && token.quote !== '' && raw.includes(token.quote)
    if (!hasDoubled && !(mayEscape && token.escapes && raw.includes('\\'))) {
      const places = this.#places?.subarray(contentStart, contentEnd + 1)
      return new TextPart(raw, this.#base + contentStart, places)
    }
    const places = new Int32Array(raw.length + 1)
    let text = ''
    let copied = 0
    for (let at = 0; at < raw.length; at++) {
      places[text.length + at - copied] = this.toWhole(contentStart + at)
      const isEscape = token.escapes && raw[at] === '\\' && at + 1 < raw.length
      const isDoubled = !isEscape && raw[at] === token.quote && raw[at + 1] === token.quote
      if (!isEscape && !isDoubled) continue
      const next = raw[at + 1] ?? ''
      text += raw.slice(copied, at) + (isEscape ? (blankEscapes[next] ?? next) : next)
      copied = at + 2
      at++
    }
    text += raw.slice(copied)
    places[text.length] = this.toWhole(contentEnd)
    return new TextPart(text, 0, places.subarray(0, text.length + 1))
  }
}

const blankEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': ' ' }
