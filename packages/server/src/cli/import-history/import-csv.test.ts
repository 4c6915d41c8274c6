import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hostileTexts } from '../../search/export/testing/hostile-text.ts'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'
import { importInto, ownType, recent } from './testing/import-into.ts'

let server: TestServer
let dir: string

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => server.remove())
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-import-'))
})
afterEach(async () => rm(dir, { recursive: true, force: true }))

type Request = Omit<Parameters<typeof importInto>[1], 'dataDir'>
const runImport = async (request: Request) => importInto(server, { dataDir: dir, ...request })

const path = (name: string): string => join(dir, name)

describe('CSV with a mapping', () => {
  const mapping = {
    fields: {
      type: { from: 'Action', as: 'event_type' },
      occurredAt: 'When',
      'actor.type': { value: 'user' },
      'actor.name': 'Who',
      'context.ip': 'Address',
    },
  }

  test('keeps hostile texts, in names and cells, as they are', async () => {
    const type = ownType()
    const file = path('hostile.csv')
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
    const texts = hostileTexts.filter((text) => text.isWellFormed())
    const column = 'Note "; drop\ntable __proto__'
    const rows = texts.map((text, n) => [
      `2026-11-20 10:00:00.${String(n).padStart(6, '0')}`,
      text,
      type,
      text,
    ])
    const lines = [['When', 'Who', 'Action', column], ...rows].map((row) => row.map(quote).join(';'))
    await writeFile(file, `\ufeff${lines.join('\r\n')}\r\n`)
    await writeFile(path('map.json'), JSON.stringify(mapping))
    const told = await runImport({ file, format: 'csv', map: path('map.json') })
    expect(told).toMatchObject({ code: 0 })
    const found = await server.find(`type:${type}`, texts.length, '&from=2026-11-19')
    const noteOf = ({ data, actor }: Record<string, unknown>) => [
      (data as Record<string, unknown>)[column],
      (actor as { name: string }).name,
    ]
    expect(found.toReversed().map(noteOf)).toEqual(texts.map((text) => [text, text]))
  })

  test('refuses rows of another width by line, and mended they come in with their columns', async () => {
    const type = ownType()
    const file = path('rows.csv')
    const good = (n: number): string => `${recent(n)},Ann,${type},10.0.0.${n}`
    await writeFile(file, `When,Who,Action,Address\n${good(1)}\nshort,row\n"open\n${good(4)}\n`)
    await writeFile(path('map.json'), JSON.stringify(mapping))
    const told = await runImport({ file, format: 'csv', map: path('map.json') })
    expect(told.lines.slice(0, 3)).toEqual([
      `${file}: 5 lines read, 2 events imported, 2 refused.`,
      '  line 3: has 2 fields; the header has 4',
      '  line 4: begins a quote that is not closed',
    ])
    const report = `${file}.refused.jsonl`
    const text = await readFile(report, 'utf8')
    await writeFile(report, text.replace('"short,row"', JSON.stringify(good(3))))
    await expect(runImport({ file: report, map: path('map.json') })).rejects.toMatchObject({
      message: 'This is a report of a csv file: use import csv.',
    })
    expect((await runImport({ file: report, format: 'csv', map: path('map.json') })).code).toBe(2)
    const found = await server.find(`type:${type}`, 3)
    expect(found.map(({ context }) => (context as { ip: string }).ip)).toEqual([
      '10.0.0.4',
      '10.0.0.3',
      '10.0.0.1',
    ])
  })

  test('needs a mapping, and a header that names each column once', async () => {
    const file = path('plain.csv')
    await writeFile(file, 'a,b,a\n1,2,3\n')
    await expect(runImport({ file, format: 'csv' })).rejects.toMatchObject({
      message: 'The header of the CSV file names "a" twice.',
    })
    await writeFile(file, 'a,b\n1,2\n')
    await expect(runImport({ file, format: 'csv' })).rejects.toMatchObject({
      message: expect.stringContaining('needs a mapping'),
    })
    await writeFile(path('map.json'), '{"fields": {"type": "x"}}')
    await expect(runImport({ file, format: 'csv', map: path('map.json') })).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ path: 'fields["occurredAt"]' })]),
    })
  })
})

test('a CSV of this product with Details that are none is refused by line', async () => {
  const file = path('edited.csv')
  await writeFile(file, 'Name,Email,Timestamp (UTC),Type,Data,Details\r\nAnn,,,,,nonsense\r\n')
  const told = await runImport({ file, format: 'csv' })
  expect(told.lines[1]).toBe('  line 2: Details and Data are not those of an exported event')
})
