import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openEmbeddedEngine } from './embedded-engine.ts'
import { describeEngine } from './testing/engine-suite.ts'

const dir = await mkdtemp(join(tmpdir(), 'embedded-engine-'))
afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

describeEngine('embedded ClickHouse', async () =>
  openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
  }),
)
