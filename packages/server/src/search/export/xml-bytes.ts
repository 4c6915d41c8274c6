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
/** Up to here a loop is faster than a native call: over the characters of a text, over the bytes of a piece. */
const loopUnitsMax = 16
const loopBytesMax = 24

/** A piece of XML that stands ready in the buffer. */
export type Piece = { at: number; length: number }

/** How a byte of UTF-8 is written: 0 as it is, else by `replacements`, or by the careful way for the whole text. */
type ByteClasses = Uint8Array

const careful = 255
const replacements = ['', '&amp;', '&lt;', '&gt;', '\\"', '\\\\', '\\n', '\\r', '\\t'].map((text) =>
  Buffer.from(text),
)

/** In the content of an element. */
const textClasses = classesOf({ '&': 1, '<': 2, '>': 3 }, '\t\n')
/** In a JSON string in the content of an element. */
const jsonClasses = classesOf({ '&': 1, '<': 2, '>': 3, '"': 4, '\\': 5, '\n': 6, '\r': 7, '\t': 8 }, '')

function classesOf(replaced: Record<string, number>, plainControls: string): ByteClasses {
  const classes = new Uint8Array(256)
  classes.fill(careful, 0, 0x20)
  for (const control of plainControls) classes[control.charCodeAt(0)] = 0
  // May begin an escape `_xHHHH_`; begins U+FFFE and U+FFFF, among others.
  classes[0x5f] = careful
  classes[0xef] = careful
  for (const [character, by] of Object.entries(replaced)) classes[character.charCodeAt(0)] = by
  return classes
}

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
    this.#reserve(length)
    const at = this.#at
    const bytes = this.#bytes
    if (length > loopBytesMax) bytes.copyWithin(at, from, from + length)
    else for (let i = 0; i < length; i++) bytes[at + i] = bytes[from + i]!
    this.#at = at + length
  }

  /** XML as it is; a lone surrogate becomes U+FFFD. */
  writeXml(xml: string): void {
    this.#reserve(xml.length * utf8BytesPerUnitMax)
    this.#at += this.#bytes.write(xml, this.#at)
  }

  /** A text as the content of an element; a lone surrogate becomes U+FFFD. */
  writeText(text: string): void {
    if (!this.#escaped(text, textClasses)) this.writeXml(escapeCellText(text))
  }

  /** A text as JSON, with its quotes, as the content of an element. */
  writeJsonText(text: string): void {
    this.writeByte(0x22)
    const start = this.#at
    if (this.#escaped(text, jsonClasses)) this.writeByte(0x22)
    else {
      this.#at = start - 1
      this.writeXml(escapeCellText(JSON.stringify(text)))
    }
  }

  /** An ASCII character. */
  writeByte(byte: number): void {
    if (this.#at === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#at++] = byte
  }

  /** A finite number as JSON writes it. */
  writeNumber(value: number): void {
    if ((value | 0) === value && value >= 0) this.writeDigits(value, digitsOf(value))
    else if (!this.#writeShort(String(value), textClasses)) this.writeXml(String(value))
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

  /** False if the text needs the careful way; nothing is written then. */
  #escaped(text: string, classes: ByteClasses): boolean {
    this.#reserve(text.length * utf8BytesPerUnitMax)
    if (text.length <= loopUnitsMax && this.#writeShort(text, classes)) return true
    const bytes = this.#bytes
    const start = this.#at
    const end = start + bytes.write(text, start)
    // JSON writes a lone surrogate as \ud800.
    if (classes === jsonClasses && end - start !== text.length && !text.isWellFormed()) return false
    for (let i = start; i < end; i++) {
      const by = classes[bytes[i]!]!
      if (by === 0 || (by === careful && isPlain(bytes, i, end))) continue
      return by !== careful && this.#escapeFrom(i, end, classes)
    }
    this.#at = end
    return true
  }

  /** Only a text that is plain ASCII throughout; else false, and nothing is written. */
  #writeShort(text: string, classes: ByteClasses): boolean {
    this.#reserve(text.length)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80 || classes[unit] !== 0) return false
      bytes[at++] = unit
    }
    this.#at = at
    return true
  }

  /** The rest is moved behind all that it can become, and from there to its place. */
  #escapeFrom(from: number, end: number, classes: ByteClasses): boolean {
    const start = this.#at
    const length = end - from
    this.#at = end
    this.#reserve(length * bytesPerByteMax)
    this.#at = start
    const bytes = this.#bytes
    const source = from + length * (bytesPerByteMax - 1)
    const sourceEnd = source + length
    bytes.copyWithin(source, from, end)
    let at = from
    for (let i = source; i < sourceEnd; i++) {
      const byte = bytes[i]!
      const by = classes[byte]!
      if (by === 0 || (by === careful && isPlain(bytes, i, sourceEnd))) bytes[at++] = byte
      else if (by === careful) return false
      else {
        const replacement = replacements[by]!
        for (let j = 0; j < replacement.length; j++) bytes[at++] = replacement[j]!
      }
    }
    this.#at = at
    return true
  }

  #reserve(needed: number): void {
    if (this.#at + needed > this.#bytes.length) this.#grow(needed)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#at + needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

function digitsOf(value: number): number {
  let digits = 1
  for (let end = 10; digits < 10 && value >= end; end *= 10) digits++
  return digits
}

/** True for a `_` and a byte 0xef after all that begin nothing that must be escaped. */
function isPlain(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== 0x5f) return bytes[at] === 0xef && (bytes[at + 1] !== 0xbf || bytes[at + 2]! < 0xbe)
  return at + 2 >= end || (bytes[at + 1]! | 0x20) !== 0x78 || !isHexDigit(bytes[at + 2]!)
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}
