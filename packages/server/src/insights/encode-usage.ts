import { setImmediate as nextTurn } from 'node:timers/promises'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { aboutSheetXml } from '../search/export/about-sheet.ts'
import { splitCellText } from '../search/export/cell-text.ts'
import { byteOrderMark, csvField } from '../search/export/encode-csv.ts'
import { textStyle, writeNumber } from '../search/export/event-rows.ts'
import { textOf, type CellValue } from '../search/export/export-columns.ts'
import type { ExportAbout } from '../search/export/export-options.ts'
import { cellStyles, SheetXml } from '../search/export/sheet-xml.ts'
import {
  contentTypesXml,
  packageRelationshipsXml,
  sheetEndXml,
  sheetStartXml,
  stylesXml,
  workbookRelationshipsXml,
  workbookXml,
} from '../search/export/workbook-parts.ts'
import { ZipWriter } from '../search/export/zip-writer.ts'
import type { UsageSheet } from './usage-sheet.ts'

const aboutSheetName = 'About this export'
/** As for exports of events. */
const zip64OffsetMin = 0xffff_ffff
/** After so many rows others have their turn: a row may have hundreds of days. */
const rowsPerTurn = 200

/** A list as an Excel workbook: its sheet, and *About this export*. */
export async function* encodeUsageXlsx(sheet: UsageSheet, about: ExportAbout): AsyncGenerator<Uint8Array> {
  const zip = new ZipWriter({ level: 2, modifiedAt: new Date(timeToMs(about.exportedAt)), zip64OffsetMin })
  const entry = {
    name: sheet.name,
    rows: sheet.rows.length + 1,
    columns: sheet.titles.length + countOverflow(sheet),
  }
  yield zip.part('xl/styles.xml', stylesXml)
  yield* zip.streamPart('xl/worksheets/sheet1.xml', writeRows(sheet, entry))
  yield zip.part('xl/worksheets/sheet2.xml', aboutXml(sheet, about))
  yield zip.part('xl/workbook.xml', workbookXml([entry], aboutSheetName))
  yield zip.part('xl/_rels/workbook.xml.rels', workbookRelationshipsXml(2))
  yield zip.part('_rels/.rels', packageRelationshipsXml)
  yield zip.part('[Content_Types].xml', contentTypesXml(2))
  yield zip.finish()
}

/** A list as CSV, as `encodeCsv` writes events; texts that look like formulas are marked where that is asked for. */
export async function* encodeUsageCsv(sheet: UsageSheet, isSafe: boolean): AsyncGenerator<Uint8Array> {
  const rows = [sheet.titles.map((text) => ({ text })), ...sheet.rows]
  const toLine = (row: CellValue[]): string => `${row.map((value) => csvField(value, isSafe)).join(',')}\r\n`
  yield Buffer.from(byteOrderMark, 'utf8')
  for (let i = 0; i < rows.length; i += rowsPerTurn) {
    const lines = rows.slice(i, i + rowsPerTurn).map(toLine)
    yield Buffer.from(lines.join(''), 'utf8')
    await nextTurn()
  }
}

async function* writeRows(
  { titles, widths, rows }: UsageSheet,
  entry: { rows: number; columns: number },
): AsyncGenerator<Uint8Array> {
  const xml = new SheetXml()
  const overflow = Array.from({ length: entry.columns - titles.length }, (_, i) => `(continued ${i + 1})`)
  xml.out.writeXml(sheetStartXml([...widths, ...overflow.map(() => 40)], true))
  xml.startRow(1)
  for (const [i, title] of [...titles, ...overflow].entries()) xml.textCell(i, title, cellStyles.header)
  xml.endRow()
  for (const [i, row] of rows.entries()) {
    xml.startRow(i + 2)
    writeCells(xml, row)
    xml.endRow()
    if (xml.out.isFull) yield xml.out.take()
    if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn()
  }
  xml.out.writeXml(sheetEndXml(entry))
  yield xml.out.take()
}

/** A text that is too long for its cell goes on behind the last column. */
function writeCells(xml: SheetXml, row: readonly CellValue[]): void {
  let next = row.length
  const later: string[] = []
  for (const [i, value] of row.entries()) {
    if (value === undefined) continue
    if ('number' in value) writeNumber(xml, i, value.number)
    else if ('time' in value) writeTime(xml, i, value.time)
    else {
      const [first = '', ...rest] = splitCellText(textOf(value) ?? '')
      xml.textCell(i, first, textStyle(first))
      later.push(...rest)
    }
  }
  for (const piece of later) xml.textCell(next++, piece, textStyle(piece))
}

const dayMs = 86_400_000
/** 1970-01-01 as Excel counts days. */
const epochSerial = 25_569

/** Times that were seen lie in the years that Excel has, but for a log's from before March 1900. */
function writeTime(xml: SheetXml, column: number, time: string): void {
  const ms = timeToMs(time)
  const day = Math.floor(ms / dayMs)
  if (day + epochSerial < 61) xml.textCell(column, time)
  else xml.timeCell(column, day + epochSerial, ms - day * dayMs)
}

function countOverflow({ rows }: UsageSheet): number {
  const ofCell = (value: CellValue): number => {
    const text = textOf(value)
    return text === undefined ? 0 : splitCellText(text).length - 1
  }
  const ofRow = (row: CellValue[]): number => row.reduce((sum, value) => sum + ofCell(value), 0)
  return rows.reduce((most, row) => Math.max(most, ofRow(row)), 0)
}

function aboutXml({ rows, titles, name }: UsageSheet, about: ExportAbout): string {
  return aboutSheetXml([
    ['Workspace', about.workspaceName],
    ['List', name],
    ['Search', about.searchText],
    ['From (UTC, included)', about.from ?? '(no limit)'],
    ['To (UTC, not included)', about.to ?? '(no limit)'],
    ['Exported by', about.exportedBy],
    ['Exported at (UTC)', about.exportedAt],
    ['Rows', rows.length],
    ['Columns', titles.join(', ')],
    [
      'Counts',
      'Events that the search finds, as far as whoever exported may see them. A column with a day holds its events.',
    ],
    [
      'First and last seen',
      'Of all events, also of those before the range. Empty for who may not see all events or queries.',
    ],
    ['Time zone', 'All times and days are in UTC.'],
    [
      'Long texts',
      'Of a query the first 4,000 characters. Another text of more than 32,767 goes on at the end of its row.',
    ],
  ])
}
