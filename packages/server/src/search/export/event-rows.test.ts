import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeCellText } from './cell-text.ts'
import { EventRows, layOut } from './event-rows.ts'
import { toLines } from './event-lines.ts'
import { exportColumnIds } from './export-columns.ts'
import { SheetXml } from './sheet-xml.ts'
import { makeEvent, makeOptions } from './testing/export-events.ts'
import { hostileText } from './testing/hostile-text.ts'

const text = fc.oneof(
  hostileText,
  fc.constantFrom('', '"', '\\', '\\"', '\\\\', '{"sql":"x"}', '}', ',"data":{', 'ordinary'),
  fc.tuple(fc.nat(120), hostileText).map(([padding, end]) => 'x'.repeat(padding) + end),
)
const json = fc.oneof(fc.jsonValue(), text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
const key = fc.oneof(
  fc.constantFrom(
    'sql',
    'rows',
    'error',
    'login',
    'database',
    'durationMs',
    'dialect',
    'data',
    '__proto__',
    's',
  ),
  text,
)
const data = fc.dictionary(key, json, { noNullPrototype: true })

const drawn = fc.record(
  {
    type: text,
    actor: fc.record({ type: text, name: text, id: text, email: text }, { requiredKeys: ['type'] }),
    occurredAt: fc.constantFrom(
      '2026-11-22T10:00:00.123456Z',
      '2026-11-23T00:00:00.000000Z',
      '1900-02-28T10:00:00.000000Z',
    ),
    data: fc.oneof(
      data,
      fc.tuple(data, json).map(([rest, sql]) => ({ ...rest, sql })),
    ),
    targets: fc.array(fc.record({ type: text, name: text, id: text }, { requiredKeys: ['type'] }), {
      maxLength: 3,
    }),
    context: fc.record({ ip: text, application: text, userAgent: text, unknown: json }, { requiredKeys: [] }),
    statement: fc.record({
      kind: text,
      tables: fc.array(fc.record({ name: text, access: fc.constantFrom('read', 'write') }), { maxLength: 3 }),
      normalized: text,
    }),
    attribution: fc.record(
      { login: text, claimed: fc.record({ name: text }), tool: text },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

/** The cells of a row: the plain text of each, by its column. */
function cellsOf(event: StoredEvent, columns: string | undefined): Map<string, string> {
  const xml = new SheetXml()
  const rows = new EventRows(xml, layOut(makeOptions(columns)))
  const lines = toLines([makeEvent(1), event])
  const start = lines.indexOf('\n') + 1
  rows.write(2, lines, start, lines.length - 1)
  const row = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(xml.out.take())
  expect(row).toMatch(/^<row r="2">.*<\/row>$/s)
  const cell =
    /<c r="([A-Z]+)2"[^>]*>(?:<is><t(?: xml:space="preserve")?>|<v>)([^<]*)(?:<\/t><\/is>|<\/v>)<\/c>/gy
  cell.lastIndex = '<row r="2">'.length
  const cells = new Map<string, string>()
  for (let match = cell.exec(row); match; match = cell.exec(row)) cells.set(match[1]!, match[2]!)
  return cells
}

test('a row holds what its columns read from the parsed event, whatever the event holds', () => {
  const check = (event: StoredEvent, columns: string | undefined): void => {
    const { columns: read } = makeOptions(columns)
    const found = [...cellsOf(event, columns).values()]
    const expected = read.flatMap((column) => {
      const value = column.read(event, toPublicEvent)
      if (value === undefined) return []
      if ('number' in value) return [String(value.number)]
      if ('time' in value) return [undefined]
      return [escapeCellText('json' in value ? value.json : value.text).toWellFormed()]
    })
    expect(found.map((text, i) => (expected[i] === undefined ? undefined : text))).toEqual(expected)
  }
  fc.assert(
    fc.property(drawn, (fields) => {
      // As events come: parsed from JSON.
      const event = JSON.parse(JSON.stringify(makeEvent(7, fields as Partial<StoredEvent>))) as StoredEvent
      check(event, undefined)
      check(event, 'details,id')
      check(event, exportColumnIds.join(','))
    }),
    { numRuns: 1500 },
  )
})
