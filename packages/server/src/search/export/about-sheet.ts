import { splitCellText } from './cell-text.ts'
import { textStyle } from './event-rows.ts'
import { cellStyles, SheetXml } from './sheet-xml.ts'
import { aboutEndXml, aboutStartXml } from './workbook-parts.ts'

/** The sheet that tells what a file holds: a label and what it says, line by line. */
export function aboutSheetXml(rows: readonly (readonly [string, string | number])[]): string {
  const xml = new SheetXml()
  xml.out.writeXml(aboutStartXml)
  for (const [i, [label, value]] of rows.entries()) {
    xml.startRow(i + 1)
    xml.textCell(0, label, cellStyles.header)
    if (typeof value === 'number') xml.numberCell(1, value)
    else for (const [j, piece] of splitCellText(value).entries()) xml.textCell(1 + j, piece, textStyle(piece))
    xml.endRow()
  }
  xml.out.writeXml(aboutEndXml)
  return Buffer.from(xml.out.take()).toString('utf8')
}
