import { Buffer } from 'node:buffer'
import { escapeCellText } from './cell-text.ts'

/** When a buffer holds so many bytes it should be taken away. */
const fullBytes = 256 * 1024
/** What stands before the output in each buffer: pieces that are copied again and again. */
const pieceBytes = 96 * 1024
const bufferBytes = pieceBytes + 2 * fullBytes

const utf8BytesPerUnitMax = 3
/** `&` becomes `&amp;`. */
const bytesPerByteMax = 5

/** A piece of XML that stands ready in the buffer. */
export type Piece = { at: number; length: number }

/** How a byte of JSON is written: 0 as it is, else by `replacements`, or not at all by the fast way. */
type ByteClasses = Uint8Array

const careful = 255
const replacements = ['', '&amp;', '&lt;', '&gt;'].map((text) => Buffer.from(text))

/** JSON as text: of its escapes nothing is changed. */
const jsonClasses = new Uint8Array(256)
// May stand in an escape `_xHHHH_`, and is rarer than `_`; begins U+FFFE and U+FFFF, among others.
for (const character of ['x', 'X', '\u00ef']) jsonClasses[character.charCodeAt(0)] = careful
for (const [i, character] of ['&', '<', '>'].entries()) jsonClasses[character.charCodeAt(0)] = i + 1
/** What stands in a JSON string, without its escapes. */
const textClasses = jsonClasses.slice()
textClasses[0x5c] = careful

/** For each pair of bytes 0 if both are written as they are: four bytes at a time take a third of the time of each. */
const jsonPairs = pairsOf(jsonClasses)
const textPairs = pairsOf(textClasses)

function pairsOf(classes: ByteClasses): Uint8Array {
  return Uint8Array.from({ length: 0x1_0000 }, (_, pair) => classes[pair & 0xff]! | classes[pair >> 8]!)
}

/** What the escapes of JSON.stringify stand for in XML; \\u stands for many things. */
const escapes = new Map(
  Object.entries({ '"': '"', '\\': '\\', n: '\n', t: '\t', r: '_x000D_', b: '_x0008_', f: '_x000C_' }).map(
    ([letter, text]) => [letter.charCodeAt(0), Buffer.from(text)],
  ),
)

/**
 * XML as UTF-8 in a buffer that is filled again and again. Nothing but bytes is made: no cell, no row and no JSON is
 * ever a string of its own. Measured (docs/decisions/0001-excel-rows-as-bytes.md): less CPU than strings take, and next
 * to nothing to collect.
 *
 * There are two buffers in turn: what `take` gives stays as it is until something is written after the next `take`, so
 * that one can be compressed while the other is filled. A buffer grows only if it must: the caller takes it away when
 * `isFull`, and one event has at most 512 KiB.
 */
export class XmlBytes {
  #bytes = Buffer.allocUnsafeSlow(bufferBytes)
  #spare = Buffer.allocUnsafeSlow(bufferBytes)
  #view = viewOf(this.#bytes)
  #source: Buffer = this.#bytes
  #sourceView = this.#view
  #at = pieceBytes
  #piecesEnd = 0
  #taken = 0

  get isFull(): boolean {
    return this.#at >= pieceBytes + fullBytes
  }

  /** Bytes written so far, also those taken away. */
  get size(): number {
    return this.#taken + this.#at - pieceBytes
  }

  take(): Uint8Array {
    const bytes = this.#bytes
    const taken = bytes.subarray(pieceBytes, this.#at)
    this.#taken += taken.length
    this.#at = pieceBytes
    this.#bytes = this.#spare
    this.#spare = bytes.length > bufferBytes ? Buffer.allocUnsafeSlow(bufferBytes) : bytes
    this.#view = viewOf(this.#bytes)
    bytes.copy(this.#bytes, 0, 0, this.#piecesEnd)
    return taken
  }

  /** Takes back what was written since the size was `size`; nothing may have been taken away since. */
  rewind(size: number): void {
    this.#at = size - this.#taken + pieceBytes
  }

  /** Keeps a piece of XML ready. The caller knows that all of them together have at most 96 KiB. */
  keep(xml: string): Piece {
    const length = Buffer.byteLength(xml)
    if (this.#piecesEnd + length > pieceBytes) throw new RangeError('There is no room for more pieces.')
    const piece = { at: this.#piecesEnd, length }
    this.#bytes.write(xml, piece.at)
    this.#piecesEnd += length
    return piece
  }

  /** Changes a byte of a kept piece. */
  setPieceByte(at: number, byte: number): void {
    this.#bytes[at] = byte
  }

  /** A piece that is kept. */
  copyPiece({ at: from, length }: Piece): void {
    this.#reserve(length + 3)
    const at = this.#at
    const view = this.#view
    // The last step may copy up to three bytes too many, which the next piece writes over.
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, view.getInt32(from + i, true), true)
    this.#at = at + length
  }

  /** XML as it is; a lone surrogate becomes U+FFFD. */
  writeXml(xml: string): void {
    this.#reserve(xml.length * utf8BytesPerUnitMax)
    this.#at += this.#bytes.write(xml, this.#at)
  }

  /** A text as the content of an element; a lone surrogate becomes U+FFFD. */
  writeText(text: string): void {
    this.writeXml(escapeCellText(text))
  }

  /**
   * A piece of JSON.stringify's output as the content of an element. False if that takes a careful look at its
   * characters, as `writeText` does; nothing is written then.
   */
  copyJson(json: Buffer, from: number, to: number): boolean {
    return this.#copy(json, from, to, jsonClasses, jsonPairs)
  }

  /** The same for what stands between the quotes of a string: the text that it means. */
  copyText(json: Buffer, from: number, to: number): boolean {
    return this.#copy(json, from, to, textClasses, textPairs)
  }

  #copy(json: Buffer, from: number, to: number, classes: ByteClasses, pairs: Uint8Array): boolean {
    this.#reserve((to - from) * bytesPerByteMax)
    const source = this.#sourceOf(json)
    const bytes = this.#bytes
    const view = this.#view
    let at = this.#at
    let i = from
    while (i < to) {
      while (i + 4 <= to) {
        const four = source.getInt32(i, true)
        if ((pairs[four & 0xffff]! | pairs[four >>> 16]!) !== 0) break
        view.setInt32(at, four, true)
        i += 4
        at += 4
      }
      for (const end = Math.min(i + 4, to); i < end; i++) {
        const byte = json[i]!
        const by = classes[byte]!
        if (by === 0) bytes[at++] = byte
        else if (by !== careful) at = writeBytes(replacements[by]!, bytes, at)
        else if (byte === 0x5c) {
          const meaning = escapes.get(json[++i]!)
          if (meaning === undefined) return false
          at = writeBytes(meaning, bytes, at)
        } else if (isPlain(json, i, from, to)) bytes[at++] = byte
        else return false
      }
    }
    this.#at = at
    return true
  }

  #sourceOf(json: Buffer): DataView {
    if (this.#source !== json) {
      this.#source = json
      this.#sourceView = viewOf(json)
    }
    return this.#sourceView
  }

  /** A few ASCII characters as they are. */
  copyBytes(json: Buffer, from: number, to: number): void {
    this.#reserve(to - from)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = from; i < to; i++) bytes[at++] = json[i]!
    this.#at = at
  }

  /** An ASCII character. */
  writeByte(byte: number): void {
    if (this.#at === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#at++] = byte
  }

  /** A finite number as JSON writes it. */
  writeNumber(value: number): void {
    if ((value | 0) === value && value >= 0) this.writeDigits(value, digitsOf(value))
    else this.writeXml(String(value))
  }

  /** A whole number below 2^31 with so many digits. */
  writeDigits(value: number, count: number): void {
    this.#reserve(count)
    const bytes = this.#bytes
    const start = this.#at
    let rest = value | 0
    for (let i = start + count - 1; i >= start; i--) {
      const next = (rest / 10) | 0
      bytes[i] = 0x30 + rest - next * 10
      rest = next
    }
    this.#at = start + count
  }

  #reserve(needed: number): void {
    if (this.#at + needed > this.#bytes.length) this.#grow(needed)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#at + needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
    this.#view = viewOf(larger)
  }
}

function digitsOf(value: number): number {
  let digits = 1
  for (let end = 10; digits < 10 && value >= end; end *= 10) digits++
  return digits
}

function writeBytes(from: Uint8Array, to: Uint8Array, at: number): number {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i]!
  return at + from.length
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** True for an `x` and a byte 0xef after all that are part of nothing that must be escaped. */
function isPlain(bytes: Uint8Array, at: number, start: number, end: number): boolean {
  if (bytes[at] === 0xef) return bytes[at + 1] !== 0xbf || bytes[at + 2]! < 0xbe
  if (at === start || bytes[at - 1] !== 0x5f || at + 5 >= end) return true
  for (let i = at + 1; i < at + 5; i++) if (!isHexDigit(bytes[i]!)) return true
  // A `_`, or what is escaped itself: U+FFFE, U+FFFF and, behind a backslash, control characters.
  const next = bytes[at + 5]!
  return next !== 0x5f && next !== 0xef && next !== 0x5c
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}
