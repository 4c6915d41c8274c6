import { randomInt } from 'node:crypto'
import { appendFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { postgresLogLimits } from './log-limits.ts'
import { AuditLogForDrafts } from './testing/audit-log-for-drafts.ts'
import { createLogFolder, type LogFolder } from './testing/log-folder.ts'
import { logLine, queryLine } from './testing/log-text.ts'
import {
  startTestCapture,
  type SavedPosition,
  type TestCaptureOptions,
} from './testing/start-test-capture.ts'
import type { CaptureCounts, PostgresLogCapture } from './postgres-log-capture.ts'

let folder: LogFolder
let log: AuditLogForDrafts
beforeEach(async () => {
  folder = await createLogFolder()
  log = new AuditLogForDrafts()
})
afterEach(async () => folder.remove())

const startMs = Date.UTC(2026, 10, 22, 10)

async function capturing(
  options: Omit<TestCaptureOptions, 'into'>,
  work: (capture: PostgresLogCapture) => Promise<void>,
): Promise<CaptureCounts> {
  const capture = startTestCapture(folder.logDir, { into: log, ...options })
  try {
    await work(capture)
  } finally {
    await capture.close()
  }
  return capture.counts()
}

test('files that are there are read from their beginning, and the status tells how it goes', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1'), queryLine(7, 2, 'select 2')])
  const counts = await capturing({}, async (capture) => {
    await log.untilSql('select 2')
    expect(capture.status()).toMatchObject({ state: 'running', linesRead: 2, gaps: 0 })
  })
  expect(counts).toEqual({ linesRead: 2, eventsRecorded: 2, eventsRefused: 0, gaps: 0, malformedLines: 0 })
})

test('it waits for a log file and a log folder that are not there yet', async () => {
  const path = join(folder.dataDir, 'later')
  const capture = startTestCapture(path, { into: log })
  await expect
    .poll(() => capture.status())
    .toMatchObject({ state: 'waiting', message: expect.stringContaining('does not exist') })
  await rename(folder.logDir, path)
  await expect.poll(() => capture.status().message).toContain('no jsonlog file yet')
  await appendFile(join(path, '1.json'), `${queryLine(7, 1, 'select 1')}\n`)
  await log.untilSql('select 1')
  expect(capture.status().state).toBe('running')
  await capture.close()
})

test('the log may be full for a while: the capture says that it waits, and loses nothing', async () => {
  for (let i = 0; i < 10; i++) log.faults.push(new AuditError('storage_full', 'The disk is full.'))
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  let states = ''
  await capturing({ limits: { ...postgresLogLimits, retryMs: { first: 10, max: 10 } } }, async (capture) => {
    await expect.poll(() => capture.status().message).toBe('The disk is full.')
    states += capture.status().state
    await log.untilSql('select 1')
    await expect.poll(() => capture.status().state).toBe('running')
  })
  expect(states).toBe('waiting')
})

test('lines that cannot be read are counted and never stop it; what is missing in a session is told', async () => {
  await folder.append('1.json', [
    queryLine(7, 1, 'select 1'),
    queryLine(7, 2, 'select 2').slice(0, 300),
    'no JSON at all',
    '{"timestamp":"2026-11-22 10:00:00.000 UTC"}',
    queryLine(7, 3, 'select 3'),
  ])
  const warnings: string[] = []
  const warn = (message: string): void => void warnings.push(message)
  const counts = await capturing({ log: { info: warn, warn, error: warn } }, async (capture) => {
    await log.untilSql('select 3')
    expect(capture.status().message).toBe('3 lines could not be read.')
  })
  expect(counts).toMatchObject({ linesRead: 5, malformedLines: 3, gaps: 1 })
  expect(log.ofType('log_gap_detected').map(({ data }) => data)).toMatchObject([
    { reason: 'lines_missing', from: 2, to: 2 },
  ])
  expect(warnings.join()).toMatch(/^3 lines of the PostgreSQL log/)
})

test('a server that speaks another language is told about', async () => {
  await folder.append('1.json', [logLine(7, 1, { message: 'Dauer: 0,473 ms  Anweisung: select 1' })])
  await capturing({}, async (capture) => {
    await expect.poll(() => capture.status().message).toContain('lc_messages')
  })
})

/** Fails in the ways of a crash: after the events are durable, the position is not saved. */
class Crash extends Error {}

test('after any number of crashes between keeping events and saving the position, each event is there once', async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => {
    const pid = 1 + (i % 7)
    return queryLine(pid, 1 + Math.floor(i / 7), `select ${i}`, startMs)
  })
  await folder.append('1.json', lines.slice(0, 1200))
  await folder.append('2.json', [queryLine(50, 1, 'select -1', startMs + 60_000), ...lines.slice(1200)])
  const saved: SavedPosition = { json: undefined }
  let isDone = false
  for (let crashes = 0; !isDone; crashes++) {
    let batches = 0
    const crashAt = crashes < 40 ? 1 + randomInt(3) : Number.POSITIVE_INFINITY
    const ingest = async (drafts: EventDraft[]): Promise<void> => {
      await log.ingest(drafts)
      if (++batches >= crashAt) throw new Crash()
    }
    const limits = { ...postgresLogLimits, readBytes: 5000, batchEventsMax: 50, pollMs: 5 }
    const capture = startTestCapture(folder.logDir, { into: log, saved, ingest, limits, follow: false })
    await capture.ended
    isDone = capture.status().state !== 'failed'
  }
  expect(log.sql().toSorted()).toEqual(['select -1', ...lines.map((_, i) => `select ${i}`)].toSorted())
  expect(log.repeats).toBeGreaterThan(0)
  expect(log.ofType('log_gap_detected')).toEqual([])
})

test('a position that could not be saved only makes it read more again', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  const savePosition = async (): Promise<void> => {
    throw new Error('database is locked')
  }
  await capturing({ savePosition }, async (capture) => {
    await log.untilSql('select 1')
    await folder.append('1.json', [queryLine(7, 2, 'select 2')])
    await log.untilSql('select 2')
    expect(capture.status().state).toBe('running')
  })
})

test('a position of another version is not believed: the capture says so', async () => {
  const saved = { json: JSON.stringify({ version: 2 }) }
  const capture = startTestCapture(folder.logDir, { into: log, saved })
  await capture.ended
  expect(capture.status()).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('another version'),
  })
})

test('a file that is gone at a restart is told once; reading goes on with the next', async () => {
  const saved: SavedPosition = { json: undefined }
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  await capturing({ saved }, async () => {
    await log.untilSql('select 1')
    await expect.poll(() => saved.json).toBeDefined()
  })
  await rename(join(folder.logDir, '1.json'), join(folder.dataDir, 'gone'))
  await folder.append('2.json', [queryLine(8, 1, 'select 2', startMs + 60_000)])
  for (let i = 0; i < 2; i++) await capturing({ saved }, async () => void (await log.untilSql('select 2')))
  expect(log.ofType('log_gap_detected').map(({ data }) => data)).toEqual([
    {
      reason: 'file_lost',
      file: join(folder.logDir, '1.json'),
      offset: queryLine(7, 1, 'select 1').length + 1,
    },
  ])
})

test('what waits for its end is saved with the position, masked', async () => {
  const saved: SavedPosition = { json: undefined }
  const statement = (lineNum: number, sql: string): string =>
    logLine(7, lineNum, { message: `statement: ${sql}` })
  await folder.append('1.json', [
    queryLine(7, 1, 'select 1'),
    statement(2, "alter role ann password 'hunter2'"),
  ])
  await capturing({ saved }, async () => {
    await log.untilSql('select 1')
    await expect.poll(() => saved.json).toContain('redacted')
  })
  expect(saved.json).not.toContain('hunter2')
  await folder.append('1.json', [logLine(7, 3, { message: 'duration: 2.5 ms' })])
  await capturing({ saved }, async () => {
    const draft = await log.until(({ data }) => data?.['durationMs'] === 2.5)
    expect(draft.data?.['sql']).toContain('alter role ann password')
  })
})

test('events older than the retention are left out and told in one event', async () => {
  const old = startMs - 500 * 86_400_000
  await folder.append('1.json', [queryLine(1, 1, 'old 1', old), queryLine(1, 2, 'old 2', old)])
  await folder.append('2.json', [queryLine(7, 1, 'select 1')])
  const ingest = async (drafts: EventDraft[]): Promise<void> => {
    const problems = drafts.flatMap(({ occurredAt = '' }, i) =>
      occurredAt < '2026-01-01'
        ? [{ path: `events[${i}].occurredAt`, message: 'is older than 400 days' }]
        : [],
    )
    if (problems.length > 0) throw new AuditError('invalid', 'No.', { problems })
    await log.ingest(drafts)
  }
  await capturing({ ingest }, async () => void (await log.until(({ type }) => type === 'events_too_old')))
  expect(log.sql()).toEqual(['select 1'])
  expect(log.ofType('events_too_old').map(({ data }) => data)).toMatchObject([{ count: 2 }])
})

test('every event fits, however large the statement, and says what was cut', async () => {
  const huge = `select '${'ü'.repeat(3_000_000)}' -- end`
  const line = logLine(7, 1, {
    message: `duration: 1 ms  execute <unnamed>: ${huge}`,
    detail: `Parameters: ${Array.from({ length: 60_000 }, (_, i) => `$${i + 1} = 'x'`).join(', ')}`,
    application_name: '\u0001'.repeat(60),
  })
  const failing = logLine(7, 2, {
    error_severity: 'ERROR',
    message: huge,
    statement: huge,
    state_code: '42601',
  })
  await writeFile(join(folder.logDir, '1.json'), `${line}\n${failing}\n${queryLine(7, 3, 'select 1')}\n`)
  const counts = await capturing(
    { settings: { bindParameters: 'full' } },
    async () => void (await log.untilSql('select 1')),
  )
  expect(counts).toMatchObject({ eventsRecorded: 3, eventsRefused: 0, malformedLines: 0, gaps: 0 })
  for (const draft of log.drafts.slice(0, 2)) {
    const { sql, sqlTruncatedBytes, sqlHash } = draft.data ?? {}
    const kept = typeof sql === 'string' ? sql : ''
    expect(huge.startsWith(kept)).toBe(true)
    expect(Buffer.byteLength(kept) + Number(sqlTruncatedBytes)).toBe(Buffer.byteLength(huge))
    expect(sqlHash).toMatch(/^[0-9a-f]{64}$/)
  }
})
