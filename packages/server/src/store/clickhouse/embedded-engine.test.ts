import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openEmbeddedEngine } from './embedded-engine.ts'
import type { Engine } from './engine.ts'
import { RowBuffer } from './row-buffer.ts'
import { describeEngine } from './testing/engine-suite.ts'

const dirs: string[] = []
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true })
})

async function open(interactiveMs: number): Promise<Engine> {
  const dir = await mkdtemp(join(tmpdir(), 'embedded-engine-'))
  dirs.push(dir)
  return openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: interactiveMs, long: 60_000 },
  })
}

describeEngine('embedded ClickHouse', async () => open(30_000))

describe('errors of the embedded engine', () => {
  it('say that a row is refused, that a query takes too long, and that a disk has too little room', async () => {
    const engine = await open(300)
    const insert = async (row: Record<string, unknown>): Promise<void> =>
      engine.insertRows('numbers', RowBuffer.of([row]))
    const stored = async (): Promise<string[]> =>
      engine.queryLines('interactive', 'SELECT count() FROM numbers')
    await engine.command('apply', 'CREATE TABLE numbers (n UInt8, t DateTime) ENGINE = MergeTree ORDER BY n')
    await expect(insert({ n: 'one' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(insert({ n: 1, t: 'yesterday' })).rejects.toMatchObject({ code: 'invalid' })
    const slow = 'SELECT count() FROM numbers(10000000000) WHERE cityHash64(number) = 1'
    await expect(engine.queryLines('interactive', slow)).rejects.toMatchObject({ code: 'too_large' })
    await engine.command('apply', 'SET min_free_disk_bytes_to_perform_insert = 1000000000000000')
    await expect(insert({ n: 1 })).rejects.toMatchObject({ code: 'storage_full' })
    expect(await stored()).toEqual(['0'])
    await engine.command('apply', 'SET min_free_disk_bytes_to_perform_insert = 0')
    await insert({ n: 1 })
    expect(await stored()).toEqual(['1'])
    await engine.close()
  })
})

it('the embedded engine answers people in two threads, however little memory it may use', async () => {
  const engine = await open(30_000)
  const explain = 'EXPLAIN PIPELINE SELECT sum(number) FROM numbers_mt(100000000)'
  const threadsOf = async (lane: 'interactive' | 'long'): Promise<string | undefined> =>
    (await engine.queryLines(lane, explain)).find((line) => line.includes('AggregatingTransform'))?.trim()
  expect(await threadsOf('interactive')).toBe('AggregatingTransform × 2')
  expect(await threadsOf('long')).toBe('AggregatingTransform')
  await engine.close()
})
