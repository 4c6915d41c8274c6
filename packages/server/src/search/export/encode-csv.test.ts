import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as fc from 'fast-check'
import { parseCsv } from 'hucre/csv'
import { expect, test } from 'vitest'
import { encodeCsv } from './encode-csv.ts'
import type { ExportOptions } from './export-options.ts'
import { collect, makeEvent, makeOptions, makeQuery, pagesOf } from './testing/export-events.ts'
import { hostileText, hostileTexts } from './testing/hostile-text.ts'

async function encode(events: readonly StoredEvent[], options: ExportOptions): Promise<string> {
  const file = await collect(encodeCsv(pagesOf(events, 3), options))
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file)
}

/** RFC 4180 as it is written down, against which the file is read back. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  for (let match = field.exec(text); match; match = field.exec(text)) {
    row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'))
    if (match[3] === '\r\n') {
      rows.push(row)
      row = []
    }
    if (field.lastIndex === text.length) return rows
  }
  throw new Error('This is no CSV.')
}

test('a file is UTF-8 with a byte order mark, CRLF and a header', async () => {
  const file = await collect(
    encodeCsv(pagesOf([makeQuery(1, 'select 1')]), makeOptions('timestamp,name,data')),
  )
  expect(file.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  expect(file.toString('utf8', 3)).toBe(
    'Timestamp (UTC),Name,Data\r\n2026-11-22T10:00:00.123456Z,Ann Lee,select 1\r\n',
  )
})

test('times have six digits and numbers are plain', async () => {
  const event = makeEvent(1, {
    occurredAt: '2026-11-22T10:00:00Z',
    data: { rows: 1_000_000, durationMs: 0.5 },
  })
  const text = await encode([event], makeOptions('timestamp,rows,durationMs'))
  expect(text.split('\r\n')[1]).toBe('2026-11-22T10:00:00.000000Z,1000000,0.5')
})

test('an export without events has its header', async () => {
  expect(await encode([], makeOptions('name,data'))).toBe('\ufeffName,Data\r\n')
})

test('only what must be quoted is quoted', async () => {
  const texts = ['plain', 'a,b', 'a"b', 'a\nb', 'a\rb', ' spaces ']
  const text = await encode(
    texts.map((sql, i) => makeQuery(i, sql)),
    makeOptions('data'),
  )
  expect(text).toBe('\ufeffData\r\nplain\r\n"a,b"\r\n"a""b"\r\n"a\nb"\r\n"a\rb"\r\n spaces \r\n')
})

test('any text comes back as it was, but for lone surrogates', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 10 }), async (texts) => {
      const events = texts.map((sql, i) => makeQuery(i, sql))
      const text = await encode(events, makeOptions('data,id'))
      expect(readCsv(text.slice(1)).slice(1)).toEqual(
        events.map((event, i) => [texts[i]?.toWellFormed(), event.id]),
      )
    }),
    { numRuns: 300 },
  )
})

test('another reader reads every hostile text as it was', async () => {
  const events = hostileTexts.map((sql, i) => makeQuery(i, sql))
  const text = await encode(events, makeOptions('data,id'))
  const rows = parseCsv(text).slice(1)
  expect(rows.map(([data]) => data)).toEqual(hostileTexts.map((sql) => sql.toWellFormed()))
})

test('with csvSafe a text that looks like a formula has an apostrophe before it, and nothing else changes', async () => {
  const texts = [
    '=1+1',
    '+1',
    '-1',
    '@x',
    'a=1',
    '',
    "'=1",
    ' =1',
    '=a,"b"',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
  ]
  const events = texts.map((name, i) => makeEvent(i, { actor: { type: 'user', name }, data: { rows: -5 } }))
  const read = async (csvSafe: boolean): Promise<string[][]> =>
    readCsv((await encode(events, makeOptions('name,rows', { csvSafe }))).slice(1)).slice(1)
  expect(await read(false)).toEqual(texts.map((text) => [text, '-5']))
  const safe = [
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    'a=1',
    '',
    "'=1",
    ' =1',
    '\'=a,"b"',
    "'\t=1",
    "'\r=1",
    "'\n=1",
    "'＝1",
    "'＋1",
    "'－1",
    "'＠x",
  ]
  expect(await read(true)).toEqual(safe.map((text) => [text, '-5']))
})

test('a megabyte of text in one cell is whole', async () => {
  const sql = 'x,"\n'.repeat(250_000)
  expect(readCsv((await encode([makeQuery(1, sql)], makeOptions('data'))).slice(1))).toEqual([
    ['Data'],
    [sql],
  ])
})
