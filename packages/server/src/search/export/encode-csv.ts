import { padMicroseconds } from '@aleph-audit-log/domain/time'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { type CellValue, textOf } from './export-columns.ts'
import { parseLines } from './event-lines.ts'
import type { EventPages, ExportOptions } from './export-options.ts'

export const byteOrderMark = '\ufeff'
/** A chunk is yielded when it has so many UTF-16 units. */
const chunkUnits = 64 * 1024

/**
 * Encodes events as CSV (RFC 4180): UTF-8 with a byte order mark, CRLF, times in RFC 3339 with six digits. Text is
 * unchanged, but for lone surrogates, which UTF-8 cannot hold and which become U+FFFD, and for `options.csvSafe`.
 */
export async function* encodeCsv(pages: EventPages, options: ExportOptions): AsyncGenerator<Uint8Array> {
  let text = `${byteOrderMark}${options.columns.map((column) => quote(column.title)).join(',')}\r\n`
  let isFirstPage = true
  for await (const page of pages) {
    for (const event of parseLines(page)) {
      text += csvLine(event, options)
      if (text.length < chunkUnits) continue
      yield Buffer.from(text, 'utf8')
      text = ''
    }
    if (isFirstPage) {
      yield Buffer.from(text, 'utf8')
      text = ''
      isFirstPage = false
    }
  }
  if (text !== '') yield Buffer.from(text, 'utf8')
}

function csvLine(event: StoredEvent, options: ExportOptions): string {
  let line = ''
  for (const [i, column] of options.columns.entries()) {
    if (i > 0) line += ','
    line += csvField(column.read(event, options.present), options.csvSafe ?? false)
  }
  return `${line}\r\n`
}

/**
 * How a text begins that a spreadsheet may take for a formula; the characters that OWASP names in "CSV Injection", among
 * them those of full width, which some take for their narrow ones.
 */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/

/** A cell as a field; safe: a text that a spreadsheet would take for a formula is marked by `'`. */
export function csvField(value: CellValue, isSafe: boolean): string {
  if (value === undefined) return ''
  if ('number' in value) return String(value.number)
  if ('time' in value) return padMicroseconds(value.time)
  const text = textOf(value) ?? ''
  return quote(isSafe && formulaStart.test(text) ? `'${text}` : text)
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
