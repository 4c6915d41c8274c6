import { AuditError } from '@aleph-audit-log/domain/error'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { expect, test } from 'vitest'
import { encodeXlsx } from './encode-xlsx.ts'
import { countOverflow } from './overflow-columns.ts'
import { collect, makeEvent, makeOptions, makeQuery, pagesOf } from './testing/export-events.ts'
import { readWithExceljs, readWithHucre, readXmlParts, type SheetRows } from './testing/read-workbook.ts'

/** The workbook's rows, the same for both readers. */
async function readRows(file: Buffer): Promise<SheetRows> {
  const sheets = await readWithExceljs(file)
  const others = await readWithHucre(file)
  expect(others).toEqual(sheets)
  return sheets
}

async function encodeSheet(...args: Parameters<typeof encodeXlsx>): Promise<string> {
  return readXmlParts(await collect(encodeXlsx(...args))).get('xl/worksheets/sheet1.xml') ?? ''
}

test('the header is bold and frozen, columns have widths and a filter, and the sheet opens at the top', async () => {
  const parts = readXmlParts(await collect(encodeXlsx(pagesOf([makeEvent(1), makeEvent(2)]), makeOptions())))
  const sheet = parts.get('xl/worksheets/sheet1.xml') ?? ''
  expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>')
  expect(sheet).toContain('<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>')
  expect(sheet).toContain('<c r="C1" s="1" t="inlineStr"><is><t>Timestamp (UTC)</t></is></c>')
  expect(sheet.match(/<col min="\d+" max="\d+" width="\d+" customWidth="1"\/>/g)).toHaveLength(16)
  expect(sheet).toContain('</sheetData><autoFilter ref="A1:P3"/></worksheet>')
  const workbook = parts.get('xl/workbook.xml')
  expect(workbook).toContain(
    `<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'Audit Log'!$A$1:$P$3</definedName>`,
  )
  expect(workbook).toContain('activeTab="0"')
  const styles = parts.get('xl/styles.xml') ?? ''
  expect(styles).not.toContain('wrapText')
  expect(styles).toContain('<font><b/>')
  expect(styles).toContain('formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"')
})

test('only the first sheet is selected, and the parts agree about how many there are', async () => {
  const events = [1, 2, 3].map((n) => makeEvent(n))
  const options = makeOptions('type', { xlsxLimits: { sheetRowsMax: 2 } })
  const parts = readXmlParts(await collect(encodeXlsx(pagesOf(events), options)))
  const sheets = [...parts].filter(([name]) => name.startsWith('xl/worksheets/'))
  expect(sheets.map(([, xml]) => xml.includes('tabSelected="1"'))).toEqual([true, false, false, false])
  expect(parts.get('[Content_Types].xml')?.match(/worksheet\+xml/g)).toHaveLength(4)
  expect(parts.get('xl/_rels/workbook.xml.rels')?.match(/relationships\/worksheet"/g)).toHaveLength(4)
  expect(parts.get('xl/workbook.xml')?.match(/_FilterDatabase/g)).toHaveLength(3)
})

test('a cell that looks like a formula is text, now and after somebody has edited it', async () => {
  const formulas = ['=1+1', '+1', '-1', '@x', '=cmd|"/c calc"!A1']
  const sheet = await encodeSheet(pagesOf(formulas.map((sql, i) => makeQuery(i, sql))), makeOptions('data'))
  expect(sheet).not.toContain('<f>')
  for (const row of formulas.keys()) expect(sheet).toContain(`<c r="A${row + 2}" s="3" t="inlineStr">`)
})

test('a time is a date cell with milliseconds', async () => {
  const times = [
    '1900-03-01T00:00:00.000000Z',
    '1969-12-31T23:59:59.999999Z',
    '2026-11-22T10:00:00.123456Z',
    '2026-01-01T00:00:00Z',
  ]
  const last = '9999-12-31T23:59:59.999Z'
  const events = [...times, last].map((occurredAt, i) => makeEvent(i, { occurredAt }))
  const file = await collect(encodeXlsx(pagesOf(events), makeOptions('timestamp')))
  for (const read of [readWithExceljs, readWithHucre]) {
    const rows = (await read(file)).get('Audit Log')?.slice(1) ?? []
    expect(rows).toEqual(events.map((event) => [new Date(timeToMs(event.occurredAt))]))
  }
})

test('every millisecond of a day is told from its neighbours', async () => {
  const all = Array.from({ length: 2000 }, (_, i) =>
    new Date(Date.UTC(2026, 10, 22) + i * 43_211 + i).toISOString(),
  )
  const events = all.map((occurredAt, i) => makeEvent(i, { occurredAt }))
  const rows = (
    await readWithExceljs(await collect(encodeXlsx(pagesOf(events), makeOptions('timestamp'))))
  ).get('Audit Log')
  expect(rows?.slice(1)).toEqual(all.map((time) => [new Date(time)]))
})

test('dates that Excel does not know are text', async () => {
  const times = ['0001-01-01T00:00:00.000000Z', '1899-12-31T00:00:00.000000Z', '1900-02-28T23:59:59.999999Z']
  const events = times.map((occurredAt, i) => makeEvent(i, { occurredAt }))
  const sheets = await readRows(await collect(encodeXlsx(pagesOf(events), makeOptions('timestamp'))))
  expect(sheets.get('Audit Log')?.slice(1)).toEqual(times.map((time) => [time]))
})

test('numbers that Excel does not keep are text, all others numbers', async () => {
  const kept = [0, 1, -1, 12.5, 0.1, 1e-300, 9_007_199_254_740_991, -9_007_199_254_740_991]
  const texts = [9_007_199_254_740_992, 1e300, 1e-310]
  // JSON, and so a stored event, has no NaN and no infinity.
  const events = [...kept, ...texts, Number.NaN].map((rows, i) => makeEvent(i, { data: { rows } }))
  const file = await collect(encodeXlsx(pagesOf(events), makeOptions('rows,type')))
  for (const read of [readWithExceljs, readWithHucre]) {
    const rows = (await read(file)).get('Audit Log')?.slice(1)
    const cells = [...kept, ...texts.map(String), undefined]
    expect(rows).toEqual(cells.map((cell) => [cell, 'query']))
  }
})

test('a full sheet goes on in Audit Log (2), and the workbook has every event once', async () => {
  const events = Array.from({ length: 25 }, (_, i) => makeQuery(i, `select ${i}`))
  for (const pageEvents of [1, 7, 9, 100]) {
    const options = makeOptions('data', { xlsxLimits: { sheetRowsMax: 10 } })
    const file = await collect(encodeXlsx(pagesOf(events, pageEvents), options))
    const sheets = await readRows(file)
    expect([...sheets.keys()]).toEqual(['Audit Log', 'Audit Log (2)', 'Audit Log (3)', 'About this export'])
    const names = [...sheets.keys()].slice(0, 3)
    expect(names.map((name) => sheets.get(name)?.length)).toEqual([10, 10, 8])
    expect(names.map((name) => sheets.get(name)?.[0])).toEqual([['Data'], ['Data'], ['Data']])
    const data = names.flatMap((name) => sheets.get(name)?.slice(1) ?? [])
    expect(data).toEqual(events.map((_, i) => [`select ${i}`]))
    const workbook = readXmlParts(file).get('xl/workbook.xml')
    expect(workbook).toContain(`localSheetId="2" hidden="1">'Audit Log (3)'!$A$1:$A$8</definedName>`)
  }
})

test('a sheet that is exactly full is the last', async () => {
  const events = [1, 2, 3].map((n) => makeEvent(n))
  const options = makeOptions('type', { xlsxLimits: { sheetRowsMax: 4 } })
  const sheets = await readRows(await collect(encodeXlsx(pagesOf(events), options)))
  expect([...sheets.keys()]).toEqual(['Audit Log', 'About this export'])
})

test('a sheet that has too many bytes goes on in the next', async () => {
  const events = Array.from({ length: 12 }, (_, i) => makeQuery(i, 'x'.repeat(1000)))
  const options = makeOptions('data', { xlsxLimits: { sheetBytesMax: 5000 } })
  const sheets = await readRows(await collect(encodeXlsx(pagesOf(events), options)))
  expect([...sheets.values()].map((rows) => rows.length - 1)).toEqual([5, 5, 2, 10])
})

test('an export without events has its header and says so', async () => {
  const sheets = await readRows(await collect(encodeXlsx(pagesOf([]), makeOptions('name,data'))))
  expect(sheets.get('Audit Log')).toEqual([['Name', 'Data']])
  expect(sheets.get('About this export')).toContainEqual(['Events', 0])
})

test('About this export tells workspace, search, range, who, when, rows, columns and the time zone', async () => {
  const events = [1, 2, 3].map((n) => makeEvent(n))
  const hostile = '=HYPERLINK("x")\r\ufffe'
  const file = await collect(
    encodeXlsx(
      pagesOf(events),
      makeOptions('name,data', { about: { ...makeOptions().about, searchText: hostile } }),
    ),
  )
  const rows = (await readRows(file)).get('About this export') ?? []
  const told = new Map(rows.map(([label, value]) => [label, value]))
  expect(told.get('Workspace')).toBe('Acme')
  expect(told.get('Search')).toBe(hostile)
  expect(told.get('From (UTC, included)')).toBe('2026-10-23T00:00:00.000000Z')
  expect(told.get('To (UTC, not included)')).toBe('(no limit)')
  expect(told.get('Exported by')).toBe('Ann Lee <ann@acme.example>')
  expect(told.get('Exported at (UTC)')).toBe('2026-11-22T10:00:00.000000Z')
  expect(told.get('Events')).toBe(3)
  expect(told.get('Columns')).toBe('Name, Data')
  expect(told.get('Time zone')).toContain('UTC')
})

test('long text goes on behind the last column, and is the text again', async () => {
  const sql = `${'a'.repeat(32_766)}\u{1f600}${'b'.repeat(40_000)}\r${'c'.repeat(10_000)}`
  const data = { text: '\r_x0041_'.repeat(20_000) }
  const events = [makeQuery(1, 'short'), makeQuery(2, sql), makeEvent(3, { data })]
  const options = makeOptions('data,details,id')
  const overflow = await countOverflow(pagesOf(events), options.columns, options.present)
  const file = await collect(encodeXlsx(pagesOf(events), { ...options, overflow }))
  const [header = [], ...rows] = (await readRows(file)).get('Audit Log') ?? []
  const extra = overflow.get('data') ?? 0
  expect(header).toEqual([
    'Data',
    'Details',
    'Event id',
    ...Array.from({ length: extra }, (_, i) => `Data (${i + 2})`),
  ])
  const texts = rows.map((row) => [row[0], ...row.slice(3)].join(''))
  expect(texts).toEqual(['short', sql, JSON.stringify(data)])
  for (const cell of rows.flat()) expect(String(cell ?? '').length).toBeLessThanOrEqual(32_767)
  expect(rows.map((row) => row[2])).toEqual(events.map((event) => event.id))
})

test('two columns that overflow have their further columns one after the other', async () => {
  const sql = 's'.repeat(70_000)
  const event = makeQuery(1, sql, {
    statement: {
      kind: 'read',
      parsed: true,
      tables: [],
      fingerprint: 'f',
      normalized: 'n'.repeat(50_000),
      flags: [],
    },
  })
  const options = makeOptions('data,details')
  const overflow = await countOverflow(pagesOf([event]), options.columns, options.present)
  expect([...overflow]).toEqual([
    ['data', 2],
    ['details', 1],
  ])
  const rows = (await readRows(await collect(encodeXlsx(pagesOf([event]), { ...options, overflow })))).get(
    'Audit Log',
  )
  expect(rows?.[0]).toEqual(['Data', 'Details', 'Data (2)', 'Data (3)', 'Details (2)'])
  const [data, details, data2, data3, details2] = rows?.[1] ?? []
  expect([data, data2, data3].join('')).toBe(sql)
  expect(JSON.parse([details, details2].join(''))).toMatchObject({
    statement: { normalized: 'n'.repeat(50_000) },
  })
})

test('a text longer than was counted fails the export instead of being cut', async () => {
  const events = [makeQuery(1, 'short'), makeQuery(2, 'x'.repeat(32_768))]
  const failed = collect(encodeXlsx(pagesOf(events), makeOptions('data')))
  await expect(failed).rejects.toSatisfy((error) => error instanceof AuditError && error.code === 'conflict')
  const overflow = new Map([['data', 1]])
  await collect(encodeXlsx(pagesOf(events), makeOptions('data', { overflow })))
})

test('more columns than Excel has are refused before anything is written', async () => {
  const overflow = new Map([['data', 16_384]])
  const failed = encodeXlsx(pagesOf([makeEvent(1)]), makeOptions('data', { overflow })).next()
  await expect(failed).rejects.toSatisfy((error) => error instanceof AuditError && error.code === 'too_large')
})
