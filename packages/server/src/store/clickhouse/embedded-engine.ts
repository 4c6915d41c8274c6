import { Buffer } from 'node:buffer'
import { Session, type ChdbResult } from 'chdb'
import { createEngine, splitLines, type EngineConnection } from './create-engine.ts'
import { asAuditError } from './engine-error.ts'
import { querySettings } from './engine-settings.ts'
import type { Engine, Lane, QueryParams } from './engine.ts'
import { quoteText, renderParams } from './render-params.ts'
import type { RowBuffer } from './row-buffer.ts'

export type EmbeddedEngineOptions = {
  path: string
  memoryBytesMax: number
  queryMemoryBytesMax: number
  queryTimeMs: Record<Lane, number>
  /** Inserts are refused as `storage_full` while the disk has less free space. */
  freeBytesMin?: number
}

/**
 * What runs long leaves a core to the others, and comes after them where the process may say so (CAP_SYS_NICE; without
 * it the engine ignores the second). Newest 100 on two cores beside a heavy search, median and 95th percentile in ms:
 * 32 and 240 with two threads, 26 and 103 with one, 11 and 47 with both; 7 and 19 without the search. A page of an
 * export reads in order, and so takes as long with one.
 */
const lanePace = {
  apply: { max_threads: 2, os_thread_priority: 0 },
  interactive: { max_threads: 2, os_thread_priority: 0 },
  long: { max_threads: 1, os_thread_priority: 10 },
} as const satisfies Record<Lane, Record<string, number>>

/** Two long ones: the ids of the log are read for a while after the start, and an export need not wait for them. */
const connectionsPerLane: Record<Lane, number> = { apply: 1, interactive: 2, long: 2 }

/**
 * Opens ClickHouse inside this process, on a directory of its own. One chDB connection runs one query at a time, and a
 * call holds a thread of libuv's pool while it waits; so each connection gets one query at a time here, and waiting is
 * done in JavaScript. A session left open makes the process crash at exit: always `close`.
 */
export async function openEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  // It made the engine, and beside that it only stops queries, so it is always free for that.
  const root = new Session(options.path, { connectionArgs: engineArguments(options.memoryBytesMax) })
  const all: EmbeddedConnection[] = []
  const open = (lane: Lane): EmbeddedConnection[] =>
    Array.from({ length: connectionsPerLane[lane] }, (_, i) => {
      const connection = new EmbeddedConnection(options.path, lane, i, root)
      all.push(connection)
      return connection
    })
  const connections = { apply: open('apply'), interactive: open('interactive'), long: open('long') }
  const engine = createEngine(connections, {
    cluster: undefined,
    // An insert of this engine has ended when its call has.
    settleInserts: async () => undefined,
    close: async () => {
      for (const connection of all) connection.close()
      root.close()
    },
  })
  try {
    for (const connection of all) await connection.prepare(options)
  } catch (error) {
    await engine.close()
    throw error
  }
  return engine
}

/** Small caches: the machine may have 2 GB, and the log is read newest first, where little is read again. */
function engineArguments(memoryBytesMax: number): string[] {
  return [
    `--max_server_memory_usage=${memoryBytesMax}`,
    '--mark_cache_size=67108864',
    '--index_mark_cache_size=33554432',
    '--uncompressed_cache_size=0',
    '--query_condition_cache_size=16777216',
    '--background_pool_size=2',
    '--background_schedule_pool_size=2',
    '--background_common_pool_size=2',
    // After a bulk load many parts are merged at once; searches must still have memory then.
    '--background_merges_mutations_concurrency_ratio=1',
    `--merges_mutations_memory_usage_soft_limit=${Math.floor(memoryBytesMax / 4)}`,
  ]
}

class EmbeddedConnection implements EngineConnection {
  readonly #session: Session
  /** Found in system.processes with whatever this connection is running; query ids are chDB's own. */
  readonly #mark: string
  readonly #root: Session

  readonly #lane: Lane

  constructor(path: string, lane: Lane, index: number, root: Session) {
    this.#session = new Session(path)
    this.#lane = lane
    this.#mark = `${lane} ${index}`
    this.#root = root
  }

  /** Settings last as long as the connection, so they are sent once. */
  async prepare(options: EmbeddedEngineOptions): Promise<void> {
    const { queryTimeMs, queryMemoryBytesMax, freeBytesMin } = options
    const settings = {
      ...querySettings,
      max_execution_time: queryTimeMs[this.#lane] / 1000,
      max_memory_usage: queryMemoryBytesMax,
      min_free_disk_bytes_to_perform_insert: freeBytesMin ?? 0,
      // By itself the engine runs a query in one thread where less than 2 GiB are free: heavy ones took twice as long.
      max_threads_min_free_memory_per_thread: 0,
      ...lanePace[this.#lane],
      log_comment: this.#mark,
    }
    for (const [name, value] of Object.entries(settings)) {
      await this.#run(`SET ${name} = ${typeof value === 'number' ? value : quoteText(value)}`)
    }
  }

  async queryLines(sql: string, params: QueryParams): Promise<string[]> {
    await this.#setParams(params)
    return splitLines((await this.#run(sql)).text())
  }

  async queryBytes(sql: string, params: QueryParams): Promise<Buffer> {
    await this.#setParams(params)
    const bytes = (await this.#run(sql)).bytes()
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  async command(sql: string, params: QueryParams): Promise<void> {
    await this.#setParams(params)
    await this.#run(sql)
  }

  async insertRows(table: string, rows: RowBuffer): Promise<void> {
    try {
      await this.#session.insert({
        table,
        columns: rows.columns,
        format: 'JSONCompactEachRow',
        values: rows.lines,
      })
    } catch (error) {
      throw asAuditError(error)
    }
  }

  /** Without SYNC, which hangs in chDB. */
  async kill(): Promise<void> {
    await this.#root.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${quoteText(this.#mark)} ASYNC`)
  }

  close(): void {
    this.#session.close()
  }

  /**
   * chDB's own calls with parameters run one after another in the whole process, so that a person would wait for an
   * export; parameters that are set for a connection belong to it alone.
   */
  async #setParams(params: QueryParams): Promise<void> {
    const statement = renderParams(params)
    if (statement !== undefined) await this.#run(statement)
  }

  async #run(sql: string): Promise<ChdbResult> {
    try {
      return await this.#session.queryAsync(sql, { format: 'TabSeparatedRaw' })
    } catch (error) {
      await this.#letGo()
      throw asAuditError(error)
    }
  }

  /** A connection keeps what is left of a query that failed, until its next one; a kill may still hit that, too. */
  async #letGo(): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      const isDone = await this.#session.queryAsync('SELECT 1').then(
        () => true,
        () => false,
      )
      if (isDone) return
    }
  }
}
