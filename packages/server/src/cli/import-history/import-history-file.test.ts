import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'
import { tryHistoryFile } from './import-history-file.ts'
import { importInto, ownType, readReport, recent } from './testing/import-into.ts'

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

const draft = (type: string, n: number, more: object = {}) => ({
  type,
  occurredAt: recent(n),
  actor: { type: 'user', name: 'Ann Lee', email: 'ann@acme.com' },
  data: { n },
  ...more,
})

const path = (name: string): string => join(dir, name)
const jsonl = (values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('')

const byN = (events: Record<string, unknown>[]): unknown[] =>
  events.map(({ data }) => (data as { n: number }).n).sort((a, b) => a - b)

describe('JSON lines without a mapping', () => {
  test('are events as the API takes them; again, and begun anew, they are stored once', async () => {
    const type = ownType()
    const file = path('events.jsonl')
    const own = { id: crypto.randomUUID() }
    await writeFile(
      file,
      `\ufeff${jsonl([draft(type, 1), draft(type, 2, own)])}\r\n\n${JSON.stringify(draft(type, 3))}`,
    )
    const first = await runImport({ file })
    expect(first).toEqual({ code: 0, lines: [`${file}: 4 lines read, 3 events imported, 0 refused.`] })
    const events = await server.find(`type:${type}`, 3)
    expect(events.map(({ occurredAt }) => occurredAt)).toEqual([recent(3), recent(2), recent(1)])
    expect(events[1]).toMatchObject({ ...own, outcome: 'success', source: 'api' })
    expect((await runImport({ file })).lines).toEqual([
      `${file}: nothing new since the last import. Use --restart to read it from its beginning.`,
    ])
    expect((await runImport({ file, restart: true })).code).toBe(0)
    await server.find(`type:${type}`, 3)
    await server.find('type:event_id_conflict', 0)
    await expect(stat(`${file}.refused.jsonl`)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('go on where the file has grown, and are recorded with who imported what', async () => {
    const type = ownType()
    const file = path(`grown-${type}.jsonl`)
    await writeFile(file, jsonl([draft(type, 1)]))
    await runImport({ file })
    await appendFile(file, jsonl([draft(type, 2), draft(type, 3)]))
    expect((await runImport({ file })).lines).toEqual([
      `${file}: 3 lines read, 2 events imported, 0 refused.`,
    ])
    expect(byN(await server.find(`type:${type}`, 3))).toEqual([1, 2, 3])
    const recorded = await server.find(`type:events_imported data.file:grown-${type}.jsonl`, 2)
    expect(recorded[0]).toMatchObject({
      outcome: 'success',
      actor: { type: 'user', name: expect.any(String) },
      data: {
        format: 'jsonl',
        imported: 2,
        refused: 0,
        lines: 3,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    })
    expect(recorded[1]).toMatchObject({ data: { imported: 1 } })
  })

  test('that cannot be stored are told with line and reason, mended in the report and imported from there', async () => {
    const type = ownType()
    const file = path('some-bad.jsonl')
    const lines = [
      draft(type, 1),
      draft(type, 2, { outcome: 'ok' }),
      '{"broken',
      draft(type, 4, { data: { n: 4, big: 1 } }),
      draft(type, 5, { occurredAt: '2099-01-01T00:00:00Z' }),
      { type, actor: { type: 'user', id: 'x' } },
      draft(type, 7),
    ].map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
    lines[3] = (lines[3] ?? '').replace('"big":1', '"big":9007199254740993')
    const bytes = Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), Buffer.from([0x7b, 0xff, 0x7d, 0x0a])])
    await writeFile(file, bytes)
    const told = await runImport({ file })
    expect(told.code).toBe(2)
    expect(told.lines[0]).toBe(`${file}: 8 lines read, 2 events imported, 6 refused.`)
    expect(told.lines.slice(1, 6)).toEqual([
      expect.stringMatching(/^ {2}line 2: outcome /),
      expect.stringMatching(/^ {2}line 3: is no JSON/),
      expect.stringMatching(/^ {2}line 4: data\.big is an integer beyond/),
      '  line 5: occurredAt is more than a day in the future',
      '  line 6: occurredAt is missing: history without its time would be dated to now',
    ])
    expect(byN(await server.find(`type:${type}`, 2))).toEqual([1, 7])

    const [header, ...refused] = await readReport(file)
    expect(header).toEqual({ refusedLinesOf: { format: 'jsonl', name: 'some-bad.jsonl', isReport: false } })
    expect(refused.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 8])
    expect(refused[0]).toMatchObject({
      record: draft(type, 2, { outcome: 'ok' }),
      problems: [{ path: 'outcome' }],
    })
    expect(refused[1]).toMatchObject({ text: '{"broken' })
    expect(refused[2]).toMatchObject({ text: lines[3] })
    expect(refused[5]).toMatchObject({ base64: 'e/99' })

    const mended = [
      header,
      { ...refused[0], record: draft(type, 2) },
      { line: 3, text: JSON.stringify(draft(type, 3)) },
      refused[2],
      { ...refused[3], record: draft(type, 5) },
      { line: 8, text: JSON.stringify(draft(type, 8)) },
    ]
    await writeFile(`${file}.refused.jsonl`, jsonl(mended))
    const again = await runImport({ file: `${file}.refused.jsonl` })
    expect(again.code).toBe(2)
    expect(byN(await server.find(`type:${type}`, 6))).toEqual([1, 2, 3, 5, 7, 8])
    const [, ...left] = await readReport(`${file}.refused.jsonl`)
    expect(left).toMatchObject([{ line: 4, text: lines[3], problems: [{ path: 'data.big' }] }])
  })

  test('stop at the first refused line if asked to, and go on behind it', async () => {
    const type = ownType()
    const file = path('stop.jsonl')
    await writeFile(file, jsonl([draft(type, 1), { type }, draft(type, 3), { type }, draft(type, 5)]))
    expect((await runImport({ file, stopAtFirst: true })).lines[0]).toBe(
      `${file}: 2 lines read, 1 events imported, 1 refused.`,
    )
    await server.find(`type:${type}`, 1)
    expect((await runImport({ file, stopAtFirst: true })).code).toBe(2)
    expect(byN(await server.find(`type:${type}`, 2))).toEqual([1, 3])
    expect((await runImport({ file })).code).toBe(0)
    expect((await readReport(file)).slice(1).map(({ line }) => line)).toEqual([2, 4])
    expect(byN(await server.find(`type:${type}`, 3))).toEqual([1, 3, 5])
  })

  test('get texts for their fields by --set', async () => {
    const type = ownType()
    const file = path('set.jsonl')
    await writeFile(
      file,
      jsonl([{ occurredAt: recent(1), actor: { type: 'user', name: 'Ann' }, type: 'Other' }]),
    )
    expect((await runImport({ file, set: [`type=${type}`, 'data.origin=old system'] })).code).toBe(0)
    const [event] = await server.find(`type:${type}`, 1)
    expect(event).toMatchObject({ data: { origin: 'old system' }, actor: { name: 'Ann' } })
  })
})

describe('a file', () => {
  test('that has changed where it was read is refused, with what to do', async () => {
    const type = ownType()
    const file = path('changed.jsonl')
    await writeFile(file, jsonl([draft(type, 1), draft(type, 2)]))
    await runImport({ file })
    await writeFile(file, jsonl([draft(type, 1), draft(type, 7), draft(type, 3)]))
    await expect(runImport({ file })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(
        'has changed since it was imported up to line 3: its beginning is another',
      ),
    })
    await writeFile(file, jsonl([draft(type, 1)]))
    await expect(runImport({ file })).rejects.toMatchObject({
      message: expect.stringContaining('it is shorter'),
    })
    expect((await runImport({ file, restart: true })).code).toBe(0)
    await server.find(`type:${type}`, 2)
    await writeFile(file, JSON.stringify(draft(type, 1)))
    await runImport({ file, restart: true })
    await appendFile(file, ' {}\n')
    await expect(runImport({ file })).rejects.toMatchObject({
      message: expect.stringContaining('its last line was not complete then'),
    })
  })

  test('is not gone on with under another mapping', async () => {
    const type = ownType()
    const file = path('mapped.jsonl')
    await writeFile(file, jsonl([draft(type, 1)]))
    await runImport({ file })
    await appendFile(file, jsonl([draft(type, 2)]))
    await expect(runImport({ file, set: ['data.x=y'] })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('with another mapping'),
    })
    await server.find(`type:${type}`, 1)
  })

  test('may be packed, also when it grows, and is refused where it ends in the middle', async () => {
    const type = ownType()
    const file = path('packed.jsonl.gz')
    const first = gzipSync(jsonl([draft(type, 1)]))
    await writeFile(file, first)
    expect((await runImport({ file })).code).toBe(0)
    await writeFile(file, Buffer.concat([first, gzipSync(jsonl([draft(type, 2)]))]))
    expect((await runImport({ file })).code).toBe(0)
    expect(byN(await server.find(`type:${type}`, 2))).toEqual([1, 2])
    const cut = path('cut.jsonl.gz')
    await writeFile(
      cut,
      gzipSync(jsonl(Array.from({ length: 500 }, (_, n) => draft(type, n)))).subarray(0, 3000),
    )
    await expect(runImport({ file: cut })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('is no whole gzip file'),
    })
  })

  test('that is none, or in another encoding, is refused in words', async () => {
    await expect(runImport({ file: path('none.jsonl') })).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read'),
    })
    await expect(runImport({ file: dir })).rejects.toMatchObject({
      message: expect.stringContaining('is a folder'),
    })
    const file = path('utf16.csv')
    await writeFile(file, Buffer.from('\ufeffa;b\n', 'utf16le'))
    await expect(runImport({ file, format: 'csv', set: [] })).rejects.toMatchObject({
      message: expect.stringContaining('UTF-16'),
    })
    const empty = path('empty.jsonl')
    await writeFile(empty, '')
    expect((await runImport({ file: empty })).code).toBe(0)
  })

  test('never has a report of somebody else overwritten', async () => {
    const type = ownType()
    const file = path('report.jsonl')
    await writeFile(file, jsonl([{ type }]))
    await writeFile(`${file}.refused.jsonl`, 'mine')
    await expect(runImport({ file })).rejects.toMatchObject({ code: 'conflict' })
    expect(await readFile(`${file}.refused.jsonl`, 'utf8')).toBe('mine')
    expect((await runImport({ file, report: path('other.jsonl') })).code).toBe(2)
    expect((await runImport({ file, restart: true })).lines[0]).toContain('.refused.jsonl.old')
    expect(await readFile(`${file}.refused.jsonl.old`, 'utf8')).toBe('mine')
  })

  test('is only looked at in a dry run', async () => {
    const type = ownType()
    const file = path('dry.jsonl')
    await writeFile(file, jsonl([...Array.from({ length: 5 }, (_, n) => draft(type, n)), { type }]))
    const lines: string[] = []
    const output = { print: (line: string) => void lines.push(line), progress: { write: () => true } }
    const request = { file, format: 'jsonl', set: [], dataDir: dir, target: server.url } as const
    expect(await tryHistoryFile(request, output)).toBe(2)
    expect(lines.slice(0, 3).map((line) => (JSON.parse(line) as { data: unknown }).data)).toEqual([
      { n: 0 },
      { n: 1 },
      { n: 2 },
    ])
    expect(lines[3]).toContain('5 events could be sent, 1 lines not. Nothing was sent.')
    expect(lines[4]).toMatch(/^ {2}line 6: /)
    expect(await readdir(dir)).toEqual(['dry.jsonl'])
    await server.find(`type:${type}`, 0)
  })
})

describe('events that are too old', () => {
  test('are refused by line, and one event tells of them', async () => {
    const type = ownType()
    const file = path(`old-${type}.jsonl`)
    const old = (n: number): string => `2020-01-01T00:00:00.${String(n).padStart(6, '0')}Z`
    const drafts = Array.from({ length: 2500 }, (_, n) =>
      draft(type, n, n % 2 === 0 ? {} : { occurredAt: old(n) }),
    )
    await writeFile(file, jsonl(drafts))
    const told = await runImport({ file })
    expect(told.code).toBe(2)
    expect(told.lines[0]).toBe(
      `${file}: 2,500 lines read, 1,250 events imported, 1,250 refused, 1,250 of them older than the 400 days for ` +
        `which events are kept (${old(1)} to ${old(2499)}).`,
    )
    const [event] = await server.find(`type:events_too_old data.file:old-${type}.jsonl`, 1)
    expect(event).toMatchObject({
      data: { count: 1250, oldest: old(1), newest: old(2499), retentionDays: 400, name: `old-${type}.jsonl` },
    })
    const [, ...refused] = await readReport(file)
    expect(refused.map(({ line }) => line)).toEqual(Array.from({ length: 1250 }, (_, i) => i * 2 + 2))
  })
})
