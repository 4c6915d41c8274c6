import { timeToMs } from '@aleph-audit-log/domain/time'
import type { EventLines } from '../../store/event-store.ts'
import { aboutSheetXml } from './about-sheet.ts'
import { nextLine } from './event-lines.ts'
import { EventRows, layOut, type Layout } from './event-rows.ts'
import type { EventPages, ExportAbout, ExportOptions, XlsxLimits } from './export-options.ts'
import { cellStyles, SheetXml } from './sheet-xml.ts'
import {
  contentTypesXml,
  type EventSheet,
  packageRelationshipsXml,
  sheetEndXml,
  sheetStartXml,
  stylesXml,
  workbookRelationshipsXml,
  workbookXml,
} from './workbook-parts.ts'
import { XmlBytes } from './xml-bytes.ts'
import { ZipWriter } from './zip-writer.ts'

const excelLimits: XlsxLimits = {
  sheetRowsMax: 1_048_576,
  // Well under the 4 GiB that a part without 64-bit headers can have: one row may add megabytes.
  sheetBytesMax: Math.floor(3.9 * 2 ** 30),
  zip64OffsetMin: 0xffff_ffff,
}
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

type Line = { start: number; end: number }

/** The place in the events up to which sheets were written. */
class EventCursor {
  readonly #pages: AsyncIterator<EventLines>
  #page: EventLines = noLines
  #line: Line | undefined
  #ended = false

  constructor(pages: EventPages) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** What `take` points into. */
  get page(): EventLines {
    return this.#page
  }

  /** Makes sure that there is an event to take; false if there are no more. */
  async load(): Promise<boolean> {
    while (this.#line === undefined) {
      if (this.#ended) return false
      const { done, value } = await this.#pages.next()
      if (done === true) this.#ended = true
      this.#page = done === true ? noLines : value
      this.#line = nextLine(this.#page, 0)
    }
    return true
  }

  /** The next event that is loaded. */
  take(): Line | undefined {
    const line = this.#line
    if (line !== undefined) this.#line = nextLine(this.#page, line.end + 1)
    return line
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#pages.return?.()
  }
}

const noLines: EventLines = Buffer.alloc(0)

/** The XML of one sheet, until it is full or there are no more events; counts `sheet.rows`. */
async function* writeSheet(
  events: EventCursor,
  sheet: EventSheet,
  layout: Layout,
  limits: XlsxLimits,
): AsyncGenerator<Uint8Array> {
  const out = new XmlBytes()
  const xml = new SheetXml(out)
  const rows = new EventRows(xml, layout)
  out.writeXml(sheetStartXml(layout.widths, sheet.name === eventSheetName))
  sheet.rows = 1
  xml.startRow(1)
  for (const [i, title] of layout.titles.entries()) xml.textCell(i, title, cellStyles.header)
  xml.endRow()
  while (sheet.rows < limits.sheetRowsMax && out.size < limits.sheetBytesMax && (await events.load())) {
    let line: Line | undefined
    while (sheet.rows < limits.sheetRowsMax && out.size < limits.sheetBytesMax && (line = events.take())) {
      sheet.rows++
      rows.write(sheet.rows, events.page, line.start, line.end)
      if (out.isFull) yield out.take()
    }
  }
  out.writeXml(sheetEndXml(sheet))
  yield out.take()
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
  return aboutSheetXml(rows)
}
