import type { Engine, Lane, QueryParams } from '../engine.ts'
import type { UsageRows } from '../../usage-store.ts'

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

/** Who waits for an answer, and who for a file. */
export function laneOf(options: { priority?: Lane & ('interactive' | 'long') } = {}): Lane {
  return options.priority ?? 'interactive'
}
