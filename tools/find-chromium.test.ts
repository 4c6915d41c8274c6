import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from './find-chromium.mjs'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aleph-chromium-'))
  for (const name of ['google-chrome', 'mine']) {
    writeFileSync(join(folder, name), '#!/bin/sh\n')
    chmodSync(join(folder, name), 0o755)
  }
  writeFileSync(join(folder, 'chromium'), 'a file that is no program')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('CHROME_PATH comes before everything else', async () => {
  expect(await findChromium({ CHROME_PATH: join(folder, 'mine'), PATH: folder })).toBe(join(folder, 'mine'))
})

test('CHROME_PATH without a program is an error, not another browser', async () => {
  await expect(findChromium({ CHROME_PATH: join(folder, 'gone'), PATH: folder })).rejects.toThrow(
    'CHROME_PATH',
  )
})

test('a program on the PATH is found by its usual names', async () => {
  expect(await findChromium({ PATH: folder })).toBe(join(folder, 'google-chrome'))
})
