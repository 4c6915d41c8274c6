import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import exceljs from 'exceljs'
import { parseCsv } from 'hucre/csv'
import { readXlsx } from 'hucre/xlsx'
import { SaxesParser } from 'saxes'
import { readZip } from './read-zip.ts'

/** The rows of each sheet by its name, as a reader sees them; undefined is an empty cell. */
export type SheetRows = Map<string, (string | number | Date | undefined)[][]>

/**
 * exceljs does not decode `_xHHHH_` in an inline string, as Excel, LibreOffice and hucre do (ECMA-376 part 1,
 * 22.9.2.19), so what it reads is decoded here.
 */
function decodeXstring(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

export async function readWithExceljs(file: Buffer): Promise<SheetRows> {
  const workbook = new exceljs.Workbook()
  // Its types know a Buffer of their own; the bytes are what it takes.
  await workbook.xlsx.load(file as unknown as Parameters<typeof workbook.xlsx.load>[0])
  const sheets: SheetRows = new Map()
  for (const sheet of workbook.worksheets) {
    const rows: (string | number | Date | undefined)[][] = []
    for (let row = 1; row <= sheet.rowCount; row++) {
      rows.push(
        Array.from({ length: sheet.columnCount }, (_, i) =>
          toCell(sheet.getRow(row).getCell(i + 1).value, decodeXstring),
        ),
      )
    }
    sheets.set(sheet.name, rows)
  }
  return sheets
}

export async function readWithHucre(file: Buffer): Promise<SheetRows> {
  const { sheets } = await readXlsx(file, { readStyles: true })
  return new Map(
    sheets.map((sheet) => [sheet.name, sheet.rows.map((row) => row.map((value) => toCell(value)))]),
  )
}

function toCell(value: unknown, decode = (text: string) => text): string | number | Date | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return decode(value)
  if (typeof value === 'number' || value instanceof Date) return value
  throw new Error(`A cell that is neither text, number nor time: ${JSON.stringify(value)}`)
}

const run = promisify(execFile)

export async function findLibreOffice(): Promise<string | undefined> {
  for (const program of ['libreoffice', 'soffice']) {
    try {
      await run(program, ['--version'])
      return program
    } catch {
      continue
    }
  }
  return undefined
}

/** Comma, double quote, UTF-8, from line 1; cells as shown; every sheet into a file of its own. */
const csvFilter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1'

/** Each sheet as LibreOffice shows it: a CSV made with a profile of its own, so that it meets no running one. */
export async function readWithLibreOffice(program: string, file: Buffer): Promise<Map<string, string[][]>> {
  const folder = await mkdtemp(join(tmpdir(), 'xlsx-libreoffice-'))
  try {
    await writeFile(join(folder, 'export.xlsx'), file)
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`
    const out = join(folder, 'out')
    const source = join(folder, 'export.xlsx')
    await run(program, [profile, '--headless', '--convert-to', csvFilter, '--outdir', out, source])
    const sheets = new Map<string, string[][]>()
    for (const name of await readdir(out)) {
      const text = await readFile(join(out, name), 'utf8')
      const sheet = name.slice('export-'.length, -'.csv'.length)
      sheets.set(
        sheet,
        parseCsv(text).map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
      )
    }
    return sheets
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Every part of a workbook as text, after a strict look at the ZIP and at each part's XML (1.0, namespaces). */
export function readXmlParts(file: Buffer): Map<string, string> {
  const parts = new Map<string, string>()
  for (const [name, { bytes }] of readZip(file)) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const parser = new SaxesParser({ xmlns: true })
    parser.on('error', (error) => {
      throw new Error(`${name}: ${error.message}`)
    })
    parser.write(text).close()
    parts.set(name, text)
  }
  return parts
}
