import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeCellText } from './cell-text.ts'
import { SheetXml } from './sheet-xml.ts'
import { hostileText, hostileTexts } from './testing/hostile-text.ts'
import { XmlBytes } from './xml-bytes.ts'

function written(write: (out: XmlBytes) => void): string {
  const out = new XmlBytes()
  write(out)
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(out.take())
}

const anyText = fc
  .tuple(hostileText, fc.nat(40), fc.constantFrom('', 'é', '_x0041', '&', '"\\\n', '\ud800'))
  .map(([text, padding, end]) => 'x'.repeat(padding) + text + end)

test('bytes hold what the plain way of escaping gives, as text and as JSON', () => {
  const check = (text: string): void => {
    const xml = escapeCellText(text).toWellFormed()
    expect(written((out) => out.writeText(text))).toBe(xml)
    const json = Buffer.from(JSON.stringify(text))
    const copied = written((out) => {
      if (!out.copyText(json, 1, json.length - 1)) out.writeText(text)
    })
    expect(copied).toBe(xml)
    const copiedJson = written((out) => {
      if (!out.copyJson(json, 0, json.length)) out.writeText(json.toString())
    })
    expect(copiedJson).toBe(escapeCellText(JSON.stringify(text)))
  }
  for (const text of hostileTexts) check(text)
  fc.assert(fc.property(anyText, check), { numRuns: 3000 })
})

test('ordinary texts are copied, a text that may hold an escape or what XML cannot hold is not', () => {
  const isCopied = (text: string): boolean => {
    const json = Buffer.from(JSON.stringify(text))
    return new XmlBytes().copyText(json, 1, json.length - 1)
  }
  for (const text of [
    'a < b && c > "d"',
    'é中\u{1f600}\ufeff',
    'a\tb\r\nc\\d',
    '_x0041',
    '_xlnm_x',
    'max_x2_',
  ])
    expect(isCopied(text)).toBe(true)
  for (const text of ['_x0041_', '_x0041\r', '_X00e9\ufffe', '\ufffe', '\ufffe\uffff', '\u0001', '\ud800'])
    expect(isCopied(text)).toBe(false)
})

test('numbers are written as JSON writes them', () => {
  const edges = [0, -0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, -1, 1e21, 5e-324, 0.1]
  const check = (value: number): void => {
    expect(written((out) => out.writeNumber(value))).toBe(JSON.stringify(value))
  }
  edges.forEach(check)
  fc.assert(fc.property(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), check))
})

test('what was taken stays as it is while the next is written, also where a buffer has grown', () => {
  const out = new XmlBytes()
  const piece = out.keep('<piece/>')
  const texts = ['a', 'é&'.repeat(400_000), 'b'.repeat(300_000), '<'.repeat(10), 'c'.repeat(600_000)]
  let before: { taken: Uint8Array; text: string } | undefined
  for (const text of texts) {
    out.copyPiece(piece)
    out.writeText(text)
    if (before) expect(Buffer.from(before.taken).toString() === before.text).toBe(true)
    before = { taken: out.take(), text: `<piece/>${escapeCellText(text)}` }
    expect(Buffer.from(before.taken).toString() === before.text).toBe(true)
  }
  expect(out.size).toBe(texts.reduce((sum, text) => sum + 8 + Buffer.byteLength(escapeCellText(text)), 0))
})

test('the number of the row stands in every cell, from 1 to the last row of a sheet', () => {
  const rows = [1, 2, 8, 9, 10, 11, 12, 98, 99, 100, 101, 999, 1000, 1001, 999_999, 1_000_000, 1_048_576]
  const xml = new SheetXml()
  for (const row of rows) {
    xml.startRow(row)
    xml.textCell(0, 'a')
    xml.numberCell(27, 5)
    xml.timeCell(70, 45_000, 43_200_000)
    xml.endRow()
    expect(Buffer.from(xml.out.take()).toString()).toBe(
      `<row r="${row}"><c r="A${row}" t="inlineStr"><is><t>a</t></is></c><c r="AB${row}"><v>5</v></c>` +
        `<c r="BS${row}" s="2"><v>45000.50000000000</v></c></row>`,
    )
  }
})
