import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { EventStore } from '../event-store.ts'
import { describeAccess } from '../testing/access-suite.ts'
import { describeGrouping } from '../testing/group-suite.ts'
import { describeNewTables } from '../testing/new-tables-suite.ts'
import { describeReadingBehind } from '../testing/behind-suite.ts'
import { describeEventStore } from '../testing/event-store-suite.ts'
import { describeRewriting } from '../testing/rewrite-suite.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { openEmbeddedEngine } from './embedded-engine.ts'

const dir = await mkdtemp(join(tmpdir(), 'event-store-'))
afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

/** Each suite has a store of its own: what one leaves behind would keep the next one busy. */
const open = async (): Promise<EventStore> =>
  openClickHouseEventStore(
    await openEmbeddedEngine({
      path: await mkdtemp(join(dir, 'suite-')),
      memoryBytesMax: 700_000_000,
      queryMemoryBytesMax: 400_000_000,
      queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
    }),
  )

describeEventStore('embedded ClickHouse', open)
describeRewriting('embedded ClickHouse', open)
describeReadingBehind('embedded ClickHouse', open)
describeAccess('embedded ClickHouse', open)
describeNewTables('embedded ClickHouse', open)
describeGrouping('embedded ClickHouse', open)
