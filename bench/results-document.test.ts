import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  isMet,
  limitLine,
  peerLine,
  ratioOf,
  type Line,
  type PartName,
  type PartResult,
} from './benchmark.ts'
import { formatNumber, replaceSummary, writeDocument, writeSummary, writeTable } from './results-document.ts'
import { saveResults } from './results-file.ts'

function figure(median: number) {
  return { median, least: median - 1, most: median + 1, rounds: 3 }
}

function start(id: string, median: number) {
  return { id, title: `Line ${id}`, unit: 'ms' as const, ours: figure(median), meaning: `Meaning of ${id}.` }
}

const fast = limitLine(start('fast', 20), 40)
const slow = limitLine(start('slow', 50), 40)
const ahead = peerLine({ ...start('ahead', 300), unit: 'events/s' }, 'Peer', figure(100), {
  kind: 'at least',
  ratio: 3,
})
const behind = peerLine({ ...start('behind', 299), unit: 'events/s' }, 'Peer', figure(100), {
  kind: 'at least',
  ratio: 3,
})

function result(part: PartName, lines: Line[], fields: Partial<PartResult> = {}): PartResult {
  return {
    part,
    lines,
    versions: { PostgreSQL: '18.4' },
    conditions: ['A condition.'],
    mode: 'full',
    finishedAt: '2026-11-24T12:00:00.000Z',
    seconds: 60,
    commit: 'abcdef1234',
    machine: ['Processor: one', 'Disk: another'],
    ...fields,
  }
}

test('a ratio is ours by the peer or the limit, and its goal says which side is good', () => {
  expect([fast, slow, ahead, behind].map(ratioOf)).toEqual([0.5, 1.25, 3, 2.99])
  expect([fast, slow, ahead, behind].map(isMet)).toEqual([true, false, true, false])
  expect(isMet({ ...start('told', 1), against: { kind: 'limit', value: 1 } })).toBeUndefined()
})

test('what could not be measured misses its goal', () => {
  const nothing = limitLine(
    { ...start('nothing', 1), ours: { median: NaN, least: NaN, most: NaN, rounds: 1 } },
    1,
  )
  expect(isMet(nothing)).toBe(false)
  expect(writeTable([result('reads', [nothing])])).toContain('not measured')
})

test('the table has a row for each line, with spread, ratio, goal and misses', () => {
  const rows = writeTable([result('reads', [fast, slow]), result('ingest', [ahead, behind])]).split('\n')
  expect(rows).toEqual([
    '| what | ours | compared with | ratio | goal | |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    '| Line fast | 20 ms (19 – 21) | limit 40 ms | 0.5 | ≤ 1 | met |',
    '| Line slow | 50 ms (49 – 51) | limit 40 ms | 1.25 | ≤ 1 | **MISSED** |',
    '| Line ahead | 300 events/s (299 – 301) | Peer 100 events/s (99 – 101) | 3 | ≥ 3 | met |',
    '| Line behind | 299 events/s (298 – 300) | Peer 100 events/s (99 – 101) | 2.99 | ≥ 3 | **MISSED** |',
  ])
})

test('numbers keep three digits that count', () => {
  expect([0.38123, 12.345, 99.95, 12_345.6, 0].map(formatNumber)).toEqual([
    '0.381',
    '12.3',
    '100',
    '12,346',
    '0',
  ])
})

describe('the document', () => {
  const document = writeDocument([result('ingest', [ahead, behind]), result('reads', [fast])])

  test('counts the goals and names what was missed', () => {
    expect(document).toContain('**2 of 3 goals are met.** Missed: Line behind.')
  })

  test('tells what each line means, when, on what and with which versions it was measured', () => {
    for (const line of [ahead, behind, fast])
      expect(document).toContain(`- **${line.title}**: ${line.meaning}`)
    expect(document).toContain('at commit abcdef1234')
    expect(document).toContain('2026-11-24T12:00:00.000Z')
    expect(document).toContain('PostgreSQL 18.4')
    expect(document).toContain('Ingest, Reading:\n\n- Processor: one\n- Disk: another')
  })

  test('says so where a part ran at small sizes', () => {
    expect(document).not.toContain('Not a measurement')
    const quick = [result('ingest', [ahead], { mode: 'quick' }), result('reads', [fast])]
    expect(writeDocument(quick)).toContain('> **Not a measurement:** Ingest ran')
    expect(writeSummary(quick)).toContain('> **Not a measurement:** Ingest ran')
  })

  test('goes into the README between its markers and leaves the rest alone', () => {
    const readme = 'before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n'
    const replaced = replaceSummary(readme, 'new')
    expect(replaced).toBe('before\n<!-- benchmarks -->\n\nnew\n\n<!-- /benchmarks -->\nafter\n')
    expect(replaceSummary(replaced, 'newer')).not.toContain('new\n')
    expect(() => replaceSummary('nothing', 'new')).toThrow('<!-- benchmarks -->')
  })
})

describe('saved results', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aleph-bench-test-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8')

  test('of a part that is measured again replace that part alone and keep the order of the document', async () => {
    await saveResults(folder, [result('reads', [fast])])
    await saveResults(folder, [result('ingest', [behind])])
    await saveResults(folder, [result('reads', [slow], { finishedAt: '2026-11-25T12:00:00.000Z' })])
    const document = await read('docs/benchmarks.md')
    expect(document).toContain('**0 of 2 goals are met.**')
    expect(document.indexOf('## Ingest')).toBeLessThan(document.indexOf('## Reading'))
    expect(document).toContain('2026-11-24T12:00:00.000Z')
    expect(document).toContain('2026-11-25T12:00:00.000Z')
    expect(document).not.toContain('Line fast')
  })

  test('stand in the README in their short form, with misses marked', async () => {
    await writeFile(join(folder, 'README.md'), '# Name\n<!-- benchmarks --><!-- /benchmarks -->\n## More\n')
    await saveResults(folder, [result('ingest', [ahead, behind])])
    const readme = await read('README.md')
    expect(readme).toContain('| Line ahead | 300 events/s | Peer 100 events/s | 3 | ≥ 3 |')
    expect(readme).toContain('| **✗** 2.99 |')
    expect(readme).toContain('1 of 2 goals are met')
    expect(readme).toContain('## More')
  })
})
