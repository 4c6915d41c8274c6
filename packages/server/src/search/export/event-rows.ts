import { Buffer } from 'node:buffer'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Json, StoredEvent } from '@aleph-audit-log/domain/event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import type { EventLines } from '../../store/event-store.ts'
import { cellUnitsMax, splitCellText } from './cell-text.ts'
import { EventJson, fieldOf, type EventField } from './event-json.ts'
import { parseLine } from './event-lines.ts'
import {
  type CellSource,
  type CellValue,
  type ExportColumn,
  type PresentEvent,
  textOf,
} from './export-columns.ts'
import type { ExportOptions } from './export-options.ts'
import { cellStyles, mayBeSpace, type CellStyle, type SheetXml } from './sheet-xml.ts'

const columnsMax = 16_384
const quote = 0x22
const minus = 0x2d
const backslash = 0x5c

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

const sqlField = fieldOf('data.sql')
const dataField = fieldOf('data')
/** Up to so many digits a number is the same in Excel. */
const exactDigitsMax = 15

/** Writes events as rows of a sheet. */
export class EventRows {
  readonly #xml: SheetXml
  readonly #json = new EventJson()
  readonly #layout: Layout
  readonly #sources: readonly Source[]
  readonly #overflow: Overflow[] = []
  readonly #days = new DaySerials()
  readonly #copyJson: (from: number, to: number) => boolean
  readonly #copyName: (from: number, to: number) => boolean
  #isFirstName = true

  constructor(xml: SheetXml, layout: Layout) {
    this.#xml = xml
    this.#layout = layout
    this.#sources = layout.columns.map(({ from }) => toSource(from))
    this.#copyJson = (from, to) => xml.out.copyJson(this.#json.json, from, to)
    this.#copyName = (from, to) => this.#writeName(from, to)
  }

  /**
   * The row of an event that is given as JSON. Nearly always its cells are copied from there; an event with a text that
   * takes a careful look, or more than a cell, is parsed.
   * Throws AuditError('conflict') for a text that needs more columns than the layout has.
   */
  write(row: number, lines: EventLines, start: number, end: number): void {
    const { out } = this.#xml
    this.#xml.startRow(row)
    const { size } = out
    this.#json.read(lines, start, end)
    if (!this.#copyCells(this.#leftOut())) {
      out.rewind(size)
      this.#writeCells(parseLine(lines, start, end))
    }
    this.#xml.endRow()
  }

  /** What the Data column holds: the SQL of an event that has one. */
  #leftOut(): 'data' | 'sql' {
    const { json, starts, ends } = this.#json
    const start = starts[sqlField]!
    return start === 0 || json[start] !== quote || ends[sqlField]! - start === 2 ? 'data' : 'sql'
  }

  /** False if the event must be parsed. */
  #copyCells(without: 'data' | 'sql'): boolean {
    const { out } = this.#xml
    for (let i = 0; i < this.#sources.length; i++) {
      const { size } = out
      if (!this.#copyCell(i, this.#sources[i]!, without)) return false
      // No text has fewer bytes in XML than units in its cell.
      if (out.size - size > cellUnitsMax) return false
    }
    return true
  }

  #copyCell(column: number, source: Source, without: 'data' | 'sql'): boolean {
    const { starts, ends } = this.#json
    switch (source.as) {
      case 'text':
        return starts[source.at] === 0 || this.#copyText(column, starts[source.at]!, ends[source.at]!)
      case 'value': {
        const at = source.at.find((field) => starts[field] !== 0)
        return at === undefined || this.#copyValue(column, starts[at]!, ends[at]!)
      }
      case 'time':
        return this.#copyTime(column, starts[source.at]!)
      case 'names':
        // `[]` leaves the cell empty.
        if (starts[source.at] === 0 || ends[source.at]! - starts[source.at]! <= 2) return true
        return this.#copyNames(column)
      case 'read':
        if (starts[source.at] !== 0) this.#readCell(column, source)
        return true
      case 'data':
        if (without === 'sql') return this.#copyText(column, starts[sqlField]!, ends[sqlField]!)
        return starts[dataField] === 0 || this.#copyWhole(column, starts[dataField]!, ends[dataField]!)
      case 'rest':
        return this.#copyEvent(column, without)
      case 'whole':
        return this.#copyEvent(column, undefined)
    }
  }

  /** A string with its quotes; an empty one leaves the cell empty. */
  #copyText(column: number, start: number, end: number): boolean {
    const { json } = this.#json
    if (end - start === 2) return true
    const first = json[start + 1]!
    const keepsSpace =
      mayBeSpace(first) || first === backslash || mayBeSpace(json[end - 2]!) || json[end - 3] === backslash
    this.#xml.startText(column, isFormulaStart(first) ? cellStyles.quoted : cellStyles.plain, keepsSpace)
    const isCopied = this.#xml.out.copyText(json, start + 1, end - 1)
    this.#xml.endText()
    return isCopied
  }

  #copyValue(column: number, start: number, end: number): boolean {
    const { json } = this.#json
    const first = json[start]!
    if (first === quote) return this.#copyText(column, start, end)
    const isNumber = first === minus || (first >= 0x30 && first <= 0x39)
    if (!isNumber) {
      // null is an empty cell.
      return first === 0x6e || this.#copyWhole(column, start, end)
    }
    if (end - start > exactDigitsMax) return false
    for (let i = start; i < end; i++) if (json[i] === 0x65) return false
    this.#xml.startNumber(column)
    this.#xml.out.copyBytes(json, start, end)
    this.#xml.endNumber()
    return true
  }

  /** JSON as text, which never begins or ends with white space nor looks like a formula. */
  #copyWhole(column: number, start: number, end: number): boolean {
    this.#xml.startText(column)
    const isCopied = this.#copyJson(start, end)
    this.#xml.endText()
    return isCopied
  }

  #copyEvent(column: number, without: 'data' | 'sql' | undefined): boolean {
    this.#xml.startText(column)
    const isCopied = this.#json.writeRest(without, this.#copyJson)
    this.#xml.endText()
    return isCopied
  }

  #copyNames(column: number): boolean {
    this.#isFirstName = true
    this.#xml.startText(column, cellStyles.plain, true)
    const areCopied = this.#json.writeTableNames(this.#copyName)
    this.#xml.endText()
    return areCopied
  }

  #writeName(start: number, end: number): boolean {
    const { json } = this.#json
    const { out } = this.#xml
    if (!this.#isFirstName) out.writeXml(', ')
    else if (isFormulaStart(json[start + 1]!)) return false
    this.#isFirstName = false
    return out.copyText(json, start + 1, end - 1)
  }

  #readCell(column: number, { at, read }: Source & { as: 'read' }): void {
    const { json, starts, ends } = this.#json
    // What stands there is JSON.
    const value = read(JSON.parse(json.toString('utf8', starts[at], ends[at])) as Json)
    if (value !== undefined) this.#writeCell(column, value)
  }

  /** False for a time that Excel does not have. */
  #copyTime(column: number, start: number): boolean {
    const { json } = this.#json
    const day = this.#days.serialAt(json, start + 1)
    if (!(day >= serialMin && day < serialEnd)) return false
    this.#xml.timeCell(column, day, msOfDay(json, start + 1))
    return true
  }

  #writeCells(event: StoredEvent): void {
    const { columns, present } = this.#layout
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i]!.read(event, present)
      if (value !== undefined) this.#writeCell(i, value)
    }
    if (this.#overflow.length > 0) this.#writeOverflow(event)
  }

  #writeCell(column: number, value: Exclude<CellValue, undefined>): void {
    if ('number' in value) writeNumber(this.#xml, column, value.number)
    else if ('time' in value) this.#writeTime(column, value.time)
    else this.#writeText(column, textOf(value) ?? '')
  }

  #writeText(column: number, text: string): void {
    const [first = '', ...pieces] = splitCellText(text)
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
    const bytes = Buffer.from(time)
    const day = this.#days.serialAt(bytes, 0)
    if (day >= serialMin && day < serialEnd) this.#xml.timeCell(column, day, msOfDay(bytes, 0))
    else this.#xml.textCell(column, time)
  }
}

/** Where a column's cells come from, with the places of its paths. */
type Source =
  | { as: 'text' | 'time' | 'names'; at: EventField }
  | { as: 'value'; at: readonly EventField[] }
  | { as: 'read'; at: EventField; read: (value: Json) => CellValue }
  | { as: 'data' | 'rest' | 'whole' }

function toSource(from: CellSource): Source {
  if (from.as === 'value') return { as: 'value', at: from.at.map((path) => fieldOf(path)) }
  if (from.as === 'read') return { ...from, at: fieldOf(from.at) }
  return 'at' in from ? { as: from.as, at: fieldOf(from.at) } : from
}

function unexpectedLength(event: StoredEvent, column: ExportColumn): AuditError {
  return new AuditError(
    'conflict',
    `The event ${event.id} came while the export was being made and its ${column.title} is longer than all before: export again.`,
  )
}

/** `= + - @` */
function isFormulaStart(first: number): boolean {
  return first === 0x3d || first === 0x2b || first === 0x2d || first === 0x40
}

/** Text that looks like a formula is marked as text, also for those who edit it. */
export function textStyle(text: string): CellStyle {
  return isFormulaStart(text.charCodeAt(0)) ? cellStyles.quoted : cellStyles.plain
}

/** As a number if Excel keeps it exactly: up to 2^53, and not so small that Excel takes it for 0; else as text. */
export function writeNumber(xml: SheetXml, column: number, value: number): void {
  const size = Math.abs(value)
  if (value === 0 || (size >= 2.2251e-308 && size <= Number.MAX_SAFE_INTEGER)) xml.numberCell(column, value)
  else xml.textCell(column, String(value))
}

const dayMs = 86_400_000
/** `2026-11-22` */
const dayBytes = 10
/** 1970-01-01 as Excel counts days (1900-01-01 is 1, and there is a 1900-02-29 that never was). */
const unixEpochSerial = 25_569
const serialMin = 61
const serialEnd = 2_958_466

/** The days of times, as Excel counts them: neighbours in a file are nearly always of one day. */
class DaySerials {
  readonly #day = Buffer.alloc(dayBytes)
  #serial = Number.NaN

  /** Of the time `2026-11-22T10:00:00.123456Z` at this place. */
  serialAt(bytes: Buffer, at: number): number {
    let same = 0
    while (same < dayBytes && bytes[at + same] === this.#day[same]) same++
    if (same < dayBytes) {
      bytes.copy(this.#day, 0, at, at + dayBytes)
      this.#serial = timeToMs(`${this.#day.toString()}T00:00:00Z`) / dayMs + unixEpochSerial
    }
    return this.#serial
  }
}

/** The milliseconds of the day of a time, which may have fewer digits. */
function msOfDay(bytes: Buffer, at: number): number {
  let ms = 0
  let digitMs = 100
  for (let i = at + 20; i < at + 23; i++) {
    const digit = bytes[i]! - 0x30
    if (!(digit >= 0 && digit <= 9)) break
    ms += digit * digitMs
    digitMs /= 10
  }
  const minutes = twoDigits(bytes, at + 11) * 60 + twoDigits(bytes, at + 14)
  return (minutes * 60 + twoDigits(bytes, at + 17)) * 1000 + ms
}

function twoDigits(bytes: Buffer, at: number): number {
  return (bytes[at]! - 0x30) * 10 + bytes[at + 1]! - 0x30
}
