import type { Problem } from '../error.ts'

/** A record and the line on which it begins. */
export type CsvRecord = { line: number; cells: string[] }

/**
 * Splits a text as RFC 4180 says: commas, quotes that are doubled inside of quotes, any line ends. A byte order mark and
 * empty lines are passed over. A quote that is never closed, or that text follows, is a problem with its line.
 */
export function splitCsv(text: string): { records: CsvRecord[]; problems: Problem[] } {
  const records: CsvRecord[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  while (at < text.length) {
    const record: CsvRecord = { line, cells: [] }
    for (let isLast = false; !isLast;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at)
      if (cell === undefined) {
        return {
          records,
          problems: [{ path: `line ${line}`, message: 'has a quote that is not closed, or text behind it' }],
        }
      }
      record.cells.push(cell.value)
      line += countLines(text, at, cell.end)
      at = cell.end
      isLast = text[at] !== ','
      if (!isLast) at++
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 2
    else if (at < text.length) at++
    line++
    if (record.cells.length > 1 || record.cells[0] !== '') records.push(record)
  }
  return { records, problems: [] }
}

type Cell = { value: string; end: number }

const cellEnd = /[,\r\n]/g

function plainCell(text: string, start: number): Cell {
  cellEnd.lastIndex = start
  const end = cellEnd.exec(text)?.index ?? text.length
  return { value: text.slice(start, end), end }
}

function quotedCell(text: string, start: number): Cell | undefined {
  let close = text.indexOf('"', start + 1)
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  if (close < 0) return undefined
  const end = close + 1
  if (end < text.length && !/[,\r\n]/.test(text.charAt(end))) return undefined
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end }
}

function countLines(text: string, from: number, to: number): number {
  return text.slice(from, to).split(/\r\n|\r|\n/).length - 1
}
