import { AuditError } from '@aleph-audit-log/domain/error'
import { createClient, type ClickHouseClient } from '@clickhouse/client'
import { Session } from 'chdb'
import { createChdbConnection, type ChdbConnection } from 'chdb/connection'
import type { Engine, Lane, QueryParams } from './engine.ts'

export type EmbeddedEngineOptions = {
  path: string
  memoryBytesMax: number
  queryMemoryBytesMax: number
  queryTimeMs: Record<Lane, number>
  /** Inserts are refused as `storage_full` while the disk has less free space. */
  freeBytesMin?: number
}

const connectionsPerLane: Record<Lane, number> = { apply: 1, interactive: 2, long: 1 }

/** How many queries may wait for a connection of a lane before more are refused. */
const waitingMax = 200

/**
 * Opens ClickHouse inside this process, on a directory of its own. One chDB connection runs one query at a time, and a
 * call holds a thread of libuv's pool while it waits; so each connection gets one query at a time here, and waiting is
 * done in JavaScript. A session left open makes the process crash at exit: always `close`.
 */
export async function openEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  const root = new Session(options.path, { connectionArgs: engineArguments(options.memoryBytesMax) })
  const lanes: Record<Lane, ConnectionPool> = {
    apply: new ConnectionPool('apply', options),
    interactive: new ConnectionPool('interactive', options),
    long: new ConnectionPool('long', options),
  }
  const engine: Engine = {
    queryLines: (lane, sql, params) => lanes[lane].use((connection) => connection.queryLines(sql, params)),
    command: (lane, sql, params) => lanes[lane].use((connection) => connection.command(sql, params)),
    insertLines: (table, lines) => lanes.apply.use((connection) => connection.insertLines(table, lines)),
    close: async () => {
      await Promise.all(Object.values(lanes).map((lane) => lane.close()))
      root.close()
    },
  }
  try {
    await Promise.all(Object.values(lanes).map((lane) => lane.prepare()))
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
  ]
}

class ConnectionPool {
  readonly #idle: EngineConnection[] = []
  readonly #all: EngineConnection[] = []
  readonly #waiting: { resolve: (connection: EngineConnection) => void; reject: (error: unknown) => void }[] =
    []
  #closed = false

  constructor(lane: Lane, options: EmbeddedEngineOptions) {
    for (let i = 0; i < connectionsPerLane[lane]; i++) {
      const connection = new EngineConnection(options.path, {
        max_execution_time: options.queryTimeMs[lane] / 1000,
        max_memory_usage: options.queryMemoryBytesMax,
        min_free_disk_bytes_to_perform_insert: options.freeBytesMin ?? 0,
      })
      this.#all.push(connection)
      this.#idle.push(connection)
    }
  }

  async prepare(): Promise<void> {
    for (const connection of this.#all) await connection.prepare()
  }

  async use<T>(run: (connection: EngineConnection) => Promise<T>): Promise<T> {
    const connection = await this.#take()
    try {
      return await run(connection)
    } finally {
      const next = this.#waiting.shift()
      if (next) next.resolve(connection)
      else this.#idle.push(connection)
    }
  }

  /** Refuses what waits, waits for what runs, and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closedError())
    for (const _ of this.#all) await this.#takeToClose()
    for (const connection of this.#all) await connection.close()
  }

  async #take(): Promise<EngineConnection> {
    if (this.#closed) throw closedError()
    return this.#idle.pop() ?? this.#wait()
  }

  async #takeToClose(): Promise<EngineConnection> {
    return this.#idle.pop() ?? this.#wait()
  }

  async #wait(): Promise<EngineConnection> {
    if (this.#waiting.length >= waitingMax) {
      throw new AuditError('overloaded', 'Too many searches are waiting. Try again in a moment.')
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }
}

class EngineConnection {
  readonly #connection: ChdbConnection
  readonly #client: ClickHouseClient
  readonly #settings: Record<string, number>

  constructor(path: string, settings: Record<string, number>) {
    this.#connection = createChdbConnection({ path })
    // The client's `connection` option is experimental and typed for the connection that the client makes itself;
    // chDB's has the same methods.
    this.#client = createClient({ connection: this.#connection } as unknown as Parameters<
      typeof createClient
    >[0])
    this.#settings = settings
  }

  /** Settings last as long as the connection, so they are sent once. */
  async prepare(): Promise<void> {
    const settings = {
      ...this.#settings,
      output_format_json_quote_64bit_integers: 0,
      output_format_json_escape_forward_slashes: 0,
      timeout_before_checking_execution_speed: 0,
      optimize_use_implicit_projections: 1,
      max_threads: 2,
    }
    for (const [name, value] of Object.entries(settings)) await this.command(`SET ${name} = ${value}`)
  }

  async queryLines(sql: string, params: QueryParams = {}): Promise<string[]> {
    try {
      const result = await this.#client.query({ query: sql, query_params: params, format: 'TabSeparatedRaw' })
      const text = await result.text()
      if (text === '') return []
      return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
    } catch (error) {
      throw asAuditError(error)
    }
  }

  async command(sql: string, params: QueryParams = {}): Promise<void> {
    try {
      await this.#client.command({ query: sql, query_params: params })
    } catch (error) {
      throw asAuditError(error)
    }
  }

  async insertLines(table: string, lines: readonly string[]): Promise<void> {
    try {
      await this.#connection.chdb.rawInsert({
        table,
        format: 'JSONEachRow',
        values: Buffer.from(lines.join('\n')),
        settings: { input_format_skip_unknown_fields: 0 },
      })
    } catch (error) {
      throw asAuditError(error)
    }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}

function closedError(): AuditError {
  return new AuditError('unavailable', 'The event store is closed.')
}

/** ClickHouse's error codes (src/Common/ErrorCodes.cpp) that a caller can act on. */
function asAuditError(error: unknown): unknown {
  const code = engineCode(error)
  if (code === '159' || code === '160' || code === '241' || code === '394') {
    return new AuditError(
      'too_large',
      'The search needs more time or memory than it may use. Narrow its time range or its terms.',
      { cause: error },
    )
  }
  if (code === '243' || code === '1002') {
    return new AuditError('storage_full', 'The disk of the event store is full.', { cause: error })
  }
  if (refusedRowCodes.has(code)) {
    return new AuditError('invalid', 'The event store refuses a row.', { cause: error })
  }
  return error
}

/** The client has the engine's code as `code`; chDB's own calls have a name there, and the engine's code beside it. */
function engineCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('clickhouseCode' in error && typeof error.clickhouseCode === 'number')
    return String(error.clickhouseCode)
  return 'code' in error ? String(error.code) : ''
}

/** INCORRECT_DATA, the CANNOT_PARSE family, TYPE_MISMATCH and the like: trying the same row again changes nothing. */
const refusedRowCodes: ReadonlySet<string> = new Set(
  [6, 26, 27, 38, 41, 53, 69, 72, 117, 131, 321, 376, 377, 467, 675, 676, 677].map(String),
)
