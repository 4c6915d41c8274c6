import { PassThrough } from 'node:stream'
import { deflateRawSync } from 'node:zlib'
import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import exceljs from 'exceljs'
import { encodeXlsx } from '../packages/server/src/search/export/encode-xlsx.ts'
import { parseColumns } from '../packages/server/src/search/export/export-columns.ts'
import { parseLines, toLines } from '../packages/server/src/search/export/event-lines.ts'
import type { ExportOptions } from '../packages/server/src/search/export/export-options.ts'
import { readZip } from '../packages/server/src/search/export/testing/read-zip.ts'
import type { EventLines } from '../packages/server/src/store/event-store.ts'
import { makeUpEvent } from './made-up-events.ts'

/** CPU seconds of the whole process, medians of the rounds. */
export type ExcelCpuSeconds = { level: number; deflate: number; encoder: number; exceljs: number }

/** So many events are held at a time: a million would measure the garbage collector. */
const sliceEvents = 50_000
const pageEvents = 5000
const levels = [1, 6]

/**
 * Measures the Excel encoder on so many made-up events with the default columns, per level, against bare deflate of
 * the same XML in one synchronous call, and against exceljs's streaming writer. The three take turns within a round,
 * so that whatever else loads the machine loads all of them.
 */
export async function measureExcel(size: { events: number; rounds: number }): Promise<ExcelCpuSeconds[]> {
  const results: ExcelCpuSeconds[] = []
  // What is compiled on the way belongs to nobody's time.
  for (const level of levels) await measureSlice(0, Math.min(size.events, 20_000), level)
  for (const level of levels) {
    const rounds: Omit<ExcelCpuSeconds, 'level'>[] = []
    for (let round = 0; round < size.rounds; round++) {
      const sum = { deflate: 0, encoder: 0, exceljs: 0 }
      for (let first = 0; first < size.events; first += sliceEvents) {
        const slice = await measureSlice(first, Math.min(sliceEvents, size.events - first), level)
        sum.deflate += slice.deflate
        sum.encoder += slice.encoder
        sum.exceljs += slice.exceljs
      }
      rounds.push(sum)
    }
    const medianOf = (name: keyof (typeof rounds)[number]): number => median(rounds.map((sum) => sum[name]))
    results.push({
      level,
      deflate: medianOf('deflate'),
      encoder: medianOf('encoder'),
      exceljs: medianOf('exceljs'),
    })
  }
  return results
}

async function measureSlice(
  first: number,
  count: number,
  level: number,
): Promise<Omit<ExcelCpuSeconds, 'level'>> {
  const pages = makePages(first, count)
  const xml = await sheetOf(pages)
  const deflate = await cpuSeconds(async () => deflateRawSync(xml, { level }))
  const encoder = await cpuSeconds(async () => drain(encodeXlsx(each(pages), optionsOf(level))))
  // Parsed, as this peer takes them; parsing is not counted.
  const theirs = pages.flatMap((page) => [...parseLines(page)])
  return { deflate, encoder, exceljs: await cpuSeconds(() => writeWithExceljs(theirs, level)) }
}

/** Events as the store gives them: JSON as bytes. */
function makePages(first: number, count: number): EventLines[] {
  return Array.from({ length: Math.ceil(count / pageEvents) }, (_, page) => {
    const start = page * pageEvents
    const length = Math.min(pageEvents, count - start)
    return toLines(Array.from({ length }, (_, i) => makeUpEvent(first + start + i)))
  })
}

async function* each(pages: readonly EventLines[]): AsyncGenerator<EventLines> {
  yield* pages
}

function optionsOf(level: number): ExportOptions {
  const about = {
    workspaceName: 'Acme',
    searchText: '',
    exportedBy: 'Ann Lee',
    exportedAt: '2026-11-22T10:00:00.000000Z',
  }
  return { columns: parseColumns(undefined), present: toPublicEvent, about, level }
}

async function sheetOf(pages: readonly EventLines[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeXlsx(each(pages), optionsOf(1))) chunks.push(chunk)
  const part = readZip(Buffer.concat(chunks)).get('xl/worksheets/sheet1.xml')
  if (!part) throw new Error('The workbook has no first sheet.')
  return part.bytes
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) void chunk
}

/** The same cells by exceljs's streaming writer, as most programs use it. */
async function writeWithExceljs(events: readonly StoredEvent[], level: number): Promise<void> {
  const stream = new PassThrough()
  stream.resume()
  const { columns, present } = optionsOf(level)
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({
    stream,
    useSharedStrings: false,
    useStyles: true,
    zip: { zlib: { level } },
  })
  const sheet = workbook.addWorksheet('Audit Log')
  sheet.columns = columns.map(({ title, width }) => ({ header: title, width }))
  for (const event of events) {
    const cells = columns.map((column) => {
      const value = column.read(event, present)
      if (value === undefined) return undefined
      if ('number' in value) return value.number
      if ('time' in value) return new Date(timeToMs(value.time))
      return 'json' in value ? value.json : value.text
    })
    sheet.addRow(cells).commit()
  }
  sheet.commit()
  await workbook.commit()
}

async function cpuSeconds(run: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** The measurement in words: ratios first, because seconds are those of one machine. */
export function describeExcel(results: readonly ExcelCpuSeconds[]): string {
  return results
    .map(
      ({ level, deflate, encoder, exceljs }) =>
        `level ${level}: encoder ${(encoder / deflate).toFixed(2)} x bare deflate, ` +
        `${(exceljs / encoder).toFixed(1)} times less CPU than exceljs ` +
        `(${encoder.toFixed(2)}, ${deflate.toFixed(2)}, ${exceljs.toFixed(2)} s)`,
    )
    .join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const [events = '100000', rounds = '3'] = process.argv.slice(2)
  const results = await measureExcel({ events: Number(events), rounds: Number(rounds) })
  process.stdout.write(`${describeExcel(results)}\n`)
}
