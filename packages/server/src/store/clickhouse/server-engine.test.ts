import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { describeEventStore } from '../testing/event-store-suite.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import type { Engine } from './engine.ts'
import { openServerEngine, type ServerEngineOptions } from './server-engine.ts'
import {
  frontPassword,
  startClickHouseHttpFront,
  type ClickHouseHttpFront,
} from './testing/clickhouse-http-front.ts'

let dir: string
let front: ClickHouseHttpFront
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'server-engine-'))
  // A server's machine has a time zone of its own, half hours and summer time included.
  front = await startClickHouseHttpFront({ path: dir, timeZone: 'America/St_Johns' })
})
afterEach(() => {
  front.fault = () => undefined
})
afterAll(async () => {
  await front.close()
  await rm(dir, { recursive: true, force: true })
})

const open = async (over: Partial<ServerEngineOptions> = {}): Promise<Engine> =>
  openServerEngine({
    address: front.address,
    node: 'n1',
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
    connectWaitMs: 0,
    ...over,
  })

describeEventStore('ClickHouse over HTTP, a fake in front of the embedded engine', async () =>
  openClickHouseEventStore(await open()),
)
