import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { importPostgresLog, type ImportPostgresLogOptions } from './import-postgres-log.ts'
import { AuditLogForDrafts } from './testing/audit-log-for-drafts.ts'
import { createLogFolder, type LogFolder } from './testing/log-folder.ts'
import { hashSecret, queryLine } from './testing/log-text.ts'

let folder: LogFolder
let log: AuditLogForDrafts
let options: ImportPostgresLogOptions
beforeEach(async () => {
  folder = await createLogFolder()
  log = new AuditLogForDrafts()
  const quiet = (): void => undefined
  options = {
    path: folder.logDir,
    follow: false,
    positionFile: join(folder.dataDir, 'position.json'),
    sourceId: 'import',
    bindParameters: 'types',
    logins: [],
    ingest: log.ingest,
    hashSecret,
    clock: () => Date.now(),
    log: { info: quiet, warn: quiet, error: quiet },
  }
})
afterEach(async () => folder.remove())

test('an import reads to the end; the next one goes on there', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1'), queryLine(7, 2, 'select 2')])
  expect(await importPostgresLog(options)).toMatchObject({ linesRead: 2, eventsRecorded: 2 })
  await folder.append('1.json', [queryLine(7, 3, 'select 3')])
  expect(await importPostgresLog(options)).toMatchObject({ linesRead: 1, eventsRecorded: 1 })
  expect(log.sql()).toEqual(['select 1', 'select 2', 'select 3'])
  expect((await stat(options.positionFile)).mode & 0o777).toBe(0o600)
})

test('importing again from the beginning repeats the same events', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1'), queryLine(7, 2, 'select 2')])
  await importPostgresLog(options)
  await importPostgresLog({ ...options, positionFile: join(folder.dataDir, 'other.json') })
  expect(log.drafts).toHaveLength(2)
  expect(log.repeats).toBe(2)
})

test('an import that follows goes on until it is interrupted', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  const stopping = new AbortController()
  const done = importPostgresLog({ ...options, follow: true, signal: stopping.signal })
  await log.untilSql('select 1')
  await folder.append('1.json', [queryLine(7, 2, 'select 2')])
  await log.untilSql('select 2')
  stopping.abort()
  expect(await done).toMatchObject({ eventsRecorded: 2 })
})

test('a path without a log, and a position file that is none, are told', async () => {
  await expect(
    importPostgresLog({ ...options, path: join(folder.dataDir, 'nowhere') }),
  ).rejects.toMatchObject({
    code: 'invalid',
  })
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  await writeFile(options.positionFile, 'no position')
  await expect(importPostgresLog(options)).rejects.toThrow('holds no reading position')
})

test('an import that fails on the way says so', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  log.faults.push(new Error('bug'))
  await expect(importPostgresLog(options)).rejects.toMatchObject({ code: 'unavailable' })
})
