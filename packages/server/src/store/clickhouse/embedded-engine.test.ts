import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedEngine } from './embedded-engine.ts'
import type { Engine } from './engine.ts'

let dir: string
let engine: Engine
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engine-'))
  engine = await openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 300, long: 60_000 },
  })
  await engine.command('apply', 'CREATE TABLE numbers (n UInt8, t DateTime) ENGINE = MergeTree ORDER BY n')
})
afterAll(async () => {
  await engine.close()
  await rm(dir, { recursive: true, force: true })
})

describe('errors of the embedded engine', () => {
  it.each([
    ['a field that no column has', '{"n":1,"other":2}'],
    ['a value of another type', '{"n":"one"}'],
    ['a time that is none', '{"n":1,"t":"yesterday"}'],
  ])('says that a row is refused for good: %s', async (_what, line) => {
    await expect(engine.insertLines('numbers', [line])).rejects.toMatchObject({ code: 'invalid' })
    expect(await engine.queryLines('interactive', 'SELECT count() FROM numbers')).toEqual(['0'])
  })

  it('says that a query takes too long', async () => {
    const slow = 'SELECT count() FROM numbers(10000000000) WHERE cityHash64(number) = 1'
    await expect(engine.queryLines('interactive', slow)).rejects.toMatchObject({ code: 'too_large' })
  })

  it('says that a disk without enough room is full, and keeps answering', async () => {
    await engine.command('apply', 'SET min_free_disk_bytes_to_perform_insert = 1000000000000000')
    await expect(engine.insertLines('numbers', ['{"n":1}'])).rejects.toMatchObject({ code: 'storage_full' })
    expect(await engine.queryLines('interactive', 'SELECT count() FROM numbers')).toEqual(['0'])
    await engine.command('apply', 'SET min_free_disk_bytes_to_perform_insert = 0')
    await engine.insertLines('numbers', ['{"n":1}'])
    expect(await engine.queryLines('interactive', 'SELECT count() FROM numbers')).toEqual(['1'])
  })
})
