import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { describeQueryGroups } from '../testing/query-groups-suite.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { openEmbeddedEngine } from './embedded-engine.ts'

const dir = await mkdtemp(join(tmpdir(), 'query-groups-'))
afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

describeQueryGroups('embedded ClickHouse', async () =>
  openClickHouseEventStore(
    await openEmbeddedEngine({
      path: join(dir, 'engine'),
      memoryBytesMax: 700_000_000,
      queryMemoryBytesMax: 400_000_000,
      queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
    }),
  ),
)
