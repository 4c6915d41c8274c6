import type { Engine, Lane, QueryParams } from '../engine.ts'
import type { RestrictedSearch } from '../../restricted-search.ts'
import type { SeenKind } from '../../seen.ts'
import type { UsageRows } from '../../usage-store.ts'
import { findSeen, nothingSeen } from './usage-seen.ts'

export type ListQuery = {
  /** Columns of the answer. */
  columns: readonly string[]
  /** FROM and what belongs to it. */
  from: string
  /** Expressions of which one has the text that is looked for. */
  texts: readonly string[]
  where?: string
  /** The first comes first. */
  orderBy: string
  params: QueryParams
}

/**
 * The first rows of a list and how many it has. Rows are arrays of JSON values in the order of `columns`; `read` makes
 * of each what it says.
 */
export async function listUsage<Row>(
  engine: Engine,
  lane: Lane,
  query: ListQuery,
  { limit, contains = '' }: { limit: number; contains?: string | undefined },
  read: (values: unknown[]) => Row,
): Promise<UsageRows<Row>> {
  const found = query.texts.map((text) => `positionCaseInsensitiveUTF8(${text}, {contains:String}) > 0`)
  const conditions = [
    ...(query.where === undefined ? [] : [query.where]),
    ...(contains === '' ? [] : [`(${found.join(' OR ')})`]),
  ]
  const lines = await engine.queryLines(
    lane,
    `SELECT toJSONString((${['count() OVER ()', ...query.columns].join(', ')}))
     FROM ${query.from}
     ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY ${query.orderBy}
     LIMIT {rows_max:UInt32}`,
    { ...query.params, rows_max: limit, ...(contains === '' ? {} : { contains }) },
  )
  // Each line is what the query says: an array that begins with the number of all rows.
  const rows = lines.map((line) => JSON.parse(line) as [number, ...unknown[]])
  return { rows: rows.map(([, ...values]) => read(values)), total: rows[0]?.[0] ?? 0 }
}

/**
 * The same with what was seen of each row, which `read` finds behind its columns. The first column is the name by which
 * it is looked up: only of rows that are answered, so that the cost does not grow with all that was ever seen.
 */
export async function listSeenUsage<Row>(
  engine: Engine,
  lane: Lane,
  query: ListQuery,
  what: { search: RestrictedSearch; kind: SeenKind; limit: number; contains?: string | undefined },
  read: (values: unknown[]) => Row,
): Promise<UsageRows<Row>> {
  const { rows, total } = await listUsage(engine, lane, query, what, (values) => values)
  const names = rows.map(([name]) => String(name))
  const seen = await findSeen(engine, lane, what, names)
  return {
    rows: rows.map((values) => read([...values, ...(seen.get(String(values[0])) ?? nothingSeen)])),
    total,
  }
}

/** Who waits for an answer, and who for a file. */
export function laneOf(options: { priority?: Lane & ('interactive' | 'long') } = {}): Lane {
  return options.priority ?? 'interactive'
}
