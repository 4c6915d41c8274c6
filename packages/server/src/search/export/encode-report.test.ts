import { expect, test } from 'vitest'
import { cellUnitsMax } from './cell-text.ts'
import { encodeReport } from './encode-report.ts'
import { readWithExceljs, readWithHucre } from './testing/read-workbook.ts'

test('a report is a workbook whose long texts go on behind the last column', async () => {
  const long = 'ä'.repeat(2 * cellUnitsMax + 1)
  const file = encodeReport({
    sheetName: 'Lines',
    columns: [
      { title: 'Text', width: 20 },
      { title: 'Number', width: 10 },
      { title: 'Time', width: 24 },
    ],
    rows: [
      [long, 5, { time: '2026-11-22T10:00:00.123456Z' }],
      ['=1+1', undefined, { time: '1900-01-01T00:00:00.000000Z' }],
    ],
    aboutName: 'About',
    about: [
      ['Who', '<Ann> & co'],
      ['Lines', 2],
    ],
    madeAt: '2026-11-22T10:00:00.000000Z',
  })
  for (const read of [readWithExceljs, readWithHucre]) {
    const sheets = await read(file)
    const [titles, first, second] = sheets.get('Lines') ?? []
    expect(titles).toEqual(['Text', 'Number', 'Time', 'Text (2)', 'Text (3)'])
    expect([first?.[0], first?.[3], first?.[4]].join('')).toBe(long)
    expect(first?.slice(1, 3)).toEqual([5, new Date('2026-11-22T10:00:00.123Z')])
    expect(second?.slice(0, 3)).toEqual(['=1+1', undefined, '1900-01-01T00:00:00.000000Z'])
    expect(sheets.get('About')?.slice(0, 2)).toEqual([
      ['Who', '<Ann> & co'],
      ['Lines', 2],
    ])
  }
})
