import { Buffer } from 'node:buffer'

/** Places of the formats in `xl/styles.xml`. */
export const cellStyles = { plain: 0, header: 1, time: 2, quoted: 3 } as const
export type CellStyle = (typeof cellStyles)[keyof typeof cellStyles]

/** When a buffer holds so many bytes it should be taken away. */
const fullBytes = 256 * 1024
const bufferBytes = 2 * fullBytes
const utf8BytesPerUnitMax = 3

const styleAttributes = ['', ' s="1"', ' s="2"', ' s="3"']

/** The letters of a column, the first is 0: A, B ... Z, AA. */
export function columnLetters(index: number): string {
  const last = String.fromCharCode(0x41 + (index % 26))
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last
}

/**
 * The XML of a sheet (ECMA-376 part 1, 18.3.1) as UTF-8. A row is put together as a string and encoded by one native
 * call. Measured: a fifth faster than writing bytes cell by cell, because escaping and encoding are native as well.
 *
 * There are two buffers in turn: what `take` gives stays as it is until something is written after the next `take`, so
 * that one can be compressed while the other is filled. A buffer grows only if it must: the caller takes it away when
 * `isFull`, and one event has at most 512 KiB.
 */
export class SheetXml {
  #bytes = Buffer.allocUnsafeSlow(bufferBytes)
  #spare = Buffer.allocUnsafeSlow(bufferBytes)
  #length = 0
  #taken = 0
  #row = ''
  #rowNumber = ''
  /** What follows the column's letters in a plain text cell of this row: nearly all cells are such. */
  #plainStart = ''
  /** The start of a cell in each column: `<c r="A`, to which the row's number is added. */
  readonly #columnStarts: string[] = []

  get isFull(): boolean {
    return this.#length >= fullBytes
  }

  /** Bytes written so far, also those taken away. */
  get size(): number {
    return this.#taken + this.#length
  }

  take(): Uint8Array {
    const bytes = this.#bytes
    const taken = bytes.subarray(0, this.#length)
    this.#taken += this.#length
    this.#length = 0
    this.#bytes = this.#spare
    this.#spare = bytes.length > bufferBytes ? Buffer.allocUnsafeSlow(bufferBytes) : bytes
    return taken
  }

  /** XML as it is; a lone surrogate becomes U+FFFD. */
  write(xml: string): void {
    const needed = this.#length + xml.length * utf8BytesPerUnitMax
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#length += this.#bytes.write(xml, this.#length, 'utf8')
  }

  /** Rows count from 1. */
  startRow(row: number): void {
    this.#rowNumber = String(row)
    this.#plainStart = `${row}" t="inlineStr"><is><t>`
    this.#row = `<row r="${row}">`
  }

  endRow(): void {
    this.write(`${this.#row}</row>`)
  }

  /** A string cell with escaped text, whatever it looks like. Columns count from 0. */
  textCell(column: number, escapedText: string, style: CellStyle = cellStyles.plain): void {
    const isPlain = style === cellStyles.plain && !needsSpacePreserved(escapedText)
    const start = isPlain ? this.#plainStart : this.#textStart(escapedText, style)
    this.#row += `${this.#columnStart(column)}${start}${escapedText}</t></is></c>`
  }

  /** A finite number. */
  numberCell(column: number, value: number, style: CellStyle = cellStyles.plain): void {
    const start = `${this.#columnStart(column)}${this.#rowNumber}"${styleAttributes[style]}`
    this.#row += `${start}><v>${value}</v></c>`
  }

  #textStart(text: string, style: CellStyle): string {
    const space = needsSpacePreserved(text) ? ' xml:space="preserve"' : ''
    return `${this.#rowNumber}"${styleAttributes[style]} t="inlineStr"><is><t${space}>`
  }

  #columnStart(column: number): string {
    return (this.#columnStarts[column] ??= `<c r="${columnLetters(column)}`)
  }
}

/** White space at either end is lost without `xml:space`; anything but visible ASCII there is taken for some. */
function needsSpacePreserved(text: string): boolean {
  if (text.length === 0) return false
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  return first <= 0x20 || first >= 0x7f || last <= 0x20 || last >= 0x7f
}
