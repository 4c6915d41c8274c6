import type { Buffer } from 'node:buffer'
import type { Engine, Lane, QueryParams } from './engine.ts'
import { LanePool, type PooledConnection } from './lane-pool.ts'
import type { RowBuffer } from './row-buffer.ts'

/** One connection to an engine, which runs one query at a time. */
export type EngineConnection = PooledConnection & {
  queryLines(sql: string, params: QueryParams, mayChange: boolean): Promise<string[]>
  queryBytes(sql: string, params: QueryParams, mayChange: boolean): Promise<Buffer>
  command(sql: string, params: QueryParams): Promise<void>
  insertRows(table: string, rows: RowBuffer): Promise<void>
}

/** An engine of connections in lanes; inserts go through `apply`. The rest is what the kind of engine knows. */
export function createEngine(
  connections: Record<Lane, readonly EngineConnection[]>,
  rest: Pick<Engine, 'cluster' | 'settleInserts' | 'close'>,
): Engine {
  const lanes: Record<Lane, LanePool<EngineConnection>> = {
    apply: new LanePool(connections.apply),
    interactive: new LanePool(connections.interactive),
    long: new LanePool(connections.long),
  }
  return {
    ...rest,
    queryLines: (lane, sql, params = {}, options = {}) =>
      lanes[lane].use(
        (connection) => connection.queryLines(sql, params, options.mayChange ?? false),
        options.signal,
      ),
    queryBytes: (lane, sql, params = {}, options = {}) =>
      lanes[lane].use(
        (connection) => connection.queryBytes(sql, params, options.mayChange ?? false),
        options.signal,
      ),
    command: (lane, sql, params = {}) => lanes[lane].use((connection) => connection.command(sql, params)),
    insertRows: (table, rows) => lanes.apply.use((connection) => connection.insertRows(table, rows)),
    close: async () => {
      await Promise.all(Object.values(lanes).map((lane) => lane.close()))
      await rest.close()
    },
  }
}

/** What the format TabSeparatedRaw says, line by line. */
export function splitLines(text: string): string[] {
  if (text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}
