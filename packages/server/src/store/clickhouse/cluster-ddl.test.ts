import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { search } from '../testing/sketch-events.ts'
import { openClickHouseEventStore } from './clickhouse-event-store.ts'
import { renderDdl } from './render-ddl.ts'
import { openServerEngine } from './server-engine.ts'
import { startClickHouseHttpFront, type ClickHouseHttpFront } from './testing/clickhouse-http-front.ts'

let dir: string
let front: ClickHouseHttpFront
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cluster-ddl-'))
  front = await startClickHouseHttpFront({ path: dir })
})
afterAll(async () => {
  await front.close()
  await rm(dir, { recursive: true, force: true })
})

const durable =
  'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ' +
  'min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1'

it('fills in a statement for one server and for a cluster', () => {
  const statement = 'CREATE TABLE t {on_cluster} (a UInt8) ENGINE = {engine:t} ORDER BY a SETTINGS {durable}'
  expect(renderDdl(statement, undefined)).toBe(
    `CREATE TABLE t  (a UInt8) ENGINE = MergeTree ORDER BY a ${durable}`,
  )
  expect(renderDdl(statement, 'main')).toBe(
    'CREATE TABLE t ON CLUSTER `main` (a UInt8) ' +
      "ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/aleph/{database}/t', '{replica}') " +
      `ORDER BY a ${durable}`,
  )
})

it('makes replicated tables in a cluster, asks for its quorum, and looks at what all replicas took', async () => {
  const engine = await openServerEngine({
    address: { ...front.address, cluster: 'main', insertQuorum: 'auto' },
    node: 'n1',
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 30_000, long: 60_000 },
    connectWaitMs: 0,
  })
  const store = await openClickHouseEventStore(engine)
  const created = front.requests.map(({ query }) => query).filter((query) => query.startsWith('CREATE'))
  expect(created.length).toBeGreaterThanOrEqual(3)
  for (const statement of created) {
    const table = /^CREATE TABLE IF NOT EXISTS (\w+) ON CLUSTER `main` \(/.exec(statement)?.[1]
    const kind = table === 'usage_seen' ? 'ReplicatedAggregatingMergeTree' : 'ReplicatedMergeTree'
    expect(statement).toContain(
      `ENGINE = ${kind}('/clickhouse/tables/{shard}/aleph/{database}/${table}', '{replica}')\n`,
    )
    expect(statement.endsWith(durable)).toBe(true)
    // No Keeper is here to run it with, but the engine's own parser takes it.
    const tree = await engine.queryLines('long', `EXPLAIN AST ${statement}`)
    expect(tree[0]).toMatch(new RegExp(`^CreateQuery ${table} \\(`))
    expect(tree.join('\n')).toContain(` Function ${kind} (children 1)`)
  }
  const inserts = front.requests.filter(({ query }) => query.startsWith('INSERT'))
  expect(inserts.length).toBeGreaterThan(0)
  for (const { settings } of inserts) {
    expect(settings.get('insert_quorum')).toBe('auto')
    expect(settings.get('async_insert')).toBe('0')
  }
  const before = front.requests.length
  expect(await store.lastSequence('n1')).toBe(0)
  expect(front.requests.slice(before, -1).map(({ query }) => query.replace(/\s+/g, ' '))).toEqual([
    "SELECT count() FROM clusterAllReplicas('main', system.processes) WHERE startsWith(query_id, {ids:String}) FORMAT TabSeparatedRaw",
    'SYSTEM SYNC REPLICA events LIGHTWEIGHT',
    'SYSTEM SYNC REPLICA event_tables LIGHTWEIGHT',
  ])
  const beforeReading = front.requests.length
  const range = { node: 'n1', after: 0, upTo: 10 }
  const page = { limit: 10, bytesMax: 1000 }
  expect(await store.readBehind(search(), range, page)).toEqual({ events: [], hasMore: false })
  // What this replica does not have yet would be passed over for good.
  expect(front.requests[beforeReading]?.query).toBe('SYSTEM SYNC REPLICA events LIGHTWEIGHT')
  await store.close()
})
