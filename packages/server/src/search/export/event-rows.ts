import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { cellUnitsMax, splitCellText } from './cell-text.ts'
import { EventJsonXml } from './event-json-xml.ts'
import {
  type CellValue,
  type ExportColumn,
  type LeftOut,
  type PresentEvent,
  textOf,
} from './export-columns.ts'
import type { ExportOptions } from './export-options.ts'
import { cellStyles, type CellStyle, type SheetXml } from './sheet-xml.ts'

const columnsMax = 16_384

/** The columns of a sheet of events. */
export type Layout = {
  columns: readonly ExportColumn[]
  present: PresentEvent
  titles: readonly string[]
  widths: readonly number[]
  /** For each column: where its first overflow column stands, and how many there are. */
  overflow: readonly { start: number; count: number }[]
}

export function layOut(options: ExportOptions): Layout {
  const { columns, present } = options
  const titles = columns.map((column) => column.title)
  const widths = columns.map((column) => column.width)
  const overflow = columns.map((column) => {
    const count = options.overflow?.get(column.id) ?? 0
    const start = titles.length
    for (let i = 0; i < count; i++) {
      titles.push(`${column.title} (${i + 2})`)
      widths.push(column.width)
    }
    return { start, count }
  })
  if (titles.length > columnsMax) {
    throw new AuditError('too_large', `A sheet has at most ${columnsMax} columns, this one needs more.`)
  }
  return { columns, present, titles, widths, overflow }
}

/** Pieces of a text that stand behind the last column, because its cell does not hold them. */
type Overflow = { column: number; pieces: readonly string[] }

/** Writes events as rows of a sheet. */
export class EventRows {
  readonly #xml: SheetXml
  readonly #json: EventJsonXml
  readonly #layout: Layout
  readonly #overflow: Overflow[] = []
  readonly #days = new DaySerials()

  constructor(xml: SheetXml, layout: Layout) {
    this.#xml = xml
    this.#json = new EventJsonXml(xml.out)
    this.#layout = layout
  }

  /** Throws AuditError('conflict') for a text that needs more columns than the layout has. */
  write(row: number, event: StoredEvent): void {
    const { columns, present } = this.#layout
    this.#xml.startRow(row)
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!
      if (column.leftOut !== undefined) this.#writeJson(i, event, column.leftOut(event))
      else {
        const value = column.read(event, present)
        if (value !== undefined) this.#writeCell(i, value)
      }
    }
    if (this.#overflow.length > 0) this.#writeOverflow(event)
    this.#xml.endRow()
  }

  #writeCell(column: number, value: Exclude<CellValue, undefined>): void {
    if ('text' in value) this.#writeText(column, value.text)
    else if ('number' in value) writeNumber(this.#xml, column, value.number)
    else if ('time' in value) this.#writeTime(column, value.time)
    else this.#writeText(column, value.json)
  }

  #writeText(column: number, text: string): void {
    const { out } = this.#xml
    const { size } = out
    if (text.length <= cellUnitsMax) {
      this.#xml.textCell(column, text, textStyle(text))
      // No text has fewer bytes in XML than units in its cell.
      if (out.size - size <= cellUnitsMax) return
      out.rewind(size)
    }
    this.#writePieces(column, splitCellText(text))
  }

  #writeJson(column: number, event: StoredEvent, leftOut: LeftOut): void {
    const { out } = this.#xml
    const { size } = out
    this.#xml.startText(column)
    this.#json.writeEvent(event, leftOut)
    this.#xml.endText()
    if (out.size - size <= cellUnitsMax) return
    const text = textOf(this.#layout.columns[column]!.read(event, this.#layout.present)) ?? ''
    const pieces = splitCellText(text)
    if (pieces.length === 1) return
    out.rewind(size)
    this.#writePieces(column, pieces)
  }

  #writePieces(column: number, [first = '', ...pieces]: readonly string[]): void {
    this.#xml.textCell(column, first, textStyle(first))
    if (pieces.length > 0) this.#overflow.push({ column, pieces })
  }

  /** Behind the last column, in the order of the columns. */
  #writeOverflow(event: StoredEvent): void {
    for (const { column, pieces } of this.#overflow.splice(0)) {
      const { start, count } = this.#layout.overflow[column]!
      if (pieces.length > count) throw unexpectedLength(event, this.#layout.columns[column]!)
      for (const [i, piece] of pieces.entries()) this.#xml.textCell(start + i, piece, textStyle(piece))
    }
  }

  /** A UTC time as Excel's serial number, to the millisecond; as text before 1900-03-01 and after 9999. */
  #writeTime(column: number, time: string): void {
    const day = this.#days.serialOf(time)
    if (day >= serialMin && day < serialEnd) this.#xml.timeCell(column, day, msOfDay(time))
    else this.#xml.textCell(column, time)
  }
}

function unexpectedLength(event: StoredEvent, column: ExportColumn): AuditError {
  return new AuditError(
    'conflict',
    `The event ${event.id} came while the export was being made and its ${column.title} is longer than all before: export again.`,
  )
}

/** `= + - @` */
function looksLikeFormula(text: string): boolean {
  const first = text.charCodeAt(0)
  return first === 0x3d || first === 0x2b || first === 0x2d || first === 0x40
}

/** Text that looks like a formula is marked as text, also for those who edit it. */
export function textStyle(text: string): CellStyle {
  return looksLikeFormula(text) ? cellStyles.quoted : cellStyles.plain
}

/** As a number if Excel keeps it exactly: up to 2^53, and not so small that Excel takes it for 0; else as text. */
function writeNumber(xml: SheetXml, column: number, value: number): void {
  const size = Math.abs(value)
  if (value === 0 || (size >= 2.2251e-308 && size <= Number.MAX_SAFE_INTEGER)) xml.numberCell(column, value)
  else xml.textCell(column, String(value))
}

const dayMs = 86_400_000
/** 1970-01-01 as Excel counts days (1900-01-01 is 1, and there is a 1900-02-29 that never was). */
const unixEpochSerial = 25_569
const serialMin = 61
const serialEnd = 2_958_466

/** The days of times, as Excel counts them: neighbours in a file are nearly always of one day. */
class DaySerials {
  #day = ''
  #serial = Number.NaN

  serialOf(time: string): number {
    if (this.#day === '' || !time.startsWith(this.#day)) {
      this.#day = time.slice(0, 10)
      this.#serial = timeToMs(`${this.#day}T00:00:00Z`) / dayMs + unixEpochSerial
    }
    return this.#serial
  }
}

/** The milliseconds of the day of a time `2026-11-22T10:00:00.123456Z`, which may have fewer digits. */
function msOfDay(time: string): number {
  let ms = 0
  let digitMs = 100
  for (let i = 20; i < 23; i++) {
    const digit = time.charCodeAt(i) - 0x30
    if (!(digit >= 0 && digit <= 9)) break
    ms += digit * digitMs
    digitMs /= 10
  }
  return ((twoDigits(time, 11) * 60 + twoDigits(time, 14)) * 60 + twoDigits(time, 17)) * 1000 + ms
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30
}
