import { timeToMs } from '@aleph-audit-log/domain/time'
import { splitCellText } from './cell-text.ts'
import { textStyle } from './event-rows.ts'
import { cellStyles, SheetXml } from './sheet-xml.ts'
import {
  aboutEndXml,
  aboutStartXml,
  contentTypesXml,
  packageRelationshipsXml,
  sheetEndXml,
  sheetStartXml,
  stylesXml,
  workbookRelationshipsXml,
  workbookXml,
} from './workbook-parts.ts'
import { ZipWriter } from './zip-writer.ts'

/** A text, a number, a time, or nothing. */
export type ReportCell = string | number | { time: string } | undefined

export type ReportSheet = {
  /** Ours, and needs no escaping. */
  sheetName: string
  columns: readonly { title: string; width: number }[]
  rows: readonly (readonly ReportCell[])[]
}

export type Report = ReportSheet & {
  /** Sheets behind the first. */
  further?: readonly ReportSheet[]
  aboutName: string
  about: readonly (readonly [label: string, value: string | number])[]
  madeAt: string
}

const dayMs = 86_400_000
/** Excel's number of 1970-01-01; the first of 1900-03-01, before which it counts a day that never was. */
const unixEpochSerial = 25_569
const serialMin = 61
/** zlib's level; a report is small. */
const level = 6

/**
 * Tables that are there as a whole as an Excel workbook, with a last sheet that tells what it is. It is written with the
 * same parts as the download of events: texts that look like formulas stay texts, and one that is too long for its cell
 * goes on in columns behind the last one.
 */
export function encodeReport(report: Report): Buffer {
  const zip = new ZipWriter({
    level,
    modifiedAt: new Date(timeToMs(report.madeAt)),
    zip64OffsetMin: 0xffff_ffff,
  })
  const tables = [report, ...(report.further ?? [])].map((one) => {
    const { columns, rows } = withOverflow(one)
    return { columns, rows, sheet: { name: one.sheetName, rows: rows.length + 1, columns: columns.length } }
  })
  const sheets = tables.map(({ sheet }) => sheet)
  const count = sheets.length + 1
  return Buffer.concat([
    zip.part('xl/styles.xml', stylesXml),
    ...tables.map((table, i) => zip.part(`xl/worksheets/sheet${i + 1}.xml`, tableXml(table, table.sheet))),
    zip.part(`xl/worksheets/sheet${count}.xml`, aboutXml(report)),
    zip.part('xl/workbook.xml', workbookXml(sheets, report.aboutName)),
    zip.part('xl/_rels/workbook.xml.rels', workbookRelationshipsXml(count)),
    zip.part('_rels/.rels', packageRelationshipsXml),
    zip.part('[Content_Types].xml', contentTypesXml(count)),
    zip.finish(),
  ])
}

type Table = Pick<ReportSheet, 'columns' | 'rows'>

/** The table with every text in as many cells as it needs. */
function withOverflow({ columns, rows }: Table): Table {
  const pieces = rows.map((row) =>
    columns.map((_, i): ReportCell[] => {
      const cell = row[i]
      return typeof cell === 'string' ? splitCellText(cell) : [cell]
    }),
  )
  const more = columns.flatMap((column, i) => {
    const needed = pieces.reduce((max, row) => Math.max(max, row[i]?.length ?? 1), 1)
    return Array.from({ length: needed - 1 }, (_, at) => ({ column, i, at: at + 1 }))
  })
  return {
    columns: [
      ...columns,
      ...more.map(({ column, at }) => ({ ...column, title: `${column.title} (${at + 1})` })),
    ],
    rows: pieces.map((row) => [...row.map(([first]) => first), ...more.map(({ i, at }) => row[i]?.[at])]),
  }
}

function tableXml({ columns, rows }: Table, sheet: { rows: number; columns: number }): string {
  const xml = new SheetXml()
  const widths = columns.map(({ width }) => width)
  xml.out.writeXml(sheetStartXml(widths, true))
  xml.startRow(1)
  for (const [i, { title }] of columns.entries()) xml.textCell(i, title, cellStyles.header)
  xml.endRow()
  for (const [i, row] of rows.entries()) {
    xml.startRow(i + 2)
    for (const [column, cell] of row.entries()) writeCell(xml, column, cell)
    xml.endRow()
  }
  xml.out.writeXml(sheetEndXml(sheet))
  return Buffer.from(xml.out.take()).toString('utf8')
}

function writeCell(xml: SheetXml, column: number, cell: ReportCell): void {
  if (cell === undefined || cell === '') return
  if (typeof cell === 'number') xml.numberCell(column, cell)
  else if (typeof cell === 'string') xml.textCell(column, cell, textStyle(cell))
  else {
    const ms = timeToMs(cell.time)
    const day = Math.floor(ms / dayMs)
    if (day + unixEpochSerial < serialMin) xml.textCell(column, cell.time)
    else xml.timeCell(column, day + unixEpochSerial, ms - day * dayMs)
  }
}

function aboutXml({ about }: Report): string {
  const xml = new SheetXml()
  xml.out.writeXml(aboutStartXml)
  for (const [i, [label, value]] of about.entries()) {
    xml.startRow(i + 1)
    xml.textCell(0, label, cellStyles.header)
    if (typeof value === 'number') xml.numberCell(1, value)
    else for (const [j, piece] of splitCellText(value).entries()) xml.textCell(1 + j, piece, textStyle(piece))
    xml.endRow()
  }
  xml.out.writeXml(aboutEndXml)
  return Buffer.from(xml.out.take()).toString('utf8')
}
