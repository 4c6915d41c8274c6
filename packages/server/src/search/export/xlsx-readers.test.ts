import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeXlsx } from './encode-xlsx.ts'
import { exportColumnIds } from './export-columns.ts'
import type { ExportOptions } from './export-options.ts'
import { countOverflow } from './overflow-columns.ts'
import { collect, makeEvent, makeOptions, pagesOf } from './testing/export-events.ts'
import { hostileText, hostileTexts } from './testing/hostile-text.ts'
import {
  findLibreOffice,
  readWithExceljs,
  readWithHucre,
  readWithLibreOffice,
  readXmlParts,
} from './testing/read-workbook.ts'

type Cell = string | number | Date | undefined

/** What a reader should find, from the columns' own values: UTF-8 has no lone surrogates, a date cell no microseconds. */
function expectedRows(events: readonly StoredEvent[], { columns, present }: ExportOptions): Cell[][] {
  return events.map((event) =>
    columns.map((column): Cell => {
      const value = column.read(event, present)
      if (value === undefined) return undefined
      if ('number' in value) return value.number
      if ('time' in value) return new Date(timeToMs(value.time))
      return ('json' in value ? value.json : value.text).toWellFormed()
    }),
  )
}

/** An event with this text wherever an event can hold one. */
function withText(sequence: number, text: string): StoredEvent {
  return makeEvent(sequence, {
    actor: { type: 'user', id: text, name: text, email: text },
    context: { ip: text, userAgent: text, application: text, sessionId: text, requestId: text },
    targets: [{ type: text, name: text }],
    data: {
      sql: text,
      database: text,
      login: text,
      dialect: text,
      durationMs: 1.5,
      rows: sequence,
      error: { message: text },
    },
    statement: {
      kind: 'read',
      parsed: true,
      tables: [{ name: text, access: 'read' }],
      fingerprint: text,
      normalized: text,
      flags: [],
    },
    attribution: { tool: text, trust: 'asserted' },
  })
}

async function encode(events: readonly StoredEvent[], options: ExportOptions): Promise<Buffer> {
  const overflow = await countOverflow(pagesOf(events), options.columns, options.present)
  return collect(encodeXlsx(pagesOf(events, 7), { ...options, overflow }))
}

const everyColumn = exportColumnIds.join(',')

test('exceljs and hucre read every hostile text in every column as it was', async () => {
  const events = hostileTexts.map((text, i) => withText(i, text))
  const options = makeOptions(everyColumn)
  const file = await encode(events, options)
  readXmlParts(file)
  const expected = expectedRows(events, options)
  for (const read of [readWithExceljs, readWithHucre]) {
    const [header, ...rows] = (await read(file)).get('Audit Log') ?? []
    expect(header).toEqual(options.columns.map((column) => column.title))
    expect(rows.length).toBe(expected.length)
    for (const [i, row] of rows.entries()) expect(row, JSON.stringify(hostileTexts[i])).toEqual(expected[i])
  }
})

test('both read any text as it was, whatever stands beside it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 30 }), async (texts) => {
      const events = texts.map((text, i) => withText(i, text))
      const options = makeOptions('name,data,details,id')
      const file = await encode(events, options)
      readXmlParts(file)
      const expected = expectedRows(events, options)
      for (const read of [readWithExceljs, readWithHucre]) {
        expect((await read(file)).get('Audit Log')?.slice(1)).toEqual(expected)
      }
    }),
    { numRuns: 40 },
  )
})

test('both put long hostile texts together again', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, fc.integer({ min: -40, max: 10 }), async (text, shift) => {
      const long = `${'l'.repeat(32_767 + shift)}${text}${'\u{1f600}'.repeat(16_384)}${text}`
      const file = await encode([withText(1, long)], makeOptions('data'))
      for (const read of [readWithExceljs, readWithHucre]) {
        const [, row = []] = (await read(file)).get('Audit Log') ?? []
        expect(row.join('')).toBe(long.toWellFormed())
      }
    }),
    { numRuns: 20 },
  )
})

const libreOffice = await findLibreOffice()

test.skipIf(libreOffice === undefined)(
  'LibreOffice shows every hostile text, time and number in all sheets (skipped where LibreOffice is not installed)',
  async () => {
    if (libreOffice === undefined) return
    const random = fc.sample(hostileText, { numRuns: 150, seed: 20261122 })
    const long = `${'long \u{1f600}'.repeat(10_000)}end`
    const events = [...hostileTexts, ...random, long].map((text, i) => withText(i, text))
    const options = makeOptions(everyColumn, { xlsxLimits: { sheetRowsMax: 101 } })
    const file = await encode(events, options)
    const sheets = await readWithLibreOffice(libreOffice, file)
    expect([...sheets.keys()].sort()).toEqual([
      'About this export',
      'Audit Log',
      'Audit Log (2)',
      'Audit Log (3)',
    ])
    const rows = ['Audit Log', 'Audit Log (2)', 'Audit Log (3)'].flatMap(
      (name) => sheets.get(name)?.slice(1) ?? [],
    )
    const expected = expectedRows(events, options).map((row) => row.map(asShown))
    expect(rows.length).toBe(expected.length)
    const last = rows.length - 1
    for (let i = 0; i < last; i++) {
      const shown = rows[i]?.slice(0, options.columns.length).map(lineEnds)
      expect(shown, JSON.stringify(hostileTexts[i] ?? random[i - hostileTexts.length])).toEqual(expected[i])
    }
    const header = sheets.get('Audit Log')?.[0] ?? []
    const data = header.flatMap((title, i) => (/^Data( \(\d+\))?$/.test(title) ? [rows[last]?.[i]] : []))
    expect(data.join('')).toBe(long)
    expect(sheets.get('About this export')).toContainEqual(['Events', String(events.length)])
  },
)

/** How LibreOffice shows a cell in a CSV; it keeps CR and CRLF in a cell as LF (a deviation of its own). */
function asShown(cell: Cell): string {
  if (cell instanceof Date) return cell.toISOString().replace('T', ' ').replace('Z', '')
  return cell === undefined ? '' : lineEnds(String(cell))
}

function lineEnds(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n')
}
