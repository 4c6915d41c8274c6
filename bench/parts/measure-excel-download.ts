import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditServer } from '../audit-server.ts'
import { limitLine, peerLine, type Line, type PartOutcome } from '../benchmark.ts'
import { toFigure } from '../figures.ts'
import { packageVersion } from '../machine.ts'
import type { PartContext } from '../part.ts'
import { readLines } from '../read-lines.ts'
import { formatNumber } from '../results-document.ts'
import { copyDataDirectory, provideStoredEvents } from '../stored-events.ts'
import { limits } from '../../packages/server/src/config.ts'
import type { EncodeXlsxResult } from '../workers/encode-xlsx.ts'
import { measureEncoder } from './measure-excel-encoder.ts'

/** The download of a million rows: how fast, how soon, in how much memory; and its encoder alone. */
export async function measureExcelDownload(context: PartContext): Promise<PartOutcome> {
  const { testbed, sizes } = context
  const stored = await provideStoredEvents(context, sizes.reads.stored)
  const download = await testbed.withFolder('stored', async (folder) => {
    const dataDir = await copyDataDirectory(stored, folder)
    const eventsPath = join(folder, 'events.jsonl')
    const range = await testbed.withServer(dataDir, async (server) => {
      const range = await findRange(server, stored.now, sizes.excel.rows)
      await writeFile(eventsPath, await readEventLines(server, range, encodedEvents))
      return range
    })
    return measureRounds(context, dataDir, eventsPath, range)
  })
  return {
    lines: [...(await measureEncoder(context)), ...toLines(context, download)],
    versions: {
      chdb: packageVersion('chdb'),
      exceljs: packageVersion('exceljs'),
      zlib: process.versions.zlib,
    },
    conditions: [
      `The workbook has ${download.range.rows.toLocaleString('en-US')} rows and ${formatNumber(download.bytes / 1e6)} MB.`,
    ],
  }
}

/** Distinct events of the encoder's peer: more than any cache of a processor holds. */
const encodedEvents = 20_000

type Range = { from: string; to: string; rows: number }

type Download = {
  range: Range
  bytes: number
  rowsPerSecond: number[]
  encoderRowsPerSecond: number[]
  firstByteMs: number[]
  growthMb: number[]
  slowGrowthMb: number[]
}

/** The newest so many events: whole hours, counted by the histogram. */
async function findRange(server: AuditServer, to: string, rowsWanted: number): Promise<Range> {
  const from = new Date(Date.parse(to) - 30 * 86_400_000).toISOString()
  type Histogram = { buckets: { start: string; count: number }[] }
  const { buckets } = await server.getJson<Histogram>('/api/v1/events/histogram', {
    from,
    to,
    interval: '1h',
  })
  const range: Range = { from, to, rows: 0 }
  for (const bucket of buckets.reverse()) {
    range.rows += bucket.count
    if (range.rows >= rowsWanted) return { ...range, from: bucket.start }
  }
  return range
}

/** The newest events of the range as the lines of a download. */
async function readEventLines(server: AuditServer, { from, to }: Range, linesMax: number): Promise<string> {
  const lines: string[] = []
  for await (const line of readLines(server.download({ format: 'jsonl', from, to })))
    if (lines.push(line) === linesMax) break
  return lines.join('\n')
}

async function measureRounds(
  context: PartContext,
  dataDir: string,
  eventsPath: string,
  range: Range,
): Promise<Download> {
  const { testbed, sizes, say } = context
  const found: Download = {
    range,
    bytes: 0,
    rowsPerSecond: [],
    encoderRowsPerSecond: [],
    firstByteMs: [],
    growthMb: [],
    slowGrowthMb: [],
  }
  for (let round = 1; round <= sizes.excel.rounds; round++) {
    // A fresh process each time: memory that an earlier download left behind would hide what this one takes.
    await testbed.withServer(dataDir, async (server) => {
      await server.time('/api/v1/events')
      const growth = await watchMemory(server, async () => {
        const taken = await takeWorkbook(server, range)
        found.firstByteMs.push(taken.firstByteMs)
        found.rowsPerSecond.push(range.rows / taken.seconds)
        found.bytes = taken.bytes
      })
      if (growth !== undefined) found.growthMb.push(growth)
    })
    await testbed.withServer(dataDir, async (server) => {
      await server.time('/api/v1/events')
      const growth = await watchMemory(server, async () => {
        await takeWorkbook(server, range, {
          bytesPerSecond: slowBytesPerSecond,
          seconds: sizes.excel.slowSeconds,
        })
      })
      if (growth !== undefined) found.slowGrowthMb.push(growth)
    })
    const encoded = await testbed.callWorker<EncodeXlsxResult>('encode-xlsx', {
      eventsPath,
      rows: range.rows,
      pageBytes: limits.export.pageBytesMax,
    })
    found.encoderRowsPerSecond.push(range.rows / encoded.seconds)
    say(
      `round ${round}: ${Math.round(found.rowsPerSecond.at(-1) ?? 0)} rows/s over HTTP, encoder alone ` +
        `${Math.round(found.encoderRowsPerSecond.at(-1) ?? 0)}; memory grew by ${Math.round(found.growthMb.at(-1) ?? NaN)} MB, ` +
        `with a slow client by ${Math.round(found.slowGrowthMb.at(-1) ?? NaN)} MB`,
    )
  }
  return found
}

/** Far less than the server makes. */
const slowBytesPerSecond = 250_000

/** Downloads the workbook; a slow client takes so much a second and leaves after so many seconds. */
async function takeWorkbook(
  server: AuditServer,
  { from, to }: Range,
  slow?: { bytesPerSecond: number; seconds: number },
): Promise<{ firstByteMs: number; seconds: number; bytes: number }> {
  const startMs = performance.now()
  let firstByteMs = NaN
  let bytes = 0
  for await (const chunk of server.download({ format: 'xlsx', from, to })) {
    if (bytes === 0) firstByteMs = performance.now() - startMs
    bytes += chunk.length
    if (slow === undefined) continue
    const elapsedMs = performance.now() - startMs
    if (elapsedMs > slow.seconds * 1000) break
    await sleep(Math.max(0, (bytes / slow.bytesPerSecond) * 1000 - elapsedMs))
  }
  return { firstByteMs, bytes, seconds: (performance.now() - startMs) / 1000 }
}

/** The most by which the process's resident memory grew during an act; undefined where it cannot be read. */
async function watchMemory(server: AuditServer, act: () => Promise<void>): Promise<number | undefined> {
  const before = await server.memory()
  let mostMb = before?.nowMb ?? 0
  let isDone = false
  const watching = (async (): Promise<void> => {
    while (!isDone) {
      mostMb = Math.max(mostMb, (await server.memory())?.nowMb ?? 0)
      await sleep(50)
    }
  })()
  try {
    await act()
  } finally {
    isDone = true
    await watching
  }
  return before === undefined ? undefined : mostMb - before.nowMb
}

function toLines({ sizes }: PartContext, download: Download): Line[] {
  const rows = download.range.rows.toLocaleString('en-US')
  const whole = `Download as Excel of ${rows} rows with the default columns, over HTTP, from a fresh server`
  const lines: Line[] = [
    peerLine(
      {
        id: 'excel.download',
        title: 'Excel download, against its encoder alone',
        unit: 'rows/s',
        ours: toFigure(download.rowsPerSecond),
        meaning: `${whole}. Peer: the same encoder in a process of its own with the JSON of events in memory already, in pages of ${limits.export.pageBytesMax / 2 ** 20} MiB as the store gives them; what lies between is reading from the store and HTTP.`,
      },
      'encoder alone',
      toFigure(download.encoderRowsPerSecond),
      { kind: 'at least', ratio: 0.6 },
    ),
    limitLine(
      {
        id: 'excel.first-byte',
        title: 'Excel download, first byte',
        unit: 'ms',
        ours: toFigure(download.firstByteMs),
        meaning: `${whole}, from sending the request to the first byte of the workbook.`,
      },
      300,
    ),
  ]
  if (download.growthMb.length === 0) return lines
  const memory = (id: string, title: string, growthMb: number[], meaning: string): Line =>
    limitLine({ id, title, unit: 'MB', ours: toFigure(growthMb), meaning }, 150)
  return [
    ...lines,
    memory(
      'excel.memory',
      'Excel download, growth of memory',
      download.growthMb,
      `${whole}: the most that the whole process had resident during it less what it had before.`,
    ),
    memory(
      'excel.memory-slow',
      'Excel download by a slow client, growth of memory',
      download.slowGrowthMb,
      `The same for a client that takes ${slowBytesPerSecond / 1000} kB a second and leaves after ${sizes.excel.slowSeconds} s.`,
    ),
  ]
}
