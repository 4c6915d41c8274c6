import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLogPath } from './check-log-path.ts'
import { createLogFolder, type LogFolder } from './testing/log-folder.ts'
import { queryLine } from './testing/log-text.ts'

let folder: LogFolder
beforeEach(async () => {
  folder = await createLogFolder()
})
afterEach(async () => folder.remove())

/** The message at `settings.path`; undefined if the path is right. */
async function faultOf(path: string): Promise<string | undefined> {
  try {
    await checkLogPath(path)
    return undefined
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    expect(error.code).toBe('invalid')
    expect(error.problems.map((problem) => problem.path)).toEqual(['settings.path'])
    return error.problems[0]?.message
  }
}

const put = async (name: string, text: string): Promise<string> => {
  const path = join(folder.dataDir, name)
  await writeFile(path, text)
  return path
}

test('a data directory, a log folder and a file with jsonlog are right; a file that is still empty, too', async () => {
  await folder.append('1.json', [queryLine(7, 1, 'select 1')])
  await put('PG_VERSION', '18\n')
  await put('current_logfiles', 'stderr log/1.log\njsonlog log/1.json\n')
  expect(await faultOf(folder.dataDir)).toBeUndefined()
  expect(await faultOf(folder.logDir)).toBeUndefined()
  expect(await faultOf(join(folder.logDir, '1.json'))).toBeUndefined()
  expect(await faultOf(await put('new.json', ''))).toBeUndefined()
})

test('what has no jsonlog tells which settings are needed', async () => {
  await put('PG_VERSION', '18\n')
  await put('current_logfiles', 'stderr log/1.log\n')
  for (const path of [folder.dataDir, folder.logDir, await put('text.log', 'LOG:  ready\n'.repeat(100))]) {
    expect(await faultOf(path)).toMatch(
      /logging_collector = on, log_destination = jsonlog, log_min_duration_statement = 0/,
    )
  }
})

test('a server that is too old is told so', async () => {
  await put('PG_VERSION', '14\n')
  expect(await faultOf(folder.dataDir)).toContain('PostgreSQL 14; jsonlog exists from version 15 on')
})

test('what does not exist, is no file or names no path is told so', async () => {
  expect(await faultOf(join(folder.dataDir, 'nowhere'))).toContain('does not exist')
  expect(await faultOf(join(await put('file', 'x'), 'below'))).toContain('does not exist')
  expect(await faultOf('/dev/null')).toContain('neither a directory nor a file')
  await put('PG_VERSION', '18\n')
  await put('current_logfiles', 'jsonlog log/gone.json\n')
  expect(await faultOf(folder.dataDir)).toContain('gone.json does not exist')
})

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be read tells what to do (not as root, who may read all)',
  async () => {
    const closed = join(folder.dataDir, 'closed')
    await mkdir(closed, { mode: 0o000 })
    expect(await faultOf(closed)).toContain('log_file_mode = 0640')
    await chmod(closed, 0o700)
  },
)
