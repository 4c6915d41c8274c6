import { XmlBytes, type Piece } from './xml-bytes.ts'

/** Places of the formats in `xl/styles.xml`. */
export const cellStyles = { plain: 0, header: 1, time: 2, quoted: 3 } as const
export type CellStyle = (typeof cellStyles)[keyof typeof cellStyles]

/** The letters of a column, the first is 0: A, B ... Z, AA. */
export function columnLetters(index: number): string {
  const last = String.fromCharCode(0x41 + (index % 26))
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last
}

const spacePreserved = ' xml:space="preserve"'
const timeStart = `" s="${cellStyles.time}"><v>`

/** Overflow columns behind these are rare, and what stands ready takes room. */
const readyColumnsMax = 64

/** The start of a cell that stands ready in the buffer, with the number of the row in it. */
type ReadyStart = { piece: Piece; lastDigit: number }

/**
 * The rows of a sheet (ECMA-376 part 1, 18.3.1), written into `out`. How a cell begins, `<c r="B4711" t="inlineStr">`,
 * stands ready for each column and is copied; from row to row mostly one digit of it is changed.
 */
export class SheetXml {
  readonly out: XmlBytes
  readonly #textEnd: Piece
  readonly #numberEnd: Piece
  #row = 0
  /** The next row whose number has a digit more. */
  #longerRow = 0
  #rowStart: ReadyStart | undefined
  #textStarts: (ReadyStart | undefined)[] = []
  #spacedTextStarts: (ReadyStart | undefined)[] = []
  #numberStarts: (ReadyStart | undefined)[] = []
  #timeStarts: (ReadyStart | undefined)[] = []
  #ready: ReadyStart[] = []

  constructor(out = new XmlBytes()) {
    this.out = out
    this.#textEnd = out.keep('</t></is></c>')
    this.#numberEnd = out.keep('</v></c>')
  }

  /** Rows count from 1. */
  startRow(row: number): void {
    this.#turnTo(row)
    this.#rowStart ??= this.#makeReady(`<row r="`, '">')
    this.out.copyPiece(this.#rowStart.piece)
  }

  endRow(): void {
    this.out.writeXml('</row>')
  }

  /** A string cell, whatever the text looks like. Columns count from 0. */
  textCell(column: number, text: string, style: CellStyle = cellStyles.plain): void {
    this.startText(column, style, needsSpacePreserved(text))
    this.out.writeText(text)
    this.endText()
  }

  /** A string cell whose text the caller writes into `out` as it must stand in XML; white space at its ends is lost unless it is kept. */
  startText(column: number, style: CellStyle = cellStyles.plain, keepsSpace = false): void {
    if (style !== cellStyles.plain) {
      const space = keepsSpace ? spacePreserved : ''
      this.out.writeXml(
        `<c r="${columnLetters(column)}${this.#row}" s="${style}" t="inlineStr"><is><t${space}>`,
      )
    } else if (keepsSpace)
      this.#startCell(this.#spacedTextStarts, column, `" t="inlineStr"><is><t${spacePreserved}>`)
    else this.#startCell(this.#textStarts, column, '" t="inlineStr"><is><t>')
  }

  endText(): void {
    this.out.copyPiece(this.#textEnd)
  }

  /** A finite number. */
  numberCell(column: number, value: number): void {
    this.startNumber(column)
    this.out.writeNumber(value)
    this.endNumber()
  }

  /** A number that the caller writes into `out`. */
  startNumber(column: number): void {
    this.#startCell(this.#numberStarts, column, '"><v>')
  }

  endNumber(): void {
    this.out.copyPiece(this.#numberEnd)
  }

  /** A time: whole days as Excel counts them, and the milliseconds of the day. */
  timeCell(column: number, day: number, ms: number): void {
    this.#startCell(this.#timeStarts, column, timeStart)
    this.out.writeNumber(day)
    // Eleven digits: as exact as a number of this size can be.
    const fraction = Math.round((ms * 1e11) / 86_400_000)
    this.out.writeByte(0x2e)
    const high = Math.trunc(fraction / 1e5)
    this.out.writeDigits(high, 6)
    this.out.writeDigits(fraction - high * 1e5, 5)
    this.out.copyPiece(this.#numberEnd)
  }

  #startCell(starts: (ReadyStart | undefined)[], column: number, after: string): void {
    if (column >= readyColumnsMax) this.out.writeXml(`<c r="${columnLetters(column)}${this.#row}${after}`)
    else {
      const start = (starts[column] ??= this.#makeReady(`<c r="${columnLetters(column)}`, after))
      this.out.copyPiece(start.piece)
    }
  }

  #makeReady(before: string, after: string): ReadyStart {
    const piece = this.out.keep(`${before}${this.#row}${after}`)
    const ready = { piece, lastDigit: piece.at + before.length + String(this.#row).length - 1 }
    this.#ready.push(ready)
    return ready
  }

  /** Puts the number of the row into all that stands ready. */
  #turnTo(row: number): void {
    if (row !== this.#row + 1 || row >= this.#longerRow) {
      this.#longerRow = 10 ** String(row).length

      this.#ready = []
      this.#rowStart = undefined
      this.#textStarts = []
      this.#spacedTextStarts = []
      this.#numberStarts = []
      this.#timeStarts = []
    } else {
      let rest = row
      let digit = 0
      do {
        const value = 0x30 + (rest % 10)
        for (const { lastDigit } of this.#ready) this.out.setPieceByte(lastDigit - digit, value)
        digit++
        rest = Math.trunc(rest / 10)
      } while (row % 10 ** digit === 0)
    }
    this.#row = row
  }
}

function needsSpacePreserved(text: string): boolean {
  if (text.length === 0) return false
  return mayBeSpace(text.charCodeAt(0)) || mayBeSpace(text.charCodeAt(text.length - 1))
}

/** White space at either end is lost without `xml:space`; anything but visible ASCII there is taken for some. */
export function mayBeSpace(unit: number): boolean {
  return unit <= 0x20 || unit >= 0x7f
}
