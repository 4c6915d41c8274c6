import { columnLetters } from './sheet-xml.ts'

const xmlStart = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships'
const spreadsheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** A sheet of events: `rows` counts its header. Names are ours and need no escaping. */
export type EventSheet = { name: string; rows: number; columns: number }

/** Fonts and formats; the order of `cellXfs` is that of `cellStyles`. */
export const stylesXml =
  `${xmlStart}<styleSheet xmlns="${main}">` +
  `<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/></numFmts>` +
  `<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>` +
  `<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
  `<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
  `<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
  `<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
  `<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
  `<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
  `<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
  // Excel keeps a cell with quotePrefix as text even if somebody edits it.
  `<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>` +
  `<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>` +
  `</styleSheet>`

export const packageRelationshipsXml =
  `${xmlStart}<Relationships xmlns="${packageRelationships}">` +
  `<Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`

/** The start of a sheet up to its first row: the header stays in view, the sheet opens at its top. */
export function sheetStartXml(widths: readonly number[], isFirst: boolean): string {
  const cols = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  )
  return (
    `${xmlStart}<worksheet xmlns="${main}"><sheetViews><sheetView${isFirst ? ' tabSelected="1"' : ''} workbookViewId="0">` +
    `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>` +
    `<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>` +
    `<sheetFormatPr defaultRowHeight="15"/><cols>${cols.join('')}</cols><sheetData>`
  )
}

export function sheetEndXml(sheet: { rows: number; columns: number }): string {
  return `</sheetData><autoFilter ref="A1:${lastCell(sheet)}"/></worksheet>`
}

/** The start and the end of the sheet that tells what the export is. */
export const aboutStartXml =
  `${xmlStart}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"/></sheetViews>` +
  `<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="1" width="24" customWidth="1"/>` +
  `<col min="2" max="2" width="100" customWidth="1"/></cols><sheetData>`
export const aboutEndXml = '</sheetData></worksheet>'

function lastCell(sheet: { rows: number; columns: number }): string {
  return `${columnLetters(sheet.columns - 1)}${sheet.rows}`
}

/** `xl/workbook.xml`: the sheets of events in order, then *About this export*; each filter has its hidden name. */
export function workbookXml(sheets: readonly EventSheet[], aboutName: string): string {
  const entries = [...sheets.map((sheet) => sheet.name), aboutName].map(
    (name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  )
  const filters = sheets.map(
    (sheet, i) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">` +
      `'${sheet.name}'!$A$1:$${columnLetters(sheet.columns - 1)}$${sheet.rows}</definedName>`,
  )
  return (
    `${xmlStart}<workbook xmlns="${main}" xmlns:r="${relationships}"><workbookPr/>` +
    `<bookViews><workbookView activeTab="0"/></bookViews><sheets>${entries.join('')}</sheets>` +
    `<definedNames>${filters.join('')}</definedNames></workbook>`
  )
}

export function workbookRelationshipsXml(sheetCount: number): string {
  const sheets = Array.from(
    { length: sheetCount },
    (_, i) =>
      `<Relationship Id="rId${i + 1}" Type="${relationships}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  )
  return (
    `${xmlStart}<Relationships xmlns="${packageRelationships}">${sheets.join('')}` +
    `<Relationship Id="rId${sheetCount + 1}" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`
  )
}

export function contentTypesXml(sheetCount: number): string {
  const sheets = Array.from(
    { length: sheetCount },
    (_, i) =>
      `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${spreadsheetType}.worksheet+xml"/>`,
  )
  return (
    `${xmlStart}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>` +
    `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheetType}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${spreadsheetType}.styles+xml"/>${sheets.join('')}</Types>`
  )
}
