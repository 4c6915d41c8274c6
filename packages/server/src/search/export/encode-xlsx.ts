import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { escapeCellJson, escapeCellText, isShort, splitCellText } from './cell-text.ts'
import type { CellValue, ExportColumn, PresentEvent } from './export-columns.ts'
import type { EventPages, ExportAbout, ExportOptions, XlsxLimits } from './export-options.ts'
import { cellStyles, SheetXml } from './sheet-xml.ts'
import {
  aboutEndXml,
  aboutStartXml,
  contentTypesXml,
  type EventSheet,
  packageRelationshipsXml,
  sheetEndXml,
  sheetStartXml,
  stylesXml,
  workbookRelationshipsXml,
  workbookXml,
} from './workbook-parts.ts'
import { ZipWriter } from './zip-writer.ts'

const excelLimits: XlsxLimits = {
  sheetRowsMax: 1_048_576,
  // Well under the 4 GiB that a part without 64-bit headers can have: one row may add megabytes.
  sheetBytesMax: Math.floor(3.9 * 2 ** 30),
  zip64OffsetMin: 0xffff_ffff,
}
const columnsMax = 16_384
/** Measured: level 2 takes the time of level 1 and makes a file 4 % smaller; level 6 takes twice as long. */
const levelDefault = 2
const eventSheetName = 'Audit Log'
const aboutSheetName = 'About this export'

/**
 * Encodes events as an Excel workbook (ECMA-376, SpreadsheetML): the sheets *Audit Log*, *Audit Log (2)*... hold the
 * events, *About this export* tells what was asked. Text that is too long for its cell goes on in the columns that
 * `options.overflow` has counted; a text that needs more (of an event that came meanwhile) throws
 * AuditError('conflict'), because nothing is ever cut.
 */
export async function* encodeXlsx(pages: EventPages, options: ExportOptions): AsyncGenerator<Uint8Array> {
  const events = new EventCursor(pages)
  try {
    await events.load()
    const layout = layOut(options)
    const limits = { ...excelLimits, ...options.xlsxLimits }
    const zip = new ZipWriter({
      level: options.level ?? levelDefault,
      modifiedAt: new Date(timeToMs(options.about.exportedAt)),
      zip64OffsetMin: limits.zip64OffsetMin,
    })
    yield zip.part('xl/styles.xml', stylesXml)
    const sheets: EventSheet[] = []
    do {
      const number = sheets.length + 1
      const sheet = {
        name: number === 1 ? eventSheetName : `${eventSheetName} (${number})`,
        rows: 0,
        columns: layout.titles.length,
      }
      sheets.push(sheet)
      const xml = writeSheet(events, sheet, layout, limits)
      yield* zip.streamPart(`xl/worksheets/sheet${number}.xml`, xml)
    } while (await events.load())
    const sheetCount = sheets.length + 1
    yield zip.part(`xl/worksheets/sheet${sheetCount}.xml`, aboutXml(options.about, sheets, layout))
    yield zip.part('xl/workbook.xml', workbookXml(sheets, aboutSheetName))
    yield zip.part('xl/_rels/workbook.xml.rels', workbookRelationshipsXml(sheetCount))
    yield zip.part('_rels/.rels', packageRelationshipsXml)
    yield zip.part('[Content_Types].xml', contentTypesXml(sheetCount))
    yield zip.finish()
  } finally {
    await events.close()
  }
}

/** The place in the events up to which sheets were written. */
class EventCursor {
  readonly #pages: AsyncIterator<readonly StoredEvent[]>
  #page: readonly StoredEvent[] = []
  #next = 0
  #ended = false

  constructor(pages: EventPages) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** Makes sure that there is an event to take; false if there are no more. */
  async load(): Promise<boolean> {
    while (this.#next === this.#page.length) {
      if (this.#ended) return false
      const { done, value } = await this.#pages.next()
      if (done === true) this.#ended = true
      this.#page = done === true ? [] : value
      this.#next = 0
    }
    return true
  }

  /** The next event that is loaded. */
  take(): StoredEvent | undefined {
    return this.#next < this.#page.length ? this.#page[this.#next++] : undefined
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#pages.return?.()
  }
}

type Layout = {
  columns: readonly ExportColumn[]
  present: PresentEvent
  titles: readonly string[]
  widths: readonly number[]
  /** For each column: where its first overflow column stands, and how many there are. */
  overflow: readonly { start: number; count: number }[]
}

function layOut(options: ExportOptions): Layout {
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

/** The XML of one sheet, until it is full or there are no more events; counts `sheet.rows`. */
async function* writeSheet(
  events: EventCursor,
  sheet: EventSheet,
  layout: Layout,
  limits: XlsxLimits,
): AsyncGenerator<Uint8Array> {
  const xml = new SheetXml()
  xml.write(sheetStartXml(layout.widths, sheet.name === eventSheetName))
  sheet.rows = 1
  xml.startRow(1)
  for (const [i, title] of layout.titles.entries()) xml.textCell(i, title, cellStyles.header)
  xml.endRow()
  while (sheet.rows < limits.sheetRowsMax && xml.size < limits.sheetBytesMax && (await events.load())) {
    let event: StoredEvent | undefined
    while (sheet.rows < limits.sheetRowsMax && xml.size < limits.sheetBytesMax && (event = events.take())) {
      sheet.rows++
      writeRow(xml, sheet.rows, event, layout)
      if (xml.isFull) yield xml.take()
    }
  }
  xml.write(sheetEndXml(sheet))
  yield xml.take()
}

function writeRow(xml: SheetXml, row: number, event: StoredEvent, layout: Layout): void {
  const { columns, present } = layout
  let overflow: { column: number; pieces: string[] }[] | undefined
  xml.startRow(row)
  for (let i = 0; i < columns.length; i++) {
    const value = columns[i]!.read(event, present)
    if (value === undefined) continue
    const pieces = writeCell(xml, i, value)
    if (pieces !== undefined) (overflow ??= []).push({ column: i, pieces })
  }
  // Behind the last column, in the order of the columns.
  for (const { column, pieces } of overflow ?? []) {
    const { start, count } = layout.overflow[column]!
    if (pieces.length > count) throw unexpectedLength(event, columns[column]!)
    for (const [i, piece] of pieces.entries()) writeText(xml, start + i, piece)
  }
  xml.endRow()
}

function unexpectedLength(event: StoredEvent, column: ExportColumn): AuditError {
  return new AuditError(
    'conflict',
    `The event ${event.id} came while the export was being made and its ${column.title} is longer than all before: export again.`,
  )
}

/** Returns the pieces of a text that did not fit. */
function writeCell(
  xml: SheetXml,
  column: number,
  value: Exclude<CellValue, undefined>,
): string[] | undefined {
  if ('number' in value) writeNumber(xml, column, value.number)
  else if ('time' in value) writeTime(xml, column, value.time)
  else {
    const text = 'json' in value ? value.json : value.text
    if (!isShort(text)) {
      const [first = '', ...rest] = splitCellText(text)
      writeText(xml, column, first)
      return rest.length === 0 ? undefined : rest
    }
    if ('json' in value) xml.textCell(column, escapeCellJson(text))
    else writeText(xml, column, text)
  }
  return undefined
}

function writeText(xml: SheetXml, column: number, text: string): void {
  xml.textCell(column, escapeCellText(text), looksLikeFormula(text) ? cellStyles.quoted : cellStyles.plain)
}

/** `= + - @` */
function looksLikeFormula(text: string): boolean {
  const first = text.charCodeAt(0)
  return first === 0x3d || first === 0x2b || first === 0x2d || first === 0x40
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

/** A UTC time as Excel's serial number, to the millisecond; as text before 1900-03-01 and after 9999. */
function writeTime(xml: SheetXml, column: number, time: string): void {
  const serial = timeToMs(time) / dayMs + unixEpochSerial
  if (serial >= serialMin && serial < serialEnd) xml.numberCell(column, serial, cellStyles.time)
  else xml.textCell(column, time)
}

function aboutXml(about: ExportAbout, sheets: readonly EventSheet[], layout: Layout): string {
  const rows: [string, string | number][] = [
    ['Workspace', about.workspaceName],
    ['Search', about.searchText === '' ? '(everything)' : about.searchText],
    ['From (UTC, included)', about.from ?? '(no limit)'],
    ['To (UTC, not included)', about.to ?? '(no limit)'],
    ['Exported by', about.exportedBy],
    ['Exported at (UTC)', about.exportedAt],
    ['Events', sheets.reduce((sum, sheet) => sum + sheet.rows - 1, 0)],
    ['Sheets of events', sheets.map((sheet) => sheet.name).join(', ')],
    ['Columns', layout.titles.join(', ')],
    [
      'Time zone',
      'All times are in UTC. A time cell holds milliseconds; Details, where exported, has the exact time.',
    ],
    [
      'Long texts',
      'A text of more than 32,767 characters goes on in the columns (2), (3)... at the end of its row.',
    ],
  ]
  const xml = new SheetXml()
  xml.write(aboutStartXml)
  for (const [i, [label, value]] of rows.entries()) {
    xml.startRow(i + 1)
    xml.textCell(0, label, cellStyles.header)
    if (typeof value === 'number') xml.numberCell(1, value)
    else for (const [j, piece] of splitCellText(value).entries()) writeText(xml, 1 + j, piece)
    xml.endRow()
  }
  xml.write(aboutEndXml)
  return Buffer.from(xml.take()).toString('utf8')
}
