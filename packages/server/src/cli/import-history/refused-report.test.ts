import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Layout } from './interpret-record.ts'
import { RefusedReport } from './refused-report.ts'

let dir: string
let path: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-report-'))
  path = join(dir, 'x.refused.jsonl')
})
afterEach(async () => rm(dir, { recursive: true, force: true }))

const layout: Layout = { format: 'jsonl', name: 'x', isReport: false }
const header = `{"refusedLinesOf":${JSON.stringify(layout)}}\n`
const text = async (): Promise<string> => readFile(path, 'utf8')

async function write(report: RefusedReport, ...lines: string[]): Promise<number> {
  await report.append(lines, layout)
  return report.bytes
}

test('a report is made with its first line, readable for its owner alone', async () => {
  const report = await RefusedReport.open(path, undefined)
  await write(report)
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await write(report, 'a', 'b')).toBe(header.length + 4)
  await write(report, 'c')
  await report.close()
  expect(await text()).toBe(`${header}a\nb\nc\n`)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('what was written behind the saved position of a killed import is cut off and written again', async () => {
  const killed = await RefusedReport.open(path, undefined)
  const bytes = await write(killed, 'a')
  await write(killed, 'b', 'c')
  await appendFile(path, 'torn')
  await killed.close()
  const resumed = await RefusedReport.open(path, { bytes, isRunning: true })
  await write(resumed, 'b')
  await resumed.close()
  expect(await text()).toBe(`${header}a\nb\n`)

  const fromBeginning = await RefusedReport.open(path, { bytes: 0, isRunning: true })
  await fromBeginning.close()
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('the report of a finished import is gone on with at its end, also when it was mended', async () => {
  await writeFile(path, `${header}mended, and longer\n`)
  const next = await RefusedReport.open(path, { bytes: 10, isRunning: false })
  await write(next, 'z')
  await next.close()
  expect(await text()).toBe(`${header}mended, and longer\nz\n`)
})

test('a file of somebody else is left alone, and a report that was moved away is begun anew', async () => {
  await writeFile(path, 'mine')
  for (const saved of [undefined, { bytes: 0, isRunning: false }, { bytes: 100, isRunning: true }]) {
    await expect(RefusedReport.open(path, saved)).rejects.toMatchObject({ code: 'conflict' })
  }
  expect(await text()).toBe('mine')
  expect(await RefusedReport.putAside(path)).toBe(`${path}.old`)
  const begun = await RefusedReport.open(path, { bytes: 100, isRunning: true })
  await write(begun, 'a')
  await begun.close()
  expect(await text()).toBe(`${header}a\n`)
})
