import { hostileText } from '../../search/export/testing/hostile-text.ts'
import * as fc from 'fast-check'
import { parseCsv } from 'hucre/csv'
import { describe, expect, test } from 'vitest'
import { detectDelimiter, RecordSplitter, toFields, type RawRecord } from './split-records.ts'

type Options = ConstructorParameters<typeof RecordSplitter>[0]

const comma = ','.charCodeAt(0)
const csv: Options = { delimiter: comma }

/** Cuts the bytes before each of the places. */
function split(bytes: Buffer, options: Options, cuts: readonly number[] = []): RawRecord[] {
  const splitter = new RecordSplitter(options)
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
  const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end))
  return [...pieces.flatMap((piece) => splitter.push(Buffer.from(piece))), ...splitter.end()]
}

const told = (records: RawRecord[]) =>
  records.map(({ bytes, ...rest }) => ({ ...rest, text: bytes.toString() }))

function rowsOf(text: string, delimiter = ','): string[][] {
  const records = split(Buffer.from(text), { delimiter: delimiter.charCodeAt(0) })
  expect(records.filter(({ fault }) => fault !== undefined)).toEqual([])
  return records.map(({ bytes }) => toFields(bytes.toString(), delimiter))
}

const quoteField = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

const awkward = 'a,"b\r\nü""😀",c\r\n\r\nx,,"""\n"""\n"y",z,\r\nlast,"",é'

describe('records', () => {
  test('are the same wherever the bytes are cut, also inside a character, a line end or a doubled quote', () => {
    const bytes = Buffer.from(awkward)
    for (const options of [csv, {}]) {
      const whole = told(split(bytes, options))
      expect(whole.length).toBeGreaterThan(3)
      for (let first = 0; first <= bytes.length; first++) {
        for (let second = first; second <= bytes.length; second += 3) {
          expect(told(split(bytes, options, [first, second]))).toEqual(whole)
        }
      }
      const single = Array.from(bytes, (_, i) => i)
      expect(told(split(bytes, options, single))).toEqual(whole)
    }
  })

  test('know their line and where they end', () => {
    expect(told(split(Buffer.from('a,"b\n\nc"\r\nd,e\nf,g'), csv))).toEqual([
      { text: 'a,"b\n\nc"', line: 1, end: { offset: 10, line: 4 } },
      { text: 'd,e', line: 4, end: { offset: 14, line: 5 } },
      { text: 'f,g', line: 5, end: { offset: 17, line: 5 } },
    ])
    const resumed = new RecordSplitter({ delimiter: comma, start: { offset: 10, line: 4 } })
    expect(told(resumed.push(Buffer.from('d,e\n')))).toEqual([
      { text: 'd,e', line: 4, end: { offset: 14, line: 5 } },
    ])
  })

  test('any table is read as it was written, and as another reader reads it', () => {
    const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.array(
        fc.array(
          hostileText.map((text) => text.toWellFormed()),
          { minLength: width, maxLength: width },
        ),
        { minLength: 1, maxLength: 5 },
      ),
    )
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(500)), (rows, lineEnd, cuts) => {
        // A byte order mark at the beginning is not the table's.
        const text = rows
          .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))
          .join(lineEnd)
        const bytes = Buffer.from(text)
        const records = split(
          bytes,
          csv,
          cuts.filter((cut) => cut <= bytes.length),
        )
        expect(records.map((record) => toFields(record.bytes.toString(), ','))).toEqual(rows)
        expect(parseCsv(text, { delimiter: ',' })).toEqual(rows)
      }),
      { numRuns: 500 },
    )
  })

  test('with fields that need no quotes are read the same without them', () => {
    const fields = fc.array(
      hostileText.map((text) => text.toWellFormed()),
      { minLength: 2, maxLength: 4 },
    )
    fc.assert(
      fc.property(fields, (row) => {
        expect(rowsOf(`${row.map(quoteField).join(',')}\n`)).toEqual([row])
      }),
    )
  })

  test.each([';', '\t', '|'])('fields are separated by %j', (delimiter) => {
    expect(rowsOf(`a${delimiter}"b${delimiter}b"${delimiter}\n`, delimiter)).toEqual([
      ['a', `b${delimiter}b`, ''],
    ])
  })

  test('with misplaced quotes are refused one by one, and the next is read', () => {
    const text = 'a,b"c\n"a"b,c\n"a"\rx,d\nok,ok\n'
    expect(told(split(Buffer.from(text), csv)).map(({ fault, line }) => [line, fault])).toEqual([
      [1, 'has a quote in a field that does not begin with one'],
      [2, 'has text between the closing quote and the end of the field'],
      [3, 'has text between the closing quote and the end of the field'],
      [4, undefined],
    ])
  })

  test('after a quote that is never closed are read all the same', () => {
    const limits = { recordBytesMax: 100, keptBytesMax: 10 }
    const lines = Array.from({ length: 50 }, (_, i) => `row ${i},x`)
    const text = ['a,"open', ...lines, ''].join('\n')
    for (const piece of [1, 7, 1000]) {
      const cuts = Array.from({ length: Math.floor(text.length / piece) }, (_, i) => i * piece)
      const records = told(split(Buffer.from(text), { ...csv, limits }, cuts))
      expect(records[0]).toMatchObject({
        line: 1,
        fault: 'begins a quote that is not closed within 100 bytes',
      })
      expect(records.slice(1).map((record) => record.text)).toEqual(lines)
      expect(records.at(-1)).toMatchObject({ line: 51, end: { offset: text.length, line: 52 } })
    }
    const short = told(split(Buffer.from('a,"open\nb,c\n'), csv))
    expect(short).toMatchObject([
      { line: 1, fault: 'begins a quote that is not closed' },
      { text: 'b,c', line: 2 },
    ])
  })

  test('that are too long are refused, shown by their beginning, and counted to their end', () => {
    const limits = { recordBytesMax: 100, keptBytesMax: 10 }
    const text = `${'x'.repeat(1000)}\nshort\n${'y'.repeat(101)}`
    for (const options of [csv, {}]) {
      for (const cuts of [[], [1, 99, 100, 101, 102, 500, 1000, 1001]]) {
        expect(told(split(Buffer.from(text), { ...options, limits }, cuts))).toEqual([
          {
            text: 'x'.repeat(10),
            line: 1,
            end: { offset: 1001, line: 2 },
            fault: 'has 1000 bytes; a line may have 100',
          },
          { text: 'short', line: 2, end: { offset: 1007, line: 3 } },
          {
            text: 'y'.repeat(10),
            line: 3,
            end: { offset: 1108, line: 3 },
            fault: 'has 101 bytes; a line may have 100',
          },
        ])
      }
    }
  })
})

test.each([
  ['a,b;c,d', ','],
  ['"a,b,c";d', ';'],
  ['a\tb', '\t'],
  ['a|b|c', '|'],
  ['alone', ','],
])('the delimiter of %j is %j', (header, delimiter) => {
  expect(detectDelimiter(header)).toBe(delimiter)
})
