import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dropPageCache } from '../page-cache.ts'
import type { PartContext } from '../part.ts'
import type { StoredEvents } from '../stored-events.ts'
import type { DuckDbSearchResult } from '../workers/duckdb.ts'

export type ColdSearch = {
  readyMs: number[]
  oursMs: number[]
  duckDbMs: number[]
  duckDbVersion: string
  /** False where the page cache could not be dropped. */
  isCold: boolean
}

/**
 * Searches for a text that does not occur, each time another one, right after a start and with nothing in the page
 * cache; ours and DuckDB's in turn. Both look at every event and find none.
 */
export async function measureColdSearch(
  context: PartContext,
  stored: StoredEvents,
  dataDir: string,
): Promise<ColdSearch> {
  const { testbed, say, sizes } = context
  const databasePath = await provideDuckDb(context, stored, dataDir)
  const cold: ColdSearch = { readyMs: [], oursMs: [], duckDbMs: [], duckDbVersion: '', isCold: true }
  for (let round = 1; round <= sizes.reads.coldRounds; round++) {
    const needle = `nowhere${round}x${Date.now().toString(36)}`
    cold.isCold = dropPageCache() && cold.isCold
    await testbed.withServer(dataDir, async (server) => {
      cold.readyMs.push(server.readyMs)
      // From the start of the retention on: every event that is stored. The search itself is recorded after it.
      const from = new Date(Date.parse(stored.now) - 390 * 86_400_000).toISOString()
      const startMs = performance.now()
      const { events } = await server.getJson<{ events: unknown[] }>('/api/v1/events', { q: needle, from })
      cold.oursMs.push(performance.now() - startMs)
      if (events.length > 0) throw new Error(`${needle} was not to be found`)
    })
    dropPageCache()
    const request = { databasePath, step: 'search', needle }
    const peer = await testbed.callWorker<DuckDbSearchResult>('duckdb', request)
    if (peer.found > 0) throw new Error(`${needle} was not to be found`)
    if (peer.rows < stored.events) throw new Error(`DuckDB holds ${peer.rows} of ${stored.events} events`)
    cold.duckDbMs.push(peer.ms)
    cold.duckDbVersion = peer.version
    say(
      `round ${round}: ready after ${Math.round(cold.readyMs.at(-1) ?? 0)} ms; text without a match ` +
        `${Math.round(cold.oursMs.at(-1) ?? 0)} ms, DuckDB ${Math.round(peer.ms)} ms`,
    )
  }
  return cold
}

/** DuckDB's copy of the stored events, kept beside them. */
async function provideDuckDb(
  { testbed, say }: PartContext,
  stored: StoredEvents,
  dataDir: string,
): Promise<string> {
  const databasePath = join(stored.folder, 'events.duckdb')
  if (existsSync(databasePath)) return databasePath
  say('giving DuckDB the same events')
  await testbed.withFolder('parquet', async (folder) => {
    const parquetPath = join(folder, 'events.parquet')
    const partial = `${databasePath}-partial`
    await rm(partial, { force: true })
    await testbed.callWorker('stored-data', { dataDir, step: 'parquet', path: parquetPath })
    await testbed.callWorker('duckdb', { databasePath: partial, step: 'build', parquetPath })
    await rename(partial, databasePath)
  })
  return databasePath
}
