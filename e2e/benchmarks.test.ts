import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { partNames, ratioOf, type PartName } from '../bench/benchmark.ts'
import { measureParts } from '../bench/measure-parts.ts'
import { saveResults } from '../bench/results-file.ts'
import { Testbed } from '../bench/testbed.ts'

/**
 * Every part of the benchmark at sizes that take seconds, against the real server and the real peers: that it still
 * measures all it promises. How fast anything is decides nothing here.
 */

let testbed: Testbed
beforeAll(async () => {
  testbed = await Testbed.open()
})
afterAll(async () => {
  await testbed.close()
  expect(existsSync(testbed.folder)).toBe(false)
})

const linesOf: Record<PartName, string[]> = {
  ingest: ['ingest.raw-chdb', 'ingest.postgres'],
  'single-events': ['single-events.p50', 'single-events.p99', 'single-events.bare-node'],
  visibility: ['visibility.p99', 'visibility.busy-p99', 'visibility.busy-newest'],
  reads: [
    'reads.newest',
    'reads.newest-by-size',
    'reads.person',
    'reads.rare-person',
    'reads.type',
    'reads.rare-type',
    'reads.application',
    'reads.rare-application',
    'reads.word',
    'reads.histogram',
    'reads.histogram-filtered',
    'reads.substring',
    'reads.substring-duckdb',
    'reads.start',
    'reads.bytes-per-event',
  ],
  insights: [
    'insights.people',
    'insights.dormant',
    'insights.tables',
    'insights.unused',
    'insights.queries',
    'insights.queries-by-size',
    'insights.slowest',
    'insights.tools',
    'insights.activity',
  ],
  excel: ['excel.download', 'excel.first-byte'],
  sql: ['sql.known-shapes', 'sql.new-shape', 'sql.ingest'],
  gateway: [
    'gateway.select-prepared-pipe',
    'gateway.select-prepared-pgbouncer',
    'gateway.select-simple-pipe',
    'gateway.select-simple-pgbouncer',
    'gateway.writes',
    'gateway.enforce',
    'gateway.rows',
    'gateway.rows-memory',
    'gateway.latency',
  ],
  page: [
    'page.first-view',
    'page.shift',
    'page.interaction',
    'page.scroll',
    'page.scroll-jumps',
    'page.live-frames',
    'page.live-astray',
  ],
  detections: ['detections.found', 'detections.false', 'detections.wait', 'detections.ingest'],
  backtests: ['backtests.median', 'backtests.slowest'],
}

/** What may be nothing at all: growing memory, what is added to a latency and lost in its noise, what moves, what is lost. */
const differences = new Set([
  'gateway.rows-memory',
  'gateway.latency',
  'page.shift',
  'page.live-astray',
  'detections.false',
])

test.each(partNames)(
  'the part %s measures all of its lines',
  async (part) => {
    const storedEventsFolder = join(testbed.folder, 'stored-events')
    const options = { testbed, storedEventsFolder, mode: 'smoke', only: [part], reseed: false } as const
    for await (const result of measureParts({ ...options, say: () => undefined })) {
      if ('error' in result) throw result.error
      expect(result.lines.map((line) => line.id)).toEqual(expect.arrayContaining(linesOf[part]))
      // A line says by name which program it misses.
      const measured = result.lines.filter(
        ({ id, meaning }) => !meaning.includes('not installed') && !differences.has(id),
      )
      for (const line of measured)
        expect({ id: line.id, ratio: ratioOf(line) > 0 }).toEqual({ id: line.id, ratio: true })
      await saveResults(testbed.folder, [result])
    }
    const document = await readFile(join(testbed.folder, 'docs', 'benchmarks.md'), 'utf8')
    expect(document).toContain('**Not a measurement:**')
  },
  300_000,
)
