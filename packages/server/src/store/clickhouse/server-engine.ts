import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { ClickHouseLogLevel, createClient, type ClickHouseClient, type ResultSet } from '@clickhouse/client'
import { createEngine, splitLines, type EngineConnection } from './create-engine.ts'
import { asAuditError, engineErrorCode } from './engine-error.ts'
import { querySettings } from './engine-settings.ts'
import type { Engine, Lane, QueryParams } from './engine.ts'
import type { RowBuffer } from './row-buffer.ts'

/** Where a ClickHouse server answers HTTP, and as whom. */
export type ClickHouseAddress = {
  /** `http(s)://host:port`, without user, password and path. */
  origin: string
  username: string
  password: string
  database: string
  /** The cluster whose replicas keep the tables; undefined: one server keeps them. */
  cluster: string | undefined
  /** How many replicas confirm an insert before it counts: a number or `auto` for most of them. */
  insertQuorum: string | undefined
}

export type ServerEngineOptions = {
  address: ClickHouseAddress
  /** Names this installation in the ids of its inserts. */
  node: string
  queryMemoryBytesMax: number
  queryTimeMs: Record<Lane, number>
  /** How long a server that cannot be reached is waited for at the start. */
  connectWaitMs: number
}

/** The server has its own limits on what runs at once; these keep one lane from taking all of it. */
const connectionsPerLane: Record<Lane, number> = { apply: 1, interactive: 8, long: 4 }

/** The oldest release line that is taken, [year, month]: what the embedded engine is, and so what is tested. */
const versionMin = [26, 7] as const

/** The server ends a query at its limit; only a connection that has died is silent for longer. */
const silenceMs = 15_000
const killTimeMs = 5000
/** A query that is only just beginning is not found yet; after so many tries something else is wrong. */
const killsMax = 10
const connectAgainMs = 500
const settleAgainMs = 50
const settleMs = 60_000
const chunkBytes = 256 * 1024
/** A little below http_max_field_value_size, which is 128 KiB unless a server's configuration says otherwise. */
const fieldBytesMax = 120 * 1024

/**
 * Opens a ClickHouse server as the engine. Each request makes its own connection where none is left, so a server that
 * was away is simply used again when it is back.
 * Throws AuditError('unavailable') when it cannot be reached in time or refuses the user, AuditError('conflict') when
 * it is too old.
 */
export async function openServerEngine(options: ServerEngineOptions): Promise<Engine> {
  const { address, node, queryTimeMs } = options
  const { cluster } = address
  const clients: ClickHouseClient[] = []
  const connect = (timeMs: number, connections: number): ClickHouseClient => {
    const client = createServerClient(address, timeMs, connections)
    clients.push(client)
    return client
  }
  const killer = connect(killTimeMs, connectionsPerLane.interactive)
  const insertIds = `aleph-${node}-insert-`
  const openLane = (lane: Lane): ServerConnection[] => {
    const size = connectionsPerLane[lane]
    const client = connect(queryTimeMs[lane] + silenceMs, size)
    return Array.from(
      { length: size },
      () => new ServerConnection({ client, killer, lane, insertIds, options }),
    )
  }
  const engine = createEngine(
    { apply: openLane('apply'), interactive: openLane('interactive'), long: openLane('long') },
    {
      cluster,
      settleInserts: async (tables) => {
        await endInserts(engine, insertIds)
        if (cluster === undefined) return
        for (const table of tables) {
          await engine.command('apply', `SYSTEM SYNC REPLICA ${table} LIGHTWEIGHT`)
        }
      },
      close: async () => {
        await Promise.all(clients.map(async (client) => client.close()))
      },
    },
  )
  try {
    checkVersion(await readVersion(engine, options.connectWaitMs))
  } catch (error) {
    await engine.close()
    throw error
  }
  return engine
}

function createServerClient(
  address: ClickHouseAddress,
  timeMs: number,
  connections: number,
): ClickHouseClient {
  return createClient({
    url: address.origin,
    username: address.username,
    password: address.password,
    database: address.database,
    application: 'aleph-audit-log',
    request_timeout: timeMs,
    max_open_connections: connections,
    compression: { request: true },
    // It would print queries, and with them what people look for.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

async function readVersion(engine: Engine, waitMs: number): Promise<string> {
  const deadline = Date.now() + waitMs
  for (;;) {
    try {
      return (await engine.queryLines('apply', 'SELECT version()'))[0] ?? ''
    } catch (error) {
      if (!isAuditError(error, 'unavailable') || Date.now() > deadline) throw error
      await delay(connectAgainMs)
    }
  }
}

function checkVersion(version: string): void {
  const [year = 0, month = 0] = version.split('.').map(Number)
  const [yearMin, monthMin] = versionMin
  if (year > yearMin || (year === yearMin && month >= monthMin)) return
  throw new AuditError(
    'conflict',
    `The ClickHouse server has the version ${version}; at least ${versionMin.join('.')} is needed.`,
  )
}

/** Stops inserts of this node whose outcome nobody has heard of, and waits until they are really gone. */
async function endInserts(engine: Engine, insertIds: string): Promise<void> {
  const processes =
    engine.cluster === undefined
      ? 'system.processes'
      : `clusterAllReplicas('${engine.cluster}', system.processes)`
  const deadline = Date.now() + settleMs
  for (;;) {
    const [running] = await engine.queryLines(
      'apply',
      `SELECT count()
       FROM ${processes}
       WHERE startsWith(query_id, {ids:String})`,
      { ids: insertIds },
    )
    if (running === '0') return
    if (Date.now() > deadline) throw new AuditError('unavailable', 'An earlier insert has not ended yet.')
    await engine.command('apply', 'KILL QUERY WHERE startsWith(query_id, {ids:String}) ASYNC', {
      ids: insertIds,
    })
    await delay(settleAgainMs)
  }
}

type ServerConnectionParts = {
  client: ClickHouseClient
  killer: ClickHouseClient
  lane: Lane
  insertIds: string
  options: ServerEngineOptions
}

/** A place in a lane; the sockets below are the client's. */
class ServerConnection implements EngineConnection {
  readonly #parts: ServerConnectionParts
  readonly #settings: Record<string, string | number>
  #running: { queryId: string; request: AbortController; kills: number } | undefined

  constructor(parts: ServerConnectionParts) {
    this.#parts = parts
    const { lane, options } = parts
    this.#settings = {
      ...querySettings,
      max_execution_time: options.queryTimeMs[lane] / 1000,
      max_memory_usage: String(options.queryMemoryBytesMax),
      log_comment: `aleph-audit-log ${lane}`,
      // The status is sent when the outcome is known, so an error never looks like the end of an answer.
      wait_end_of_query: 1,
    }
  }

  async queryLines(sql: string, params: QueryParams, mayChange: boolean): Promise<string[]> {
    return this.#query(sql, params, mayChange, async (result) => splitLines(await result.text()))
  }

  async queryBytes(sql: string, params: QueryParams, mayChange: boolean): Promise<Buffer> {
    return this.#query(sql, params, mayChange, async (result) => {
      const rows: Buffer[] = []
      for await (const chunk of result.stream())
        for (const { text } of chunk) rows.push(Buffer.from(`${text}\n`))
      return Buffer.concat(rows)
    })
  }

  async #query<T>(
    sql: string,
    params: QueryParams,
    mayChange: boolean,
    read: (result: ResultSet<'TabSeparatedRaw'>) => Promise<T>,
  ): Promise<T> {
    return this.#request(randomUUID(), async (request) => {
      const result = await this.#parts.client.query({
        ...request,
        query: sql,
        query_params: params,
        // Long lists of ids go into the body, and the query with them, as a field that may have a certain size.
        use_multipart_params_auto: Buffer.byteLength(sql) <= fieldBytesMax,
        format: 'TabSeparatedRaw',
        clickhouse_settings: {
          ...this.#settings,
          // The server stops a query whose client is gone only if it may change nothing.
          readonly: mayChange ? '0' : '2',
          cancel_http_readonly_queries_on_client_close: 1,
        },
      })
      return read(result)
    })
  }

  async command(sql: string, params: QueryParams): Promise<void> {
    await this.#request(randomUUID(), async (request) =>
      this.#parts.client.command({
        ...request,
        query: sql,
        query_params: params,
        clickhouse_settings: this.#settings,
      }),
    )
  }

  async insertRows(table: string, rows: RowBuffer): Promise<void> {
    const { client, insertIds, options } = this.#parts
    const { cluster, insertQuorum } = options.address
    await this.#request(`${insertIds}${randomUUID()}`, async (request) => {
      const { stream } = await client.exec({
        ...request,
        query: `INSERT INTO ${table} (${rows.columns.join(', ')}) FORMAT JSONCompactEachRow`,
        values: Readable.from(chunksOf(rows.lines), { objectMode: false }),
        clickhouse_settings: {
          ...this.#settings,
          async_insert: 0,
          ...(cluster !== undefined && insertQuorum !== undefined ? { insert_quorum: insertQuorum } : {}),
        },
      })
      // Only an answer that is read to its end is a confirmation.
      for await (const _ of stream) continue
    })
  }

  /**
   * Stops the query on the server, which then ends the request. A server that cannot be asked, or that does not end
   * it, is left by closing the request: so it finds out by itself, as `queryLines` has asked for.
   */
  async kill(): Promise<void> {
    const running = this.#running
    if (!running) return
    running.kills++
    if (running.kills > killsMax) running.request.abort()
    try {
      await this.#parts.killer.command({
        query: 'KILL QUERY WHERE query_id = {id:String} ASYNC',
        query_params: { id: running.queryId },
      })
    } catch {
      running.request.abort()
    }
  }

  async #request<T>(
    queryId: string,
    send: (request: { query_id: string; abort_signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const request = new AbortController()
    this.#running = { queryId, request, kills: 0 }
    try {
      return await send({ query_id: queryId, abort_signal: request.signal })
    } catch (error) {
      throw asServerError(error)
    } finally {
      this.#running = undefined
    }
  }
}

/** An error that is not the engine's own is one of the way to it. */
function asServerError(error: unknown): unknown {
  if (engineErrorCode(error) !== undefined) return asAuditError(error)
  return new AuditError('unavailable', 'The event store cannot be reached.', { cause: error })
}

/** Rows as a body in pieces, so that a slow server holds the next ones back. */
function* chunksOf(lines: Buffer): Generator<Buffer> {
  for (let at = 0; at < lines.length; at += chunkBytes) yield lines.subarray(at, at + chunkBytes)
}
